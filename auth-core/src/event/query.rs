//! Which events are asked for.

use crate::clock::Timestamp;
use crate::id::{EventId, SessionId, UserId};

use super::{EmailDigest, Event, EventKind};

/// Which events are asked for; the latest come first.
///
/// ```
/// use auth_core::{EventKind, EventQuery};
///
/// let reuse = EventQuery { kind: Some(EventKind::RefreshReused), ..EventQuery::default() };
/// assert_eq!(reuse.limit, 50);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// Only those of this user.
    pub user: Option<UserId>,
    /// Only those that tell what became of this session: its own, and, from its login on, those by
    /// which sessions of its user were ended without each being named
    /// ([`EventKind::ends_sessions`]).
    pub session: Option<SessionId>,
    /// Only those about this address.
    pub email: Option<EmailDigest>,
    /// Only those of this kind.
    pub kind: Option<EventKind>,
    /// Only those at this time or later.
    pub since: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
    /// Only those that come after this one in the list: the `next` of the page before.
    pub after: Option<EventId>,
    /// The most events to return: 1 to [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: u32,
}

impl EventQuery {
    /// The most events on one page.
    pub const MAX_LIMIT: u32 = 200;

    /// What became of this session.
    pub fn about(session: SessionId) -> Self {
        Self { session: Some(session), ..Self::default() }
    }
}

impl Default for EventQuery {
    fn default() -> Self {
        Self {
            user: None,
            session: None,
            email: None,
            kind: None,
            since: None,
            until: None,
            after: None,
            limit: 50,
        }
    }
}

/// One page of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// The events, the latest first.
    pub events: Vec<Event>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<EventId>,
}
