//! A [`ThrottleStore`] behind a pointer, so that [`Auth`](crate::Auth) has one type parameter.

use std::pin::Pin;

use crate::clock::Timestamp;
use crate::store::{Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore};

type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

pub(crate) trait ErasedThrottleStore: Send + Sync {
    fn reserve<'a>(&'a self, reservation: &'a Reservation, now: Timestamp) -> Doing<'a, Reserved>;
    fn postpone<'a>(&'a self, key: &'a ThrottleKey, opens_at: Timestamp) -> Doing<'a, ()>;
    fn settle<'a>(&'a self, key: &'a ThrottleKey, settlement: Settlement, now: Timestamp) -> Doing<'a, ()>;
    fn forget<'a>(&'a self, account: &'a [u8; 32]) -> Doing<'a, bool>;
    fn sweep(&self, before: Timestamp, limit: u32) -> Doing<'_, u64>;
}

impl<T: ThrottleStore> ErasedThrottleStore for T {
    fn reserve<'a>(&'a self, reservation: &'a Reservation, now: Timestamp) -> Doing<'a, Reserved> {
        Box::pin(ThrottleStore::reserve(self, reservation, now))
    }

    fn postpone<'a>(&'a self, key: &'a ThrottleKey, opens_at: Timestamp) -> Doing<'a, ()> {
        Box::pin(ThrottleStore::postpone(self, key, opens_at))
    }

    fn settle<'a>(&'a self, key: &'a ThrottleKey, settlement: Settlement, now: Timestamp) -> Doing<'a, ()> {
        Box::pin(ThrottleStore::settle(self, key, settlement, now))
    }

    fn forget<'a>(&'a self, account: &'a [u8; 32]) -> Doing<'a, bool> {
        Box::pin(ThrottleStore::forget(self, account))
    }

    fn sweep(&self, before: Timestamp, limit: u32) -> Doing<'_, u64> {
        Box::pin(self.sweep_throttle(before, limit))
    }
}
