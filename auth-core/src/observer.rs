//! What is worth counting and leaves no event: for metrics.

use std::fmt;
use std::time::Duration;

use crate::event::Cause;

/// Hears what happens too often, or matters too little, for an [`Event`](crate::Event).
///
/// It is called in the middle of a request, and from the hashing threads, so it must not wait. It is
/// told nothing of whom it happened to.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use auth_core::{Observation, Observer, RefreshOutcome};
///
/// #[derive(Debug, Default)]
/// struct Rotations(AtomicU64);
///
/// impl Observer for Rotations {
///     fn observe(&self, observation: Observation) {
///         if observation == Observation::Refresh(RefreshOutcome::Rotated) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hear what is worth counting",
    note = "implement `auth_core::Observer` for it"
)]
pub trait Observer: Send + Sync + fmt::Debug + 'static {
    /// Hears of one thing.
    fn observe(&self, observation: Observation);
}

/// A shared observer is one, so that whoever gave it away can still look into it.
impl<T: Observer + ?Sized> Observer for std::sync::Arc<T> {
    fn observe(&self, observation: Observation) {
        (**self).observe(observation);
    }
}

/// Something that is worth counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A refresh token was presented, and this came of it.
    Refresh(RefreshOutcome),
    /// A password, or a bootstrap token, was not looked at, because too many had been wrong before: each
    /// time, while there is an [event](crate::EventKind::Throttled) now and then.
    Throttled(Cause),
    /// A password was hashed or verified, by the [`Clock`](crate::Clock) of the installation.
    Hashed {
        /// How long it waited for a thread.
        waited: Duration,
        /// How long the thread worked.
        worked: Duration,
    },
    /// All hashing threads were busy and their queue was full: [`Fault::Busy`](crate::Fault::Busy).
    HashingRefused,
}

/// What came of a refresh token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefreshOutcome {
    /// It was the current one, and old enough: its successor was handed out.
    Rotated,
    /// It was the current one, made a moment ago: the same again.
    Same,
    /// It was the predecessor of one made a moment ago: an access token, and no other.
    Grace,
    /// It was the predecessor, after the grace: the answer with its successor was lost, and it has
    /// another one now.
    LateRetry,
    /// It was spent: two holders of one session, which has ended.
    Reuse,
    /// None of ours, or mangled; the store was not asked.
    Forged,
    /// Its session is unknown, deleted by a sweep say.
    Unknown,
    /// Its session is over by itself.
    Expired,
    /// Its session was ended, by a logout say.
    Ended,
    /// Its user is disabled.
    Disabled,
    /// Something broke, or it met too many others; it still is good for what it was.
    Failed,
}

impl RefreshOutcome {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Rotated,
        Self::Same,
        Self::Grace,
        Self::LateRetry,
        Self::Reuse,
        Self::Forged,
        Self::Unknown,
        Self::Expired,
        Self::Ended,
        Self::Disabled,
        Self::Failed,
    ];

    /// The word for labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rotated => "rotated",
            Self::Same => "same",
            Self::Grace => "grace",
            Self::LateRetry => "late_retry",
            Self::Reuse => "reuse",
            Self::Forged => "forged",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Ended => "ended",
            Self::Disabled => "disabled",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two_outcomes() {
        let words: std::collections::HashSet<_> = RefreshOutcome::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(words.len(), RefreshOutcome::ALL.len());
    }
}
