//! How wrong passwords are limited: for an account, by a count that every instance shares; for an
//! address, by one in this process.
//!
//! **An account** has five free failures. From then on attempts come one at a time, after waits
//! that double from a second to a quarter of an hour; after a hundred in a row, nobody is let in
//! until an admin says so. An attempt takes its place *before* the password is looked at, in one
//! conditional statement, so that two hundred at once count as two hundred. The right password
//! starts the count anew.
//!
//! **No weapon.** Whoever has no place waits for those that are being judged, because one of them
//! may be right: twenty right logins at once all succeed. A browser that has logged in to the
//! account before shows a cookie that says so, and has a count of its own; so has a session whose
//! user changes their password. Sessions go on refreshing whatever is counted.
//!
//! **An address** may fail thirty times a minute. Right passwords are not counted, so a whole
//! office behind one address logs in.

mod address;
mod closed;
mod erased;
mod gate;
mod judge;
mod memory;
mod pause;
mod policy;
#[cfg(test)]
mod schedules;
mod turns;

pub(crate) use erased::ErasedThrottleStore;
pub(crate) use gate::{Attempt, Obstacle, Refused, Throttle};
pub use memory::MemoryThrottle;
pub use policy::{RetryAfter, ThrottlePolicy};

use sha2::{Digest, Sha256};

use crate::email::Email;

/// What an address is counted under.
pub(crate) fn account_of(email: &Email) -> [u8; 32] {
    Sha256::new().chain_update(b"auth-core throttle\0").chain_update(email.as_str()).finalize().into()
}
