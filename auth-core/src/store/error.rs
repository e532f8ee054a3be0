//! What a store says when it could not do its work.

use std::error::Error;
use std::fmt;

/// A store could not do what it was asked.
///
/// ```
/// use auth_core::store::{StoreError, StoreErrorKind};
///
/// let down = StoreError::unavailable("connection refused");
/// assert_eq!(down.kind(), StoreErrorKind::Unavailable);
/// ```
///
/// The cause is logged. Make sure that it quotes no row and no parameter: a database's "detail"
/// often holds a whole failing row, password hash and all.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    cause: Box<dyn Error + Send + Sync>,
}

/// Which of the two kinds of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Not now: the store is down, busy or out of connections. Trying again may help.
    Unavailable,
    /// Not at all: a broken row, a missing table, a bug. Trying again will not help.
    Broken,
}

impl StoreError {
    /// The store cannot be reached, or was too busy, just now.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: StoreErrorKind::Unavailable, cause: cause.into() }
    }

    /// The store answered with something that makes no sense.
    pub fn broken(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: StoreErrorKind::Broken, cause: cause.into() }
    }

    /// Whether trying again may help.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Unavailable => "the store is unavailable",
            StoreErrorKind::Broken => "the store is broken",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}
