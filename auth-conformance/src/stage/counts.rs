//! A store that counts wrong passwords, on the stage.

use std::sync::Arc;
use std::time::Duration;

use auth_core::Timestamp;
use auth_core::store::{Count, Existence, Reservation, Reserved, Settlement, ThrottleKey, ThrottleStore};

use crate::apart::Counting;
use crate::race::all_at_once;

use super::{ANSWERED, NOW};

/// How many attempts are free in the plays.
pub(crate) const FREE: u32 = 5;

/// How many attempts there are at all in the plays.
const MOST: u32 = 100;

/// How long an attempt may be in flight in the plays: until `at(30)` where it began at `NOW`.
const LEASE: Duration = Duration::from_secs(30);

/// What the account of that number counts for everybody.
pub(crate) fn counted(number: u16) -> ThrottleKey {
    let mut account = [0x42; 32];
    account[30..].copy_from_slice(&number.to_be_bytes());
    ThrottleKey { account, device: [0; 16] }
}

/// What the account of that number counts for one device.
pub(crate) fn on_device(number: u16, device: u8) -> ThrottleKey {
    ThrottleKey { device: [device; 16], ..counted(number) }
}

/// A place in this count, at the usual numbers.
pub(crate) fn place(key: ThrottleKey, now: Timestamp) -> Reservation {
    Reservation { key, free: FREE, most: MOST, lease_ends_at: now + LEASE }
}

/// The password of an account that is there was wrong; the next may be tried at once.
pub(crate) fn wrong(now: Timestamp) -> Settlement {
    Settlement::Wrong { opens_at: now, account: Existence::Known }
}

/// The password of an account that is not there was wrong.
pub(crate) fn unknown(now: Timestamp) -> Settlement {
    Settlement::Wrong { opens_at: now, account: Existence::Unknown }
}

/// A store on the stage, as [`Stage`](super::Stage) is one of people and sessions.
pub(crate) struct Counts<H> {
    harness: Arc<H>,
}

impl<H: Counting> Counts<H> {
    pub(crate) fn new(harness: H) -> Self {
        Self { harness: Arc::new(harness) }
    }

    /// Opens the store's connections, so that the first race is one.
    pub(crate) async fn warm_up(&self) {
        all_at_once((0..8).map(|number| self.reserve(no_place(counted(number), NOW), NOW))).await;
    }

    pub(crate) fn reserve(
        &self,
        reservation: Reservation,
        now: Timestamp,
    ) -> impl Future<Output = Reserved> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.counts().reserve(&reservation, now).await.expect(ANSWERED) }
    }

    pub(crate) fn postpone(
        &self,
        key: ThrottleKey,
        opens_at: Timestamp,
    ) -> impl Future<Output = ()> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.counts().postpone(&key, opens_at).await.expect(ANSWERED) }
    }

    pub(crate) fn settle(
        &self,
        key: ThrottleKey,
        settlement: Settlement,
        now: Timestamp,
    ) -> impl Future<Output = ()> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.counts().settle(&key, settlement, now).await.expect(ANSWERED) }
    }

    pub(crate) fn forget(&self, key: ThrottleKey) -> impl Future<Output = bool> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.counts().forget(&key.account).await.expect(ANSWERED) }
    }

    pub(crate) fn sweep(&self, before: Timestamp, limit: u32) -> impl Future<Output = u64> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.counts().sweep_throttle(before, limit).await.expect(ANSWERED) }
    }

    /// Takes a place, which must be free, and says how many are counted.
    pub(crate) async fn granted(&self, key: ThrottleKey, now: Timestamp) -> u32 {
        match self.reserve(place(key, now), now).await {
            Reserved::Granted { nth } => nth,
            Reserved::Full(count) => panic!("there is room: {count:?}"),
        }
    }

    /// Asks for a place where none must be free, and says how the count stands.
    pub(crate) async fn full(&self, key: ThrottleKey, now: Timestamp) -> Count {
        match self.reserve(place(key, now), now).await {
            Reserved::Full(count) => count,
            Reserved::Granted { nth } => panic!("there is no room, and this is number {nth}"),
        }
    }

    /// How many are counted and how many of them are in flight; asks for a place where none can be
    /// had, so that nothing is written.
    pub(crate) async fn stands(&self, key: ThrottleKey) -> (u32, u32) {
        let count = self.count(key).await;
        (count.attempts, count.in_flight)
    }

    /// The whole count, as [`stands`](Self::stands) finds it out.
    pub(crate) async fn count(&self, key: ThrottleKey) -> Count {
        match self.reserve(no_place(key, NOW), NOW).await {
            Reserved::Full(count) => count,
            Reserved::Granted { nth } => panic!("nobody has room where there may be none: {nth}"),
        }
    }

    /// So many wrong passwords, one after the other; the next may be tried at once.
    pub(crate) async fn fail(&self, key: ThrottleKey, times: u32, now: Timestamp) {
        for _ in 0..times {
            self.granted(key, now).await;
            self.settle(key, wrong(now), now).await;
        }
    }
}

/// A place that nobody gets.
fn no_place(key: ThrottleKey, now: Timestamp) -> Reservation {
    Reservation { key, free: 0, most: 0, lease_ends_at: now }
}

/// How many of these got a place.
pub(crate) fn granted(outcomes: &[Reserved]) -> Vec<u32> {
    let mut granted: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Reserved::Granted { nth } => Some(*nth),
            Reserved::Full(_) => None,
        })
        .collect();
    granted.sort_unstable();
    granted
}
