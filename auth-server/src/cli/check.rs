//! `check-config`: what the configuration comes to.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use auth_core::{Bootstrap, LateRetry, Permission, RevocationDelay, Role, Roles};
use serde_json::{Map, Value, json};

use super::database::configuration;
use super::failure::Outcome;
use super::output::Output;
use crate::config::{Config, Console, Key, Keys, LogFormat, Notice, Purpose, ThrottleStore};

/// Prints the summary.
pub(super) fn check(output: Output) -> Outcome {
    let config = configuration(Purpose::Serve)?;
    output.print(&document(&config), || Summary(&config).to_string())
}

fn document(config: &Config) -> Value {
    let settings: Map<_, _> =
        rows(config).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let (mut notes, mut warnings) = (Vec::new(), Vec::new());
    for notice in &config.notices {
        match notice {
            Notice::Note(text) => notes.push(text),
            Notice::Warning(text) => warnings.push(text),
        }
    }
    json!({ "settings": settings, "notes": notes, "warnings": warnings })
}

/// A configuration in words, without its secrets.
struct Summary<'a>(&'a Config);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The configuration is good.\n")?;
        for (name, value) in rows(self.0) {
            // A value of several lines keeps to its column.
            let value = value.replace('\n', &format!("\n{:18}", ""));
            write!(f, "\n  {name:<14}  {value}")?;
        }
        for (at, notice) in self.0.notices.iter().enumerate() {
            f.write_str(if at == 0 { "\n\n" } else { "\n" })?;
            match notice {
                Notice::Note(text) => write!(f, "Note: {text}.")?,
                Notice::Warning(text) => write!(f, "Warning: {text}.")?,
            }
        }
        Ok(())
    }
}

/// A line for each role, with what it may do.
fn roles(roles: &Roles) -> String {
    let line = |(role, permissions): (&Role, &BTreeSet<Permission>)| {
        let names: Vec<_> = permissions.iter().map(Permission::as_str).collect();
        if names.is_empty() { role.to_string() } else { format!("{role}: {}", names.join(", ")) }
    };
    let lines: Vec<_> = roles.iter().map(line).collect();
    lines.join("\n")
}

/// A list that may be empty.
fn or_none(list: &impl ToString) -> String {
    Some(list.to_string()).filter(|shown| !shown.is_empty()).unwrap_or_else(|| "none".to_owned())
}

/// Where a secret comes from, and how many stand beside it.
fn secret(key: &Key, previous: usize) -> String {
    let source = match key {
        Key::Given(_) => "given",
        Key::RandomForThisProcess => "random, for as long as the process runs",
        Key::Absent => "none",
    };
    if previous == 0 { source.to_owned() } else { format!("{source}, and {previous} previous") }
}

/// Which kind of keys signs.
fn signing_keys(keys: &Keys) -> String {
    if keys.sealing.is_empty() {
        "none: the access secret signs (HS256)".to_owned()
    } else {
        format!("in the database, encrypted, looked for every {}", humantime::format_duration(keys.interval))
    }
}

/// How late the check may be.
fn revocations(delay: RevocationDelay) -> String {
    match delay {
        RevocationDelay::Off => "not heeded by a check before the token expires".to_owned(),
        RevocationDelay::Within(Duration::ZERO) => "asked for by each check".to_owned(),
        RevocationDelay::Within(delay) => format!("heeded by a check within {}", span(delay)),
    }
}

/// A duration as it is written in a variable: `7d`, not `7days`.
fn span(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace("days", "d").replace("day", "d")
}

/// What is shown of a configuration: names, and values in words.
fn rows(config: &Config) -> Vec<(&'static str, String)> {
    let policy = &config.policy;
    let keys = &config.keys;
    vec![
        ("mode", config.mode.to_string()),
        ("listens on", config.listen.to_string()),
        ("database", config.database.to_string()),
        (
            "tables",
            if config.auto_migrate { "created or upgraded at start" } else { "left as they are" }.into(),
        ),
        (
            "connections",
            format!(
                "{} of clients, {} to the database",
                config.max_connections,
                config.database_max_connections.unwrap_or(if config.database.is_sqlite() { 4 } else { 10 }),
            ),
        ),
        ("metrics", config.metrics.map_or_else(|| "none".to_owned(), |at| format!("on {at}, at /metrics"))),
        (
            "console",
            match config.console {
                Console::On => "at /console",
                Console::Off => "off",
            }
            .into(),
        ),
        (
            "bootstrap",
            match (policy.bootstrap, &config.edge.bootstrap_token) {
                (Bootstrap::Open, None) => "open",
                (Bootstrap::Open, Some(_)) => "open to whoever has the token",
                (Bootstrap::Closed, _) => "closed",
            }
            .into(),
        ),
        ("origins", or_none(&config.edge.origins)),
        ("proxies", or_none(&config.edge.proxies)),
        ("signing keys", signing_keys(keys)),
        ("access secret", secret(&keys.access, keys.access_previous.len())),
        ("refresh secret", secret(&keys.refresh, keys.refresh_previous.len())),
        (
            "access token",
            format!("{}, issued by {:?} for {:?}", span(policy.access_ttl), policy.issuer, policy.audience),
        ),
        (
            "session",
            format!(
                "{} after its last refresh, {} at most",
                span(policy.refresh_ttl),
                span(policy.session_max_ttl)
            ),
        ),
        (
            "refresh",
            format!(
                "its predecessor is accepted for {}{}",
                span(policy.reuse_grace),
                match policy.late_retry {
                    LateRetry::Allowed => ", and later if its answer was lost",
                    LateRetry::Reuse => "",
                },
            ),
        ),
        ("revocations", revocations(config.revocation_delay)),
        (
            "passwords",
            format!(
                "at least {} characters, hashed on {} threads, {} may wait",
                policy.password_min_length, config.hashing.threads, config.hashing.queue,
            ),
        ),
        (
            "failed logins",
            match config.throttle_store {
                ThrottleStore::Database => "counted in the database",
                ThrottleStore::Memory => "counted in each process",
            }
            .into(),
        ),
        ("roles", roles(&policy.roles)),
        (
            "log",
            format!(
                "{}, {}",
                match config.log.format {
                    LogFormat::Json => "json",
                    LogFormat::Pretty => "pretty",
                },
                config.log.filter,
            ),
        ),
    ]
}
