//! The verbs for keeping events.

use std::cmp::Reverse;

use auth_core::store::{EventStore, StoreError};
use auth_core::{Event, EventKind, EventQuery, SessionId, Timestamp};

use crate::flaw::Flaw;
use crate::store::{Mutant, Tables, a_moment};

impl Mutant {
    fn kept(&self, event: &Event) -> Event {
        let mut kept = event.clone();
        if self.has(Flaw::AppendForgetsTheRequest) {
            kept.client.request_id = None;
        }
        if self.has(Flaw::AppendIn32Bits) {
            kept.count = kept.count.map(|count| count.min(u32::MAX.into()));
        }
        kept
    }

    fn keep(&self, tables: &mut Tables, event: &Event) {
        let there = tables.events.iter().any(|kept| kept.id == event.id);
        if there && self.has(Flaw::AppendOverwrites) {
            tables.events.retain(|kept| kept.id != event.id);
        }
        if !there || self.has(Flaw::AppendOverwrites) {
            tables.events.push(self.kept(event));
        }
    }

    /// How often the event is found by what is asked about a session.
    fn concerns(&self, tables: &Tables, event: &Event, session: Option<SessionId>) -> usize {
        let Some(session) = session else { return 1 };
        let early = |login: &Event| event.id < login.id && self.has(Flaw::EventsFromTheLoginOn);
        let login = tables
            .events
            .iter()
            .find(|login| login.session == Some(session) && login.kind == EventKind::LoginSucceeded);
        let unnamed = login.is_some_and(|login| {
            (login.user.is_some() && login.user == event.user || self.has(Flaw::EventsOfAnyone))
                && (login.id < event.id || self.has(Flaw::EventsBeforeTheLogin))
                && event.kind.ends_sessions()
                && !self.has(Flaw::EventsNamedAlone)
        });
        let named = event.session == Some(session) && !login.is_some_and(early);
        let found = usize::from(named) + usize::from(unnamed);
        if self.has(Flaw::EventsListedTwice) { found } else { found.min(1) }
    }

    fn is_asked_for(&self, event: &Event, query: &EventQuery) -> bool {
        let EventQuery { user, session: _, email, kind, since, until, after, limit: _ } = query;
        let filters = [
            user.map(|user| event.user == Some(user)),
            email.map(|email| event.email == Some(email)),
            kind.map(|kind| event.kind == kind),
        ];
        let mut filters = filters.into_iter().flatten().peekable();
        let filtered = match self.flaw {
            Flaw::EventsByEitherFilter => filters.peek().is_none() || filters.any(|found| found),
            Flaw::EventsUnfiltered => true,
            _ => filters.all(|found| found),
        };
        let (at, exclusive) = (event.at, self.has(Flaw::EventsSinceExclusive));
        let since = since.is_none_or(|since| at > since || (at == since && !exclusive));
        let inclusive = self.has(Flaw::EventsUntilInclusive);
        let until = until.is_none_or(|until| match self.flaw {
            // As an id would have it, which keeps six bytes of a time.
            Flaw::EventsBoundsWrap => at.millis() < until.millis() & 0xffff_ffff,
            _ => at < until || (at == until && inclusive),
        });
        let after = after.is_none_or(|after| match self.flaw {
            Flaw::EventsIncludeTheCursor => event.id <= after,
            Flaw::EventsSkipTheMillisecond => event.id.to_bytes()[..6] < after.to_bytes()[..6],
            _ => event.id < after,
        });
        filtered && since && until && after
    }
}

impl EventStore for Mutant {
    async fn append(&self, events: &[Event]) -> Result<(), StoreError> {
        if self.has(Flaw::AppendOneByOne) {
            for event in events {
                self.keep(&mut self.tables(), event);
                a_moment().await;
            }
            return Ok(());
        }
        if self.has(Flaw::AppendOfNothingFails) && events.is_empty() {
            return Err(StoreError::broken("there is nothing to write"));
        }
        if self.has(Flaw::AppendInTwoSteps) {
            let is_new = |event: &&Event| !self.tables().events.iter().any(|kept| kept.id == event.id);
            let new: Vec<_> = events.iter().filter(is_new).cloned().collect();
            a_moment().await;
            self.tables().events.extend(new);
            return Ok(());
        }
        let most = if self.has(Flaw::AppendStopsAtAThousand) { 1_000 } else { usize::MAX };
        let events = events.get(..most).unwrap_or(events);
        let tables = &mut *self.tables();
        let is_there = |event: &Event| tables.events.iter().any(|kept| kept.id == event.id);
        if !(self.has(Flaw::AppendAllOrNothing) && events.iter().any(is_there)) {
            for event in events {
                self.keep(tables, event);
            }
        }
        Ok(())
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let tables = self.tables();
        let asked = tables.events.iter().filter(|event| self.is_asked_for(event, query));
        let mut found: Vec<_> = asked
            .flat_map(|event| std::iter::repeat_n(event, self.concerns(&tables, event, query.session)))
            .cloned()
            .collect();
        match self.flaw {
            Flaw::EventsOldestFirst => found.sort_by_key(|event| event.id),
            Flaw::EventsByTimeAlone => found.sort_by_key(|event| Reverse(event.at)),
            _ => found.sort_by_key(|event| Reverse(event.id)),
        }
        found.truncate(query.limit as usize);
        Ok(found)
    }

    async fn sweep_events(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = if self.has(Flaw::EventsSweptWithoutLimit) { u32::MAX } else { limit };
        if self.has(Flaw::EventsSweptInTwoSteps) {
            left = left.min(u32::try_from(self.tables().events.len()).expect("few"));
            a_moment().await;
        }
        let told = left;
        let mut tables = self.tables();
        let had = tables.events.len();
        tables.events.retain(|event| {
            let old = event.at < before || (event.at == before && self.has(Flaw::EventsSweptInclusive));
            let swept = left > 0 && old;
            left -= u32::from(swept);
            !swept
        });
        let swept = (had - tables.events.len()) as u64;
        Ok(if self.has(Flaw::EventsSweptInTwoSteps) { told.into() } else { swept })
    }
}
