//! Which counts were closed a moment ago: a refusal that is asked for again costs the store nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::event::Cause;
use crate::store::ThrottleKey;

/// For how long the store is not asked again. An account that is unlocked on another instance
/// waits this long at most.
const FRESH: Duration = Duration::from_secs(2);

/// How many are remembered; beyond, all are forgotten.
const MOST: usize = 8_192;

#[derive(Debug, Default)]
pub(super) struct Closed(Mutex<HashMap<ThrottleKey, Refusal>>);

#[derive(Clone, Copy, Debug)]
struct Refusal {
    cause: Cause,
    opens_at: Timestamp,
    seen_at: Timestamp,
}

impl Closed {
    /// Why the count is closed, and until when, if that was found out a moment ago.
    pub(super) fn get(&self, key: &ThrottleKey, now: Timestamp) -> Option<(Cause, Timestamp)> {
        let refusal = self.lock().get(key).copied()?;
        let fresh = refusal.seen_at <= now && now.since(refusal.seen_at) < FRESH && now < refusal.opens_at;
        fresh.then_some((refusal.cause, refusal.opens_at))
    }

    pub(super) fn put(&self, key: ThrottleKey, cause: Cause, opens_at: Timestamp, now: Timestamp) {
        let mut closed = self.lock();
        if closed.len() >= MOST {
            closed.clear();
        }
        closed.insert(key, Refusal { cause, opens_at, seen_at: now });
    }

    /// All counts of the account may be open again.
    pub(super) fn forget(&self, account: &[u8; 32]) {
        self.lock().retain(|key, _| key.account != *account);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ThrottleKey, Refusal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: ThrottleKey = ThrottleKey { account: [1; 32], device: [0; 16] };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_refusal_is_believed_for_two_seconds_and_no_longer_than_it_lasts() {
        let closed = Closed::default();
        closed.put(KEY, Cause::AccountLimit, at(1_500), at(0));
        assert_eq!(closed.get(&KEY, at(1_499)), Some((Cause::AccountLimit, at(1_500))));
        assert_eq!(closed.get(&KEY, at(1_500)), None);
        closed.put(KEY, Cause::AttemptsExhausted, at(900_000), at(0));
        assert!(closed.get(&KEY, at(1_999)).is_some());
        assert_eq!(closed.get(&KEY, at(2_000)), None);
        assert_eq!(closed.get(&KEY, at(-1)), None, "a clock that steps back");
        let other = ThrottleKey { device: [1; 16], ..KEY };
        assert_eq!(closed.get(&other, at(1)), None);
        closed.forget(&KEY.account);
        assert_eq!(closed.get(&KEY, at(1)), None);
    }

    #[test]
    fn a_crowd_does_not_fill_the_memory() {
        let closed = Closed::default();
        for number in 0..20_000_u32 {
            let mut account = [0; 32];
            account[..4].copy_from_slice(&number.to_be_bytes());
            closed.put(ThrottleKey { account, device: [0; 16] }, Cause::AccountLimit, at(9), at(0));
        }
        assert!(closed.lock().len() <= MOST);
    }
}
