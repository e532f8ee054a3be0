//! Rules that are too short for tests of their own: each has a case that fires, and one that does not.

use std::time::Duration;

use auth_core::{Policy, RevocationDelay};

use super::*;
use crate::config::{DatabaseUrl, Mode, ThrottleStore};

fn texts(findings: impl IntoIterator<Item = Finding>) -> Vec<String> {
    let text = |finding| match finding {
        Finding::Mistake(mistake) => format!("mistake: {mistake}"),
        Finding::Notice(Notice::Warning(text)) => format!("warning: {text}"),
        Finding::Notice(Notice::Note(text)) => format!("note: {text}"),
    };
    findings.into_iter().map(text).collect()
}

#[test]
fn lifetimes_that_make_each_other_pointless_are_told() {
    const MINUTE: Duration = Duration::from_mins(1);
    const DAY: Duration = Duration::from_hours(24);
    let usual = Policy::default;
    for (policy, expected) in [
        (usual(), &[][..]),
        (Policy { access_ttl: 60 * MINUTE, ..usual() }, &[]),
        (Policy { access_ttl: 61 * MINUTE, ..usual() }, &["warning: JWT_ACCESS_TTL is 1h 1m:"]),
        (
            Policy { access_ttl: 15 * MINUTE, refresh_ttl: 15 * MINUTE, ..usual() },
            &["warning: JWT_ACCESS_TTL is as long as JWT_REFRESH_TTL"],
        ),
        (
            Policy { access_ttl: MINUTE, reuse_grace: MINUTE, ..usual() },
            &["warning: REFRESH_REUSE_GRACE (1m) is not shorter than JWT_ACCESS_TTL (1m)"],
        ),
        (Policy { reuse_grace: Duration::from_secs(1), ..usual() }, &["warning: REFRESH_REUSE_GRACE is 1s:"]),
        (Policy { reuse_grace: Duration::from_secs(2), ..usual() }, &[]),
        (Policy { reuse_grace: Duration::ZERO, ..usual() }, &[]),
        (Policy { session_max_ttl: 31 * DAY, ..usual() }, &["note: SESSION_MAX_TTL is longer than 30 days:"]),
        // It is refused as it is.
        (Policy { access_ttl: 30 * DAY, ..usual() }, &[]),
    ] {
        let told = texts(lifetimes::contradictions(&policy));
        assert_eq!(told.len(), expected.len(), "{told:?}");
        assert!(told.iter().zip(expected).all(|(told, expected)| told.starts_with(expected)), "{told:?}");
    }
}

#[test]
fn a_delay_that_no_token_lives_to_see_is_told_and_so_is_none() {
    const MINUTE: Duration = Duration::from_mins(1);
    let within = RevocationDelay::Within;
    for (delay, access_ttl, expected) in [
        (within(Duration::ZERO), 15 * MINUTE, &[][..]),
        (within(Duration::from_secs(5)), 15 * MINUTE, &[]),
        (within(15 * MINUTE), 16 * MINUTE, &[]),
        (
            within(15 * MINUTE),
            15 * MINUTE,
            &["warning: REVOCATION_DELAY (15m) is not shorter than JWT_ACCESS_TTL (15m):"],
        ),
        (
            within(60 * MINUTE),
            MINUTE,
            &["warning: REVOCATION_DELAY (1h) is not shorter than JWT_ACCESS_TTL (1m):"],
        ),
        // The lifetime is refused as it is.
        (within(Duration::from_secs(5)), Duration::ZERO, &[]),
        (RevocationDelay::Off, 15 * MINUTE, &["warning: REVOCATION_DELAY is off:"]),
    ] {
        let told = texts(revocation::too_late(delay, &Policy { access_ttl, ..Policy::default() }));
        assert_eq!(told.len(), expected.len(), "{told:?}");
        assert!(told.iter().zip(expected).all(|(told, expected)| told.starts_with(expected)), "{told:?}");
    }
}

#[test]
fn a_limit_that_every_instance_keeps_for_itself_is_told_where_there_may_be_several() {
    for (url, store, fires) in [
        ("postgres://db/auth", ThrottleStore::Memory, true),
        ("postgres://db/auth", ThrottleStore::Database, false),
        ("sqlite://auth.db", ThrottleStore::Memory, false),
        ("sqlite://auth.db", ThrottleStore::Database, false),
    ] {
        let database = DatabaseUrl::parse(url.into()).expect("an address");
        assert_eq!(throttle::alone_among_many(&database, store).is_some(), fires, "{url} {store:?}");
    }
}

#[test]
fn a_loud_log_is_told_in_production() {
    for (filter, mode, fires) in [
        ("trace", Mode::Production, true),
        ("info,auth_core=debug", Mode::Production, true),
        ("info", Mode::Production, false),
        ("warn,auth_core=info", Mode::Production, false),
        ("trace", Mode::Development, false),
    ] {
        let told = log::loudness(&filter.parse().expect("a filter"), mode);
        assert_eq!(told.is_some(), fires, "{filter} {mode}");
    }
}
