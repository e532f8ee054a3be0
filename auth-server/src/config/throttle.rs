//! Where failed logins are counted, and how many are too many.

use auth_core::ThrottlePolicy;

use super::parse::{self, Unfit};
use super::reader::Reader;

/// Where failed logins are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThrottleStore {
    /// In the database, so that all instances count as one.
    #[default]
    Database,
    /// In each process for itself, until it ends.
    Memory,
}

pub(super) fn read(reader: &mut Reader<'_>) -> ThrottleStore {
    reader.parsed("THROTTLE_STORE", store).unwrap_or_default()
}

pub(super) fn limits(reader: &mut Reader<'_>) -> ThrottlePolicy {
    let usual = ThrottlePolicy::default();
    let mut number = |name, most, usual| reader.parsed(name, parse::up_to(most)).unwrap_or(usual);
    ThrottlePolicy {
        free: number("LOGIN_FREE_FAILURES", 100, usual.free),
        most: number("LOGIN_MOST_FAILURES", 100, usual.most),
        per_address: number("LOGIN_FAILURES_PER_MINUTE", 1_000_000, usual.per_address),
        ..usual
    }
}

fn store(text: &str) -> Result<ThrottleStore, Unfit> {
    match text {
        "database" => Ok(ThrottleStore::Database),
        "memory" => Ok(ThrottleStore::Memory),
        _ => Err(Unfit {
            problem: "which is neither database nor memory",
            remedy: "write database or memory".to_owned(),
        }),
    }
}
