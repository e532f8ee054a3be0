//! Limits that each instance keeps for itself.

use super::{Finding, warning};
use crate::config::{DatabaseUrl, ThrottleStore};

/// Several instances may share a Postgres, and then each would allow the whole number of guesses.
pub(super) fn alone_among_many(database: &DatabaseUrl, store: ThrottleStore) -> Option<Finding> {
    (!database.is_sqlite() && store == ThrottleStore::Memory).then(|| {
        warning(
            "THROTTLE_STORE is memory, and the database is Postgres: several instances count failed logins each for itself, so that whoever guesses gets as many times the guesses, and a restart forgets them; leave it at database",
        )
    })
}
