//! How often things happened, so that nobody believes a property of what never does.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Same,
    AccessOnly,
    Advanced,
    AdvancedPast,
    /// A session was ended because of a spent token.
    Reuse,
    Refused,
    /// The facts had changed between reading and writing.
    Outrun,
    /// A refresh was held up for too long and given up.
    Overdue,
}

impl What {
    const ALL: [Self; 8] = [
        Self::Same,
        Self::AccessOnly,
        Self::Advanced,
        Self::AdvancedPast,
        Self::Reuse,
        Self::Refused,
        Self::Outrun,
        Self::Overdue,
    ];
}

#[derive(Debug, Default)]
pub(super) struct Tally([AtomicU64; What::ALL.len()]);

impl Tally {
    pub(super) fn count(&self, what: What) {
        self.0[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn of(&self, what: What) -> u64 {
        self.0[what as usize].load(Ordering::Relaxed)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for what in What::ALL {
            write!(f, " {what:?} {}", self.of(what))?;
        }
        Ok(())
    }
}
