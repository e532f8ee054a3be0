//! What a world is like, and whose code runs in it.

use crate::clock::Timestamp;
use crate::decide;
use crate::model::SessionRecord;
use crate::policy::{LateRetry, Policy};
use crate::store::Rotation;
use crate::token::Presented;

use super::row::{Store, Ticks};

/// How one session is used, and how long things take. In ticks, of which the grace has a few.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) grace: Ticks,
    /// How long a request of the owner is under way at most, and how long its answer is.
    pub(super) flight: Ticks,
    /// How long a statement that writes takes at most.
    pub(super) write: Ticks,
    /// How long a statement that reads takes at most.
    pub(super) read: Ticks,
    /// How far the clock of the second instance is behind that of the first.
    pub(super) skew: Ticks,
    /// How many refreshes of the owner are under way at once.
    pub(super) tabs: usize,
    /// How many of the thief are; none where there is no thief.
    pub(super) thief: usize,
    pub(super) network: Network,
    pub(super) late_retry: LateRetry,
    pub(super) same: Same,
    pub(super) names: Names,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Requests and answers are lost, and instances crash between any two statements.
    Lossy,
    Reliable,
}

/// What the answer *same* does to the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Same {
    /// It carries it anew, as the HTTP contract has it.
    SetsTheCookie,
    /// It does not: to see what the contract costs.
    LeavesTheCookie,
}

/// Whether generations keep their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// See [`State::renamed`](super::state::State::renamed).
    Changed,
    Kept,
}

/// The code that is looked at: the real one, or a mutant.
#[derive(Clone, Copy)]
pub(super) struct Code {
    pub(super) judge: fn(&SessionRecord, &Presented, &Policy, Timestamp) -> decide::Refresh,
    pub(super) advance: fn(&Presented, u32, &Policy, Timestamp) -> Rotation,
    pub(super) is_overdue: fn(Timestamp, Timestamp, &Policy) -> bool,
    pub(super) store: Store,
}

impl Code {
    pub(super) const REAL: Self = Self {
        judge: decide::refresh,
        advance: decide::advance,
        is_overdue: decide::is_overdue,
        store: Store::Sound,
    };
}
