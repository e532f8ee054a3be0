//! The reference: counts in memory, correct under concurrency.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::store::{
    Count, Existence, Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore,
};

/// The most counts that are kept for addresses without an account.
const MOST_UNKNOWN: usize = 100_000;

/// Counts wrong passwords in the memory of this process: what [`Auth`](crate::Auth) does unless it
/// is given a store that instances share.
///
/// Each instance then counts for itself, so that an attacker has as many free failures again on
/// each; and a restart forgets them all. Clones share one memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryThrottle {
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    /// By account and then by device, so that those of one account stand together.
    rows: BTreeMap<ThrottleKey, Row>,
    /// Those of addresses without an account, by when they were last touched.
    unknown: BTreeSet<(Timestamp, ThrottleKey)>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    count: Count,
    account: Existence,
    touched_at: Timestamp,
}

impl MemoryThrottle {
    /// No counts.
    pub fn new() -> Self {
        Self::default()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Nothing panics between two writes, so what a poisoned lock guards is still whole.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn put(&mut self, key: ThrottleKey, row: Row) {
        self.take(&key);
        if row.account == Existence::Unknown {
            if self.unknown.len() >= MOST_UNKNOWN
                && let Some((_, oldest)) = self.unknown.pop_first()
            {
                self.rows.remove(&oldest);
            }
            self.unknown.insert((row.touched_at, key));
        }
        self.rows.insert(key, row);
    }

    fn take(&mut self, key: &ThrottleKey) -> Option<Row> {
        let row = self.rows.remove(key)?;
        self.unknown.remove(&(row.touched_at, *key));
        Some(row)
    }

    /// The keys of all counts of an account.
    fn of(&self, account: &[u8; 32]) -> Vec<ThrottleKey> {
        let first = ThrottleKey { account: *account, device: [0; 16] };
        let last = ThrottleKey { account: *account, device: [0xff; 16] };
        self.rows.range(first..=last).map(|(key, _)| *key).collect()
    }
}

impl Row {
    /// A count that nobody has touched yet.
    const fn new(now: Timestamp) -> Self {
        let count = Count { attempts: 0, in_flight: 0, lease_ends_at: now, opens_at: now };
        Self { count, account: Existence::Unknown, touched_at: now }
    }
}

impl ThrottleStore for MemoryThrottle {
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reserved, StoreError> {
        let mut counts = self.counts();
        let mut row = counts.rows.get(&reservation.key).copied().unwrap_or(Row::new(now));
        let count = &mut row.count;
        let over = count.lease_ends_at <= now;
        let alone = (count.in_flight == 0 || over) && count.opens_at <= now;
        if !(count.attempts < reservation.free || alone && count.attempts < reservation.most) {
            return Ok(Reserved::Full(*count));
        }
        count.attempts += 1;
        count.in_flight = if over { 1 } else { count.in_flight + 1 };
        count.lease_ends_at = reservation.lease_ends_at;
        let nth = count.attempts;
        counts.put(reservation.key, Row { touched_at: now, ..row });
        Ok(Reserved::Granted { nth })
    }

    async fn postpone(&self, key: &ThrottleKey, opens_at: Timestamp) -> Result<(), StoreError> {
        let mut counts = self.counts();
        if let Some(row) = counts.rows.get_mut(key) {
            row.count.opens_at = row.count.opens_at.max(opens_at);
        }
        Ok(())
    }

    async fn settle(
        &self,
        key: &ThrottleKey,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut counts = self.counts();
        if let Some(mut row) = counts.take(key) {
            let count = &mut row.count;
            count.in_flight = count.in_flight.saturating_sub(1);
            match settlement {
                Settlement::Right => {}
                Settlement::Wrong { opens_at, account } => {
                    count.opens_at = count.opens_at.max(opens_at);
                    row.account = account;
                }
                Settlement::Unjudged => {
                    count.attempts = count.attempts.saturating_sub(1);
                    if count.in_flight == 0 {
                        count.opens_at = count.opens_at.min(now);
                    }
                }
            }
            // A count that stands at zero is no different from none.
            if row.count.attempts > 0 || row.count.in_flight > 0 {
                counts.put(*key, Row { touched_at: now, ..row });
            }
        }
        if settlement == Settlement::Right {
            for key in counts.of(&key.account) {
                let Some(Row { mut count, .. }) = counts.take(&key) else { continue };
                count.attempts = count.in_flight;
                count.opens_at = now;
                // A count that stands at zero is no different from none.
                if count.in_flight > 0 {
                    counts.put(key, Row { count, account: Existence::Known, touched_at: now });
                }
            }
        }
        Ok(())
    }

    async fn forget(&self, account: &[u8; 32]) -> Result<bool, StoreError> {
        let mut counts = self.counts();
        let theirs = counts.of(account);
        for key in &theirs {
            counts.take(key);
        }
        Ok(!theirs.is_empty())
    }

    async fn sweep_throttle(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut counts = self.counts();
        let worthless = |row: &Row| row.count.attempts == 0 || row.account == Existence::Unknown;
        let dead: Vec<_> = counts
            .rows
            .iter()
            .filter(|(_, row)| row.touched_at < before && worthless(row))
            .map(|(key, _)| *key)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect();
        for key in &dead {
            counts.take(key);
        }
        Ok(dead.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(number: u32) -> ThrottleKey {
        let mut account = [0; 32];
        account[..4].copy_from_slice(&number.to_be_bytes());
        ThrottleKey { account, device: [0; 16] }
    }

    async fn fail(throttle: &MemoryThrottle, key: ThrottleKey, account: Existence, now: Timestamp) {
        let lease_ends_at = now + Duration::from_secs(30);
        let reservation = Reservation { key, free: 5, most: 100, lease_ends_at };
        assert!(matches!(throttle.reserve(&reservation, now).await, Ok(Reserved::Granted { .. })));
        let wrong = Settlement::Wrong { opens_at: now, account };
        throttle.settle(&key, wrong, now).await.expect("memory");
    }

    #[tokio::test]
    async fn a_crowd_of_strangers_takes_bounded_memory_and_frees_no_account() {
        let throttle = MemoryThrottle::new();
        let now = Timestamp::from_millis(0);
        fail(&throttle, key(0), Existence::Known, now).await;
        for number in 1..=u32::try_from(MOST_UNKNOWN).expect("it is small") + 100 {
            let now = Timestamp::from_millis(number.into());
            fail(&throttle, key(number), Existence::Unknown, now).await;
        }
        let counts = throttle.counts();
        assert_eq!(counts.rows.len(), MOST_UNKNOWN + 1);
        assert_eq!(counts.unknown.len(), MOST_UNKNOWN);
        assert_eq!(counts.rows[&key(0)].count.attempts, 1);
        assert!(!counts.rows.contains_key(&key(1)) && counts.rows.contains_key(&key(200)));
    }
}
