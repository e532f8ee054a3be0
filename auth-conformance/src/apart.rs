//! Stores that stand apart from people and sessions.

use std::any::Any;
use std::fmt;

use auth_core::store::{EventStore, ThrottleStore};

use crate::harness::Harness;

/// A fresh, empty store that stands apart, a [`ThrottleStore`] or an [`EventStore`], with whatever
/// keeps it alive.
///
/// A store that keeps people and sessions as well needs none of it: its [`Harness`] will do.
///
/// ```
/// use auth_conformance::Apart;
/// use auth_core::MemoryThrottle;
///
/// async fn fresh() -> Apart<MemoryThrottle> {
///     Apart::new(MemoryThrottle::new())
/// }
///
/// auth_conformance::throttle_store_tests!(fresh);
/// # fn main() {}
/// ```
pub struct Apart<S> {
    store: S,
    // Dropped after the store.
    _kept: Box<dyn Any + Send + Sync>,
}

impl<S> Apart<S> {
    /// This store, alone.
    pub fn new(store: S) -> Self {
        Self::with(store, ())
    }

    /// This store, and what is to be dropped after it: a temporary directory or database.
    pub fn with(store: S, kept: impl Any + Send + Sync) -> Self {
        Self { store, _kept: Box::new(kept) }
    }
}

impl<S> fmt::Debug for Apart<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apart").finish_non_exhaustive()
    }
}

/// What [`throttle_store_tests!`](crate::throttle_store_tests) looks at: implemented by [`Apart`],
/// and by every [`Harness`] whose store counts wrong passwords as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no store that counts wrong passwords",
    note = "return an `Apart` of an `auth_core::store::ThrottleStore`, or a `Harness` whose `Store` is one"
)]
pub trait Counting: Send + Sync + 'static {
    /// The store under test.
    type Counts: ThrottleStore;

    /// The store under test; the same one at each call.
    fn counts(&self) -> &Self::Counts;
}

/// What [`event_store_tests!`](crate::event_store_tests) looks at: implemented by [`Apart`], and by
/// every [`Harness`] whose store keeps events as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no store that keeps events",
    note = "return an `Apart` of an `auth_core::store::EventStore`, or a `Harness` whose `Store` is one"
)]
pub trait Recording: Send + Sync + 'static {
    /// The store under test.
    type Record: EventStore;

    /// The store under test; the same one at each call.
    fn record(&self) -> &Self::Record;
}

impl<H: Harness<Store: ThrottleStore>> Counting for H {
    type Counts = H::Store;

    fn counts(&self) -> &H::Store {
        self.store()
    }
}

impl<H: Harness<Store: EventStore>> Recording for H {
    type Record = H::Store;

    fn record(&self) -> &H::Store {
        self.store()
    }
}

impl<S: ThrottleStore> Counting for Apart<S> {
    type Counts = S;

    fn counts(&self) -> &S {
        &self.store
    }
}

impl<S: EventStore> Recording for Apart<S> {
    type Record = S;

    fn record(&self) -> &S {
        &self.store
    }
}
