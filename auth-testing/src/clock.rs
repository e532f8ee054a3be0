//! A clock that shows what it is set to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::{Clock, Timestamp};

use crate::only_in_tests;

/// A clock that stands still until a test moves it. Clones are hands on the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use auth_core::Clock;
/// use auth_testing::TestClock;
///
/// let clock = TestClock::new();
/// let start = clock.now();
/// clock.advance(Duration::from_hours(1));
/// assert_eq!(clock.now().since(start), Duration::from_hours(1));
/// clock.set(start); // back again, as clocks do
/// assert_eq!(clock.now(), start);
/// ```
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// What a new clock shows: 15 January 2027, 08:00 UTC.
    pub const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    /// A clock that shows [`START`](Self::START).
    ///
    /// # Panics
    ///
    /// In a build without debug assertions; see the crate's documentation.
    #[track_caller]
    pub fn new() -> Self {
        only_in_tests::insist("TestClock");
        Self(Arc::new(AtomicI64::new(Self::START.millis())))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.millis(), Ordering::SeqCst);
    }

    /// Moves it forwards.
    pub fn advance(&self, span: Duration) {
        self.set(self.now() + span);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
