//! A store that keeps events, on the stage.

use std::sync::Arc;

use auth_core::store::EventStore;
use auth_core::{Client, Event, EventId, EventKind, EventQuery, SessionId, Timestamp, UserId};

use crate::apart::Recording;

use super::{ANSWERED, NOW, at, key, person};

/// The id of an event that happened then; of those of one millisecond, greater numbers come later.
pub(crate) fn event_id(then: Timestamp, number: u16) -> EventId {
    let millis = u64::try_from(then.millis()).expect("after 1970").to_be_bytes();
    let mut bytes = [0x80; 16];
    bytes[..6].copy_from_slice(&millis[2..]);
    bytes[6] = 0x70;
    bytes[14..].copy_from_slice(&number.to_be_bytes());
    EventId::from_bytes(bytes)
}

/// The event of that number: one for each second, and nothing told but what happened.
pub(crate) fn event(number: u16, kind: EventKind) -> Event {
    let then = at(i64::from(number));
    Event {
        id: event_id(then, number),
        at: then,
        kind,
        cause: None,
        by: None,
        user: None,
        email: None,
        session: None,
        count: None,
        role: None,
        client: Client::default(),
    }
}

/// The user of that number, to whom things happen; nobody else has to know them.
pub(crate) fn victim(number: u16) -> UserId {
    person(number).id
}

/// The session of that number; nobody else has to know it.
pub(crate) fn sitting(number: u16) -> SessionId {
    key(number).id
}

/// All events, on one page of this size.
pub(crate) fn latest(limit: u32) -> EventQuery {
    EventQuery { limit, ..EventQuery::default() }
}

/// A store on the stage, as [`Stage`](super::Stage) is one of people and sessions.
pub(crate) struct Record<H> {
    harness: Arc<H>,
}

impl<H: Recording> Record<H> {
    pub(crate) fn new(harness: H) -> Self {
        Self { harness: Arc::new(harness) }
    }

    /// A store that keeps these.
    pub(crate) async fn of(harness: H, events: &[Event]) -> Self {
        let record = Self::new(harness);
        record.append(events.to_vec()).await;
        record
    }

    /// Opens the store's connections, so that the first race is one.
    pub(crate) async fn warm_up(&self) {
        crate::race::all_at_once((0..8).map(|_| self.events(latest(1)))).await;
    }

    pub(crate) fn append(&self, events: Vec<Event>) -> impl Future<Output = ()> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.record().append(&events).await.expect(ANSWERED) }
    }

    pub(crate) fn events(&self, query: EventQuery) -> impl Future<Output = Vec<Event>> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.record().events(&query).await.expect(ANSWERED) }
    }

    pub(crate) fn sweep(&self, before: Timestamp, limit: u32) -> impl Future<Output = u64> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.record().sweep_events(before, limit).await.expect(ANSWERED) }
    }

    /// The numbers of the events that a query finds, in their order: the seconds since the
    /// beginning.
    pub(crate) async fn numbers(&self, query: EventQuery) -> Vec<i64> {
        let found = self.events(query).await;
        found.iter().map(|event| (event.at.millis() - NOW.millis()) / 1_000).collect()
    }

    /// All pages that begin with this one, one after the other.
    pub(crate) async fn pages(&self, first: EventQuery) -> Vec<Event> {
        let mut query = first;
        let mut all = Vec::new();
        loop {
            let page = self.events(query.clone()).await;
            assert!(page.len() <= query.limit as usize, "a page keeps to its limit");
            let Some(last) = page.last() else { return all };
            query.after = Some(last.id);
            all.extend(page);
            assert!(all.len() <= 10_000, "a list comes to its end");
        }
    }
}
