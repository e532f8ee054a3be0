//! Events in memory.

use crate::clock::Timestamp;
use crate::event::{Event, EventKind, EventQuery, EventSink};
use crate::id::SessionId;
use crate::store::{EventStore, StoreError};

use super::{MemoryStore, Tables};

impl Tables {
    /// The login by which a session began.
    fn login_of(&self, session: SessionId) -> Option<&Event> {
        let opened =
            |login: &&Event| login.session == Some(session) && login.kind == EventKind::LoginSucceeded;
        self.events.values().find(opened)
    }
}

/// Memory can be written to in the middle of a request.
impl EventSink for MemoryStore {
    fn record(&self, event: &Event) {
        self.tables().events.entry(event.id).or_insert_with(|| event.clone());
    }
}

impl EventStore for MemoryStore {
    async fn append(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut tables = self.tables();
        for event in events {
            tables.events.entry(event.id).or_insert_with(|| event.clone());
        }
        Ok(())
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let tables = self.tables();
        let login = query.session.and_then(|session| tables.login_of(session));
        let ended_by = |event: &Event| {
            let later =
                |login: &Event| login.user.is_some() && login.user == event.user && login.id < event.id;
            event.kind.ends_sessions() && login.is_some_and(later)
        };
        let asked = |event: &&Event| {
            query.user.is_none_or(|user| event.user == Some(user))
                && query.email.is_none_or(|email| event.email == Some(email))
                && query.kind.is_none_or(|kind| event.kind == kind)
                && query.since.is_none_or(|since| event.at >= since)
                && query.until.is_none_or(|until| event.at < until)
                && query.after.is_none_or(|after| event.id < after)
                && query.session.is_none_or(|session| event.session == Some(session) || ended_by(event))
        };
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        Ok(tables.events.values().rev().filter(asked).take(limit).cloned().collect())
    }

    async fn sweep_events(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let old = tables.events.values().filter(|event| event.at < before).map(|event| event.id);
        let old: Vec<_> = old.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        for id in &old {
            tables.events.remove(id);
        }
        Ok(old.len() as u64)
    }
}
