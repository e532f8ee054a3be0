//! Where failed logins are counted.

use super::parse::Unfit;
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
    reader.parsed("THROTTLE_STORE", parse).unwrap_or_default()
}

fn parse(text: &str) -> Result<ThrottleStore, Unfit> {
    match text {
        "database" => Ok(ThrottleStore::Database),
        "memory" => Ok(ThrottleStore::Memory),
        _ => Err(Unfit {
            problem: "which is neither database nor memory",
            remedy: "write database or memory".to_owned(),
        }),
    }
}
