//! Which address a user has: what a check answers with, and no access token carries.

use std::fmt;
use std::time::Duration;

use quick_cache::sync::Cache;

use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::UserId;

/// The most users whose address is remembered: about 8 MB of them.
const MOST: usize = 1 << 16;

/// The addresses of users that the store has told lately.
///
/// No verb gives a user another address, and a user who is deleted is told of by the feed, so what is
/// remembered stays true. What somebody changes by hand is seen when the memory is as old as a token can
/// get: no later than what the token itself says.
pub(super) struct Addresses {
    /// For how long an address is remembered.
    lifetime: Duration,
    told: Cache<UserId, Told>,
}

#[derive(Clone)]
struct Told {
    email: Email,
    at: Timestamp,
}

impl Addresses {
    /// It grows as it is filled; an empty one takes next to nothing.
    pub(super) fn new(lifetime: Duration) -> Self {
        Self { lifetime, told: Cache::new(MOST) }
    }

    /// Remembers what the store has told at `now`.
    pub(super) fn learn(&self, user: UserId, email: Email, now: Timestamp) {
        self.told.insert(user, Told { email, at: now });
    }

    /// The address, if the store told it and not too long ago. After a clock has stepped back, nobody
    /// knows how long ago that was.
    pub(super) fn of(&self, user: UserId, now: Timestamp) -> Option<Email> {
        let Told { email, at } = self.told.get(&user)?;
        (at <= now && now.since(at) < self.lifetime).then_some(email)
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").field("users", &self.told.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_mins(15);
    const INSTANT: Duration = Duration::from_millis(1);
    const START: Timestamp = Timestamp::from_millis(1_000_000);
    const ONE: UserId = UserId::from_bytes([1; 16]);

    fn address(name: &str) -> Email {
        Email::parse(&format!("{name}@example.com")).expect("an address")
    }

    #[test]
    fn an_address_is_remembered_for_as_long_as_a_token_is_good() {
        let addresses = Addresses::new(LIFETIME);
        assert_eq!(addresses.of(ONE, START), None);
        addresses.learn(ONE, address("one"), START);
        for age in [Duration::ZERO, Duration::from_millis(15 * 60_000 - 1)] {
            assert_eq!(addresses.of(ONE, START + age), Some(address("one")), "{age:?}");
        }
        assert_eq!(addresses.of(ONE, START + LIFETIME), None);
        assert_eq!(addresses.of(UserId::from_bytes([2; 16]), START), None, "somebody else");
    }

    #[test]
    fn what_is_told_later_takes_the_place_of_what_was_told() {
        let addresses = Addresses::new(LIFETIME);
        addresses.learn(ONE, address("one"), START);
        addresses.learn(ONE, address("another"), START + LIFETIME);
        assert_eq!(addresses.of(ONE, START + LIFETIME), Some(address("another")));
    }

    #[test]
    fn a_clock_that_has_stepped_back_makes_nobody_sure() {
        let addresses = Addresses::new(LIFETIME);
        addresses.learn(ONE, address("one"), START + INSTANT);
        assert_eq!(addresses.of(ONE, START), None);
    }

    #[test]
    fn a_crowd_keeps_it_within_its_bound() {
        let addresses = Addresses::new(LIFETIME);
        for nth in 0..4 * MOST as u128 {
            addresses.learn(UserId::from_bytes(nth.to_be_bytes()), address("one"), START);
        }
        assert!(addresses.told.len() <= MOST, "{addresses:?}");
        assert!(!format!("{addresses:?}").contains("example.com"));
    }
}
