//! Whether the connections that come back to a pool are to be trusted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When a statement was last given up before its answer came; clones share it.
///
/// The pool waits for that answer when it gets the connection back, and where the other side is
/// silent it would wait for ever. It cannot tell which connection it is, so for a while it asks
/// each of them for a sign of life. Otherwise nobody pays for the round trip.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubt(Arc<Mutex<Option<Instant>>>);

/// Longer than a connection is on its way back.
const RECENT: Duration = Duration::from_secs(10);

impl Doubt {
    pub(crate) fn is_recent(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < RECENT)
    }

    /// A statement that is sent now; dropped before it is settled, it raises the doubt.
    pub(crate) const fn unless_settled(&self) -> Pending<'_> {
        Pending(Some(self))
    }

    fn raise(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// A statement whose answer has not come yet.
#[derive(Debug)]
pub(crate) struct Pending<'a>(Option<&'a Doubt>);

impl Pending<'_> {
    pub(crate) fn settle(mut self) {
        self.0 = None;
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(doubt) = self.0 {
            doubt.raise();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_raised_by_what_is_dropped_and_not_by_what_is_settled() {
        let doubt = Doubt::default();
        doubt.unless_settled().settle();
        assert!(!doubt.is_recent());
        drop(doubt.clone().unless_settled());
        assert!(doubt.is_recent());
    }
}
