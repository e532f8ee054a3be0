//! `keys`: those that sign access tokens, in the database.

use std::time::Duration;

use auth_core::{Clock, OsEntropy, SigningAlgorithm, SystemClock, Timestamp};
use auth_sea_orm::{Addition, SeaOrmStore, SealedKey};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::database::with_store;
use super::failure::{Failure, Outcome};
use super::help;
use super::output::Output;
use super::table::Table;
use super::time::rfc3339;
use crate::causes::chain;
use crate::config::Config;
use crate::keys::{KeyState, KeyTimes, Schedule, Sealer, made, opened};
use crate::prepare;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes the first key.
    #[command(after_help = help::KEYS_GENERATE)]
    Generate {
        /// With which algorithm it signs: `EdDSA`, `ES256` or `RS256`.
        #[arg(long, default_value_t)]
        algorithm: SigningAlgorithm,
        #[command(flatten)]
        lead: Lead,
    },
    /// Lists the keys, and what each of them is now.
    #[command(after_help = help::KEYS_LIST)]
    List,
    /// Makes the key that replaces the one that signs.
    #[command(after_help = help::KEYS_ROTATE)]
    Rotate {
        /// With which algorithm it signs; unless said otherwise, that of the newest key.
        #[arg(long)]
        algorithm: Option<SigningAlgorithm>,
        #[command(flatten)]
        lead: Lead,
    },
    /// Deletes a key that signs no longer, or not yet.
    #[command(after_help = help::KEYS_RETIRE)]
    Retire {
        /// The id of the key, as `keys list` shows it.
        // One in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// Even if tokens of it are good still: from now on they are refused.
        #[arg(long)]
        now: bool,
    },
}

/// How long a key is known before it signs.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Lead {
    /// How long everyone has to learn of the key before it signs [default: 10m]
    #[arg(long, value_parser = humantime::parse_duration, value_name = "DURATION")]
    after: Option<Duration>,
    /// Signs at once, whoever knows of it.
    #[arg(long, conflicts_with = "after")]
    now: bool,
}

/// Longer than a published set of keys is kept by those who read it.
const LEAD: Duration = Duration::from_mins(10);

impl Lead {
    fn or(self, usual: Duration) -> Duration {
        if self.now { Duration::ZERO } else { self.after.unwrap_or(usual) }
    }
}

pub(super) fn run(command: &Command, output: Output) -> Outcome {
    match command {
        Command::Generate { algorithm, lead } => generate(*algorithm, *lead, output),
        Command::List => list(output),
        Command::Rotate { algorithm, lead } => rotate(*algorithm, *lead, output),
        Command::Retire { key, now } => retire(key, *now, output),
    }
}

fn generate(algorithm: SigningAlgorithm, lead: Lead, output: Output) -> Outcome {
    let key = with_keys(async |keys| {
        if let Some((newest, _)) = keys.schedule.newest() {
            return Err(Failure::Refused(format!(
                "there is a key already, {}; `auth-server keys rotate` makes the next one",
                newest.id
            )));
        }
        // Where a secret signs so far, the key has to be known everywhere before it takes over.
        let usual = if keys.secret_signs { LEAD } else { Duration::ZERO };
        keys.add(algorithm, lead.or(usual), None).await
    })?;
    output.print(&document(&key), || sentence(&key, "It is the first key"))
}

fn rotate(algorithm: Option<SigningAlgorithm>, lead: Lead, output: Output) -> Outcome {
    let key = with_keys(async |keys| {
        let (newest, algorithm) = match (keys.schedule.newest(), keys.rows.last()) {
            (Some((newest, KeyState::Coming)), _) => {
                return Err(Failure::Refused(format!(
                    "the next key is there already, {}: it signs from {} on; `auth-server keys retire` takes it back",
                    newest.id,
                    rfc3339(newest.signs_from)
                )));
            }
            (Some((newest, _)), Some(row)) => {
                (newest, algorithm.or(row.algorithm.parse().ok()).unwrap_or_default())
            }
            _ => {
                let remedy = "there is no key yet; `auth-server keys generate` makes the first one";
                return Err(Failure::Refused(remedy.to_owned()));
            }
        };
        keys.add(algorithm, lead.or(LEAD), Some(newest)).await
    })?;
    output.print(&document(&key), || sentence(&key, "It replaces the one that signs"))
}

fn list(output: Output) -> Outcome {
    let keys = with_keys(async |keys| Ok(keys))?;
    let rows: Vec<_> =
        keys.rows.iter().filter_map(|row| Some((row, keys.schedule.state(&row.id)?))).collect();
    let document: Vec<_> = rows
        .iter()
        .map(|(row, state)| {
            json!({
                "id": row.id,
                "algorithm": row.algorithm,
                "state": word(*state),
                "createdAt": rfc3339(row.created_at),
                "signsFrom": rfc3339(row.signs_from),
                "verifiesUntil": until(*state).map(rfc3339),
            })
        })
        .collect();
    output.print(&json!({ "keys": document }), || {
        if rows.is_empty() {
            return "There is no key; JWT_ACCESS_SECRET signs where it is set.".to_owned();
        }
        let mut table = Table::new(["ID", "ALGORITHM", "STATE", "SIGNS FROM", "VERIFIES UNTIL"]);
        let cells: Vec<_> = rows
            .iter()
            .map(|(row, state)| {
                [
                    row.id.clone(),
                    row.algorithm.clone(),
                    word(*state).to_owned(),
                    rfc3339(row.signs_from),
                    until(*state).map_or_else(|| "-".to_owned(), rfc3339),
                ]
            })
            .collect();
        table.lines(&cells).trim_end().to_owned()
    })
}

fn retire(id: &str, at_once: bool, output: Output) -> Outcome {
    with_keys(async |keys| {
        match keys.schedule.state(id) {
            None => return Err(Failure::Refused(format!("there is no key {id:?}"))),
            Some(KeyState::Signing) => return Err(signs(id)),
            Some(KeyState::Verifying { until }) if !at_once => {
                return Err(Failure::Refused(format!(
                    "tokens of {id} are good until {}; with --now they are refused from now on",
                    rfc3339(until)
                )));
            }
            Some(KeyState::Coming | KeyState::Verifying { .. } | KeyState::Over) => {}
        }
        let removed = keys.store.remove_signing_key(id, keys.now).await.map_err(|error| failed(&error))?;
        // Between the look and the deletion it has begun to sign, or somebody was quicker.
        if removed { Ok(()) } else { Err(signs(id)) }
    })?;
    output.print(&json!({ "retired": id }), || {
        format!("The key {id} is gone. Running servers refuse what it signed when they look next, within JWT_KEYS_INTERVAL.")
    })
}

fn signs(id: &str) -> Failure {
    Failure::Refused(format!(
        "{id} is the key that signs; `auth-server keys rotate` makes the one that replaces it"
    ))
}

/// The keys as they are found, and what it takes to add one.
struct KeysAt {
    store: SeaOrmStore,
    sealer: Sealer,
    rows: Vec<SealedKey>,
    schedule: Schedule,
    secret_signs: bool,
    now: Timestamp,
}

impl KeysAt {
    async fn add(
        &self,
        algorithm: SigningAlgorithm,
        lead: Duration,
        newest: Option<&KeyTimes>,
    ) -> Outcome<SealedKey> {
        // A key that no server can open, because it was sealed with another secret, would stop them all.
        if let Some(row) = self.rows.last() {
            opened(&self.sealer, row)
                .map_err(|error| Failure::Misconfigured(format!("{}; {}", chain(&error), error.advice())))?;
        }
        let signs_from = self.schedule.next(lead, self.now);
        let key = made(&self.sealer, algorithm, &OsEntropy, signs_from, self.now);
        let key = key.map_err(|error| Failure::Failed(error.to_string()))?;
        let newest = newest.map(|newest| newest.id.as_str());
        let added = self.store.add_signing_key(&key, newest).await.map_err(|error| failed(&error))?;
        match added {
            Addition::Added => Ok(key),
            Addition::Overtaken => Err(Failure::Refused(
                "somebody else has just made a key; `auth-server keys list` shows it".to_owned(),
            )),
        }
    }
}

fn with_keys<T>(command: impl AsyncFnOnce(KeysAt) -> Outcome<T>) -> Outcome<T> {
    with_store(async |config, _| {
        let Some(sealer) = Sealer::new(&config.keys.sealing) else {
            return Err(Failure::Misconfigured(
                "JWT_KEYS_SECRET is not set, and encrypts the keys; put the output of `openssl rand -base64 48` into it"
                    .to_owned(),
            ));
        };
        let store = prepare::open(config).await?;
        command(found(config, store, sealer).await?).await
    })
}

async fn found(config: &Config, store: SeaOrmStore, sealer: Sealer) -> Outcome<KeysAt> {
    let now = SystemClock.now();
    let rows = store.signing_keys().await.map_err(|error| failed(&error))?;
    let times = rows.iter().map(|row| KeyTimes { id: row.id.clone(), signs_from: row.signs_from });
    let schedule = Schedule::new(times.collect(), config.policy.access_ttl, now);
    let secret_signs = config.keys.access.given().is_some();
    Ok(KeysAt { store, sealer, rows, schedule, secret_signs, now })
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::Failed(format!("the database failed: {}", chain(error)))
}

fn document(key: &SealedKey) -> Value {
    json!({
        "id": key.id,
        "algorithm": key.algorithm,
        "createdAt": rfc3339(key.created_at),
        "signsFrom": rfc3339(key.signs_from),
    })
}

fn sentence(key: &SealedKey, what: &str) -> String {
    let SealedKey { id, algorithm, .. } = key;
    let from = if key.signs_from <= key.created_at {
        "and signs from now on".to_owned()
    } else {
        format!("and signs from {} on", rfc3339(key.signs_from))
    };
    format!("{what}, {from}: {id} ({algorithm}).")
}

const fn word(state: KeyState) -> &'static str {
    match state {
        KeyState::Coming => "coming",
        KeyState::Signing => "signing",
        KeyState::Verifying { .. } => "verifying",
        KeyState::Over => "over",
    }
}

const fn until(state: KeyState) -> Option<Timestamp> {
    match state {
        KeyState::Verifying { until } => Some(until),
        KeyState::Coming | KeyState::Signing | KeyState::Over => None,
    }
}
