//! The judgements: pure functions from a count to what it means.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Count;

use super::policy::{RetryAfter, ThrottlePolicy};

/// What a full count means for whoever found no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One that is being judged may be right: wait for it.
    Wait,
    /// It has room by now: ask again.
    Again,
    /// Not before that time.
    Later(RetryAfter),
    /// Not until an admin says so.
    Never,
}

pub(super) fn full(count: &Count, policy: &ThrottlePolicy, now: Timestamp) -> Verdict {
    if count.in_flight > 0 && count.lease_ends_at > now {
        Verdict::Wait
    } else if count.attempts >= policy.most {
        Verdict::Never
    } else if count.attempts >= policy.free && count.opens_at > now {
        Verdict::Later(RetryAfter::at_least(count.opens_at.since(now)))
    } else {
        Verdict::Again
    }
}

/// How long to wait after the `nth` failure in a row.
pub(super) fn wait_after(nth: u32, policy: &ThrottlePolicy) -> Duration {
    let Some(doublings) = nth.checked_sub(policy.free) else { return Duration::ZERO };
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    policy.first_wait.saturating_mul(factor).min(policy.longest_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn count(attempts: u32, in_flight: u32, lease_ahead: i64, opens_ahead: i64) -> Count {
        Count {
            attempts,
            in_flight,
            lease_ends_at: Timestamp::from_millis(1_000_000 + lease_ahead),
            opens_at: Timestamp::from_millis(1_000_000 + opens_ahead),
        }
    }

    #[test]
    fn waits_double_from_a_second_to_a_quarter_of_an_hour() {
        let policy = ThrottlePolicy::default();
        let waits: Vec<_> = (1..=17).map(|nth| wait_after(nth, &policy).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(wait_after(u32::MAX, &policy), policy.longest_wait);
    }

    #[test]
    fn a_full_count_is_judged_by_what_is_in_flight_first() {
        let policy = ThrottlePolicy::default();
        let later = |seconds| Verdict::Later(RetryAfter::at_least(Duration::from_secs(seconds)));
        for (count, verdict) in [
            (count(5, 1, 1, 0), Verdict::Wait),
            (count(100, 1, 1, 9_000), Verdict::Wait),
            (count(5, 1, 0, 0), Verdict::Again),
            (count(5, 0, 9_000, 1), later(1)),
            (count(5, 0, 0, 1_001), later(2)),
            (count(5, 3, 0, 900_000), later(900)),
            (count(5, 0, 0, 0), Verdict::Again),
            (count(4, 0, 0, 900_000), Verdict::Again),
            (count(99, 0, 0, 0), Verdict::Again),
            (count(100, 0, 0, 0), Verdict::Never),
            (count(100, 1, 0, 0), Verdict::Never),
        ] {
            assert_eq!(full(&count, &policy, NOW), verdict, "{count:?}");
        }
    }
}
