//! The numbers.

use std::fmt;
use std::time::Duration;

/// How many wrong passwords are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// How many failures in a row an account has for free; 5.
    pub free: u32,
    /// How long to wait after the last free one; a second. It doubles with each failure.
    pub first_wait: Duration,
    /// The longest such wait; a quarter of an hour.
    pub longest_wait: Duration,
    /// How many passwords are looked at in a row without a right one; 100, which NIST SP 800-63B-4
    /// §3.2.2 takes for the most. After that only an admin lets the account try again.
    pub most: u32,
    /// How many failures one address has in a minute, over all accounts; 30. An IPv6 address
    /// counts as its /64.
    pub per_address: u32,
}

impl Default for ThrottlePolicy {
    fn default() -> Self {
        Self {
            free: 5,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_mins(15),
            most: 100,
            per_address: 30,
        }
    }
}

impl ThrottlePolicy {
    /// For how long an attempt that nobody settles is taken for one that is being judged: longer
    /// than a request may take.
    pub(super) const LEASE: Duration = Duration::from_secs(30);

    /// Whether the numbers can work.
    pub(crate) fn is_sound(&self) -> bool {
        (1..=self.most).contains(&self.free)
            && self.most <= 100
            && self.first_wait >= Duration::from_secs(1)
            && self.longest_wait >= self.first_wait
            && self.longest_wait <= Duration::from_hours(24)
            && (1..=1_000_000).contains(&self.per_address)
    }
}

/// How long to wait before trying again: whole seconds, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryAfter(u32);

impl RetryAfter {
    /// At least this long.
    pub fn at_least(wait: Duration) -> Self {
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        Self(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX))
    }

    /// The seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_sound_and_nonsense_is_not() {
        let usual = ThrottlePolicy::default();
        assert!(usual.is_sound());
        for bad in [
            ThrottlePolicy { free: 0, ..usual.clone() },
            ThrottlePolicy { free: 101, ..usual.clone() },
            ThrottlePolicy { most: 101, ..usual.clone() },
            ThrottlePolicy { most: 4, ..usual.clone() },
            ThrottlePolicy { first_wait: Duration::from_millis(999), ..usual.clone() },
            ThrottlePolicy { longest_wait: Duration::ZERO, ..usual.clone() },
            ThrottlePolicy { per_address: 0, ..usual.clone() },
        ] {
            assert!(!bad.is_sound(), "{bad:?}");
        }
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_too_short() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (900_000, 900)] {
            assert_eq!(RetryAfter::at_least(Duration::from_millis(millis)).seconds(), seconds);
        }
        assert_eq!(RetryAfter::at_least(Duration::MAX).seconds(), u32::MAX);
    }
}
