//! On whose behalf accounts are managed.

use std::fmt;

use crate::id::UserId;

/// Who did something to an account that is not their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An admin, over whatever door they came in.
    Admin(UserId),
    /// Whoever runs the system: its command line, or the application around the library.
    Operator,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admin(id) => fmt::Display::fmt(id, f),
            Self::Operator => f.write_str("operator"),
        }
    }
}
