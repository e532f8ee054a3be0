//! Lifetimes, grace, bootstrap and hashing.

use std::num::NonZeroUsize;
use std::time::Duration;

use auth_core::{Bootstrap, Hashing, LateRetry, Policy, PolicyFlaw};

use super::reader::{Reader, quoted};
use super::{Mode, edge, parse, roles, throttle};

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode) -> Policy {
    let usual = Policy::default();
    let mut span = |name, usual: Duration| reader.parsed(name, parse::duration).unwrap_or(usual);
    let access_ttl = span("JWT_ACCESS_TTL", usual.access_ttl);
    let refresh_ttl = span("JWT_REFRESH_TTL", usual.refresh_ttl);
    let session_max_ttl = span("SESSION_MAX_TTL", usual.session_max_ttl);
    let reuse_grace = span("REFRESH_REUSE_GRACE", usual.reuse_grace);
    let policy = Policy {
        access_ttl,
        refresh_ttl,
        session_max_ttl,
        reuse_grace,
        late_retry: match reader.parsed("REFRESH_LATE_RETRY", parse::yes_or_no) {
            None | Some(true) => LateRetry::Allowed,
            Some(false) => LateRetry::Reuse,
        },
        throttle: throttle::limits(reader),
        session_limit: reader.parsed("SESSION_LIMIT", parse::up_to(1_000)).unwrap_or(usual.session_limit),
        bootstrap: bootstrap(reader, mode),
        password_min_length: reader
            .parsed("PASSWORD_MIN_LENGTH", parse::up_to(128))
            .map_or(usual.password_min_length, |number| number as usize),
        issuer: reader.text("JWT_ISSUER").unwrap_or(usual.issuer),
        audience: reader.text("JWT_AUDIENCE").unwrap_or(usual.audience),
        roles: roles::read(reader),
    };
    for flaw in policy.flaws() {
        let (name, involved, remedy) = blame(flaw);
        // What could not be read was replaced by a default, and may not be judged by it.
        if !reader.is_mistaken(name) && !involved.iter().any(|other| reader.is_mistaken(other)) {
            reader.mistake(name, format!("cannot work: {flaw}"), remedy);
        }
    }
    policy
}

pub(super) fn read_hashing(reader: &mut Reader<'_>) -> Hashing {
    let usual = Hashing::default();
    let count = |number: u32| NonZeroUsize::new(number as usize);
    let threads = reader.parsed("HASH_THREADS", parse::up_to(256)).and_then(count).unwrap_or(usual.threads);
    let queue = reader
        .parsed("HASH_QUEUE", parse::up_to(100_000))
        .map_or(64 * threads.get(), |number| number as usize);
    Hashing { threads, queue, ..usual }
}

fn bootstrap(reader: &mut Reader<'_>, mode: Mode) -> Bootstrap {
    let asked = reader.text("ALLOW_BOOTSTRAP");
    match (mode.is_production(), asked.as_deref()) {
        (true, None) => Bootstrap::Closed,
        (true, Some("true")) => {
            if edge::has_bootstrap_token(reader) {
                reader.note("ALLOW_BOOTSTRAP is true: while there is no user, whoever has BOOTSTRAP_TOKEN can become the admin; unset both once you have yours");
            } else {
                reader.warn(
                    "ALLOW_BOOTSTRAP is true and BOOTSTRAP_TOKEN is not set: while there is no user, whoever calls bootstrap first becomes the admin; set the token, and unset both once you have yours",
                );
            }
            Bootstrap::Open
        }
        (true, Some(other)) => {
            reader.warn(format!(
                "ALLOW_BOOTSTRAP is {}, and only true opens bootstrap; it stays closed",
                quoted(other)
            ));
            Bootstrap::Closed
        }
        (false, None | Some("true")) => Bootstrap::Open,
        (false, Some(other)) => {
            reader.warn(format!(
                "ALLOW_BOOTSTRAP is {}, which closes nothing: bootstrap is open outside production",
                quoted(other)
            ));
            Bootstrap::Open
        }
    }
}

/// Which variable a flaw is about, which others it is judged by, and what to write.
fn blame(flaw: PolicyFlaw) -> (&'static str, &'static [&'static str], &'static str) {
    match flaw {
        PolicyFlaw::AccessTtl => ("JWT_ACCESS_TTL", &[], "write whole seconds from 1s to 1day, such as 15m"),
        PolicyFlaw::RefreshTtl => (
            "JWT_REFRESH_TTL",
            &["JWT_ACCESS_TTL"],
            "write whole seconds, at least JWT_ACCESS_TTL, such as 7d",
        ),
        PolicyFlaw::SessionMaxTtl => (
            "SESSION_MAX_TTL",
            &["JWT_REFRESH_TTL"],
            "write at least JWT_REFRESH_TTL and at most ten years, such as 30d",
        ),
        PolicyFlaw::ReuseGrace => {
            let remedy = "write at most 5m, and less than JWT_REFRESH_TTL, such as 10s";
            ("REFRESH_REUSE_GRACE", &["JWT_REFRESH_TTL"], remedy)
        }
        PolicyFlaw::SessionLimit => ("SESSION_LIMIT", &[], "write a whole number from 1 to 1000"),
        PolicyFlaw::Throttle => (
            "LOGIN_FREE_FAILURES",
            &["LOGIN_MOST_FAILURES", "LOGIN_FAILURES_PER_MINUTE"],
            "write a whole number from 1 to LOGIN_MOST_FAILURES, such as 5",
        ),
        PolicyFlaw::PasswordMinLength => ("PASSWORD_MIN_LENGTH", &[], "write a whole number from 8 to 128"),
        PolicyFlaw::Issuer => ("JWT_ISSUER", &[], "write a name, such as auth-server"),
        PolicyFlaw::Audience => ("JWT_AUDIENCE", &[], "write a name, such as api"),
    }
}
