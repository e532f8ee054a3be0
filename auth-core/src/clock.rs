//! Time, as the core sees it: a [`Timestamp`], and the [`Clock`] it is read from.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: whole milliseconds since the Unix epoch, in UTC.
///
/// Arithmetic saturates, so no hostile or corrupt value can make it panic.
///
/// ```
/// use auth_core::Timestamp;
/// use std::time::Duration;
///
/// let login = Timestamp::from_millis(1_000);
/// let later = login + Duration::from_secs(2);
/// assert_eq!(later.millis(), 3_000);
/// assert_eq!(later.since(login), Duration::from_secs(2));
/// assert_eq!(login.since(later), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The latest time that can be told apart.
    pub const MAX: Self = Self(i64::MAX);

    /// The time `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch: what a store keeps.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down: what a token carries.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// How long ago `earlier` was; zero where it lies ahead, because a clock may step back.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0).max(0);
        Duration::from_millis(millis.unsigned_abs())
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(span)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(span)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(whole_millis(after)),
            Err(before) => Self(-whole_millis(before.duration())),
        }
    }
}

fn whole_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Where the time comes from.
///
/// [`SystemClock`] in production; a test brings a clock that it can set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a clock",
    note = "`auth_core::SystemClock` is one, and is taken without being named; for tests there is `auth_testing::TestClock`"
)]
pub trait Clock: Send + Sync + fmt::Debug + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}

/// A shared clock is a clock, so that a test can keep a hand on it.
impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_the_epoch_rounds_down_to_whole_seconds() {
        let before = UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(Timestamp::from(before).millis(), -1);
        assert_eq!(Timestamp::from(before).seconds(), -1);
    }

    #[test]
    fn arithmetic_saturates_instead_of_panicking() {
        let end = Timestamp::MAX;
        assert_eq!(end + Duration::MAX, end);
        let start = Timestamp::from_millis(i64::MIN);
        assert_eq!(start - Duration::MAX, start);
        assert_eq!(start.since(end), Duration::ZERO);
        assert!(end.since(start) > Duration::from_secs(1));
    }
}
