//! Failures from one address, in this process.
//!
//! For each address one time is kept: the time at which all its failures will have been worked
//! off, one every two seconds at the default (the generic cell rate algorithm). Asking costs
//! nothing and writes nothing; only a failure moves the time ahead.
//!
//! `governor` counts whatever asks, so that right passwords would be counted as well. That is why
//! this is our own.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

use super::policy::RetryAfter;

/// The most addresses that are kept: a few megabytes.
const MOST: usize = 65_536;

/// How far failures may add up: who has failed a thousand times at once is not refused for longer.
const LONGEST_DEBT: Duration = Duration::from_mins(15);

/// An address as it is counted: IPv4, or the /64 of IPv6, which is what one customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Neighbourhood(IpAddr);

impl Neighbourhood {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }
}

/// The limit, and who has failed lately.
#[derive(Debug)]
pub(super) struct Addresses {
    /// How long it takes to work one failure off.
    interval: Duration,
    /// How far ahead the time of an address may be before it is refused.
    tolerance: Duration,
    most: usize,
    failures: Mutex<Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    worked_off: HashMap<Neighbourhood, Timestamp>,
    /// The same, by time: whoever is worked off first stands first.
    by_time: BTreeSet<(Timestamp, Neighbourhood)>,
}

impl Addresses {
    /// So many failures a minute.
    pub(super) fn new(per_minute: u32) -> Self {
        Self::bounded(per_minute, MOST)
    }

    fn bounded(per_minute: u32, most: usize) -> Self {
        let window = Duration::from_mins(1);
        let interval = (window / per_minute.max(1)).max(Duration::from_millis(1));
        Self { interval, tolerance: window.saturating_sub(interval), most, failures: Mutex::default() }
    }

    /// Whether a password from there may be looked at.
    pub(super) fn check(&self, from: Neighbourhood, now: Timestamp) -> Result<(), RetryAfter> {
        let Some(&worked_off) = self.failures().worked_off.get(&from) else { return Ok(()) };
        let ahead = worked_off.since(now).min(LONGEST_DEBT);
        match ahead.checked_sub(self.tolerance) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(wait) => Err(RetryAfter::at_least(wait)),
        }
    }

    /// A password from there was wrong.
    pub(super) fn failed(&self, from: Neighbourhood, now: Timestamp) {
        let mut failures = self.failures();
        let before = failures.worked_off.get(&from).copied();
        let worked_off = (before.unwrap_or(now).max(now) + self.interval).min(now + LONGEST_DEBT);
        match before {
            Some(before) => {
                failures.by_time.remove(&(before, from));
            }
            None if failures.worked_off.len() >= self.most && !failures.make_room(now + self.tolerance) => {
                // Every one of them is being refused: letting one go would free it.
                return;
            }
            None => {}
        }
        failures.worked_off.insert(from, worked_off);
        failures.by_time.insert((worked_off, from));
        // Two out for one in: what has been worked off does not pile up.
        for _ in 0..2 {
            failures.drop_first_before(now);
        }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        // Nothing panics between two writes, so what a poisoned lock guards is still whole.
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    /// Forgets whoever has the fewest failures left, unless even they are refused: their time is
    /// later than `limit`.
    fn make_room(&mut self, limit: Timestamp) -> bool {
        let Some(&(at, address)) = self.by_time.first() else { return true };
        if at > limit {
            return false;
        }
        self.by_time.pop_first();
        self.worked_off.remove(&address);
        true
    }

    fn drop_first_before(&mut self, now: Timestamp) {
        if let Some(&(at, address)) = self.by_time.first()
            && at <= now
        {
            self.by_time.pop_first();
            self.worked_off.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn from(address: &str) -> Neighbourhood {
        Neighbourhood::of(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_is_counted_with_its_neighbours() {
        for (one, other, same) in [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            assert_eq!(from(one) == from(other), same, "{one} {other}");
        }
    }

    #[test]
    fn thirty_fail_and_then_one_every_two_seconds() {
        let addresses = Addresses::new(30);
        let (here, there) = (from("192.0.2.7"), from("192.0.2.8"));
        for nth in 0..30 {
            assert_eq!(addresses.check(here, START), Ok(()), "{nth}");
            addresses.failed(here, START);
        }
        let wait = |seconds| Err(RetryAfter::at_least(Duration::from_secs(seconds)));
        assert_eq!(addresses.check(here, START), wait(2));
        assert_eq!(addresses.check(there, START), Ok(()));
        let later = START + Duration::from_millis(1_001);
        assert_eq!(addresses.check(here, later), wait(1));
        let later = START + Duration::from_secs(2);
        assert_eq!(addresses.check(here, later), Ok(()));
        addresses.failed(here, later);
        assert_eq!(addresses.check(here, later), wait(2));
    }

    #[test]
    fn those_in_flight_at_the_limit_are_made_up_for_later() {
        let addresses = Addresses::new(30);
        let here = from("192.0.2.7");
        for _ in 0..100_000 {
            addresses.failed(here, START);
        }
        let told = addresses.check(here, START).expect_err("it has failed often").seconds();
        assert!((800..=900).contains(&told), "{told}");
        assert_eq!(addresses.check(here, START + Duration::from_secs(told.into())), Ok(()));
    }

    #[test]
    fn a_clock_that_steps_back_locks_nobody_out_for_long() {
        let addresses = Addresses::new(30);
        let here = from("192.0.2.7");
        addresses.failed(here, START + Duration::from_hours(10_000));
        let told = addresses.check(here, START).expect_err("it lies ahead");
        assert!(u64::from(told.seconds()) <= LONGEST_DEBT.as_secs());
    }

    #[test]
    fn a_crowd_of_addresses_frees_nobody_who_is_refused() {
        let addresses = Addresses::bounded(2, 3);
        let refused = [from("192.0.2.1"), from("192.0.2.2")];
        for address in refused {
            addresses.failed(address, START);
            addresses.failed(address, START);
        }
        for third in 0..=255_u8 {
            addresses.failed(Neighbourhood::of([198, 51, 100, third].into()), START);
            assert!(addresses.failures().worked_off.len() <= 3);
        }
        for address in refused {
            assert!(addresses.check(address, START).is_err());
        }
        // All three are refused: newcomers are let through uncounted, and still free nobody.
        let third = from("203.0.113.1");
        addresses.failed(third, START);
        addresses.failed(third, START);
        assert!(addresses.check(third, START).is_err());
        addresses.failed(from("203.0.113.2"), START);
        for address in [refused[0], refused[1], third] {
            assert!(addresses.check(address, START).is_err());
        }
    }

    proptest! {
        #[test]
        fn both_books_agree_and_no_refused_address_is_freed_before_its_time(
            steps in prop::collection::vec((0..12_u8, 0..5_000_u64), 1..200),
        ) {
            let addresses = Addresses::bounded(6, 4);
            let mut now = START;
            for (address, millis) in steps {
                now = now + Duration::from_millis(millis);
                let address = Neighbourhood::of([192, 0, 2, address].into());
                let refused: Vec<_> = (0..12_u8)
                    .map(|other| Neighbourhood::of([192, 0, 2, other].into()))
                    .filter(|other| addresses.check(*other, now).is_err())
                    .collect();
                addresses.failed(address, now);
                for other in refused {
                    prop_assert!(addresses.check(other, now).is_err());
                }
                let failures = addresses.failures();
                prop_assert!(failures.worked_off.len() <= 4);
                prop_assert_eq!(failures.worked_off.len(), failures.by_time.len());
                prop_assert!(failures.by_time.iter().all(|(at, key)| failures.worked_off.get(key) == Some(at)));
            }
        }
    }
}
