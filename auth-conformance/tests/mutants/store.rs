//! A store that can be wrong in one way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use auth_conformance::Harness;
use auth_core::store::{SessionKey, ThrottleKey};
use auth_core::{
    Client, Credentials, EndReason, Event, Name, PasswordHash, Session, SessionId, Timestamp, User, UserId,
};

use crate::counts::CountRow;
use crate::flaw::Flaw;

pub(crate) struct Mutant {
    pub(crate) flaw: Flaw,
    tables: Mutex<Tables>,
}

#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) users: Vec<Credentials>,
    pub(crate) sessions: Vec<Row>,
    pub(crate) counts: BTreeMap<ThrottleKey, CountRow>,
    pub(crate) events: Vec<Event>,
}

#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) session: Session,
    pub(crate) created_at: Timestamp,
    pub(crate) client: Client,
    pub(crate) reason: Option<EndReason>,
}

impl Row {
    pub(crate) fn end(&mut self, why: EndReason, now: Timestamp) {
        (self.session.ended_at, self.reason) = (Some(now), Some(why));
    }

    pub(crate) fn is_unexpired(&self, now: Timestamp) -> bool {
        now < self.session.expires_at && now < self.session.ends_at
    }
}

impl Tables {
    pub(crate) fn user(&mut self, id: UserId) -> Option<&mut Credentials> {
        self.users.iter_mut().find(|held| held.user.id == id)
    }

    pub(crate) fn session(&mut self, id: SessionId) -> Option<&mut Row> {
        self.sessions.iter_mut().find(|row| row.session.id == id)
    }
}

impl Mutant {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self { flaw, tables: Mutex::default() }
    }

    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().expect("no verb panics under the lock")
    }

    /// Writes if it may: under one lock, or, with this flaw, a moment after it was judged.
    pub(crate) async fn write_if<T>(
        &self,
        in_two_steps: Flaw,
        may: impl FnOnce(&mut Tables) -> bool,
        write: impl FnOnce(&mut Tables) -> T,
    ) -> Option<T> {
        if !self.has(in_two_steps) {
            let tables = &mut *self.tables();
            return may(tables).then(|| write(tables));
        }
        if !may(&mut self.tables()) {
            return None;
        }
        a_moment().await;
        Some(write(&mut self.tables()))
    }

    pub(crate) fn end_judged(&self, tables: &mut Tables, key: &SessionKey) -> bool {
        tables.session(key.id).is_some_and(|Row { session, .. }| {
            (session.secret.same_as(&key.secret) || self.has(Flaw::EndWithAnySecret))
                && (session.ended_at.is_none() || self.has(Flaw::EndTwice))
        })
    }
}

/// Long enough for others to come between, as on the way to a database and back.
pub(crate) async fn a_moment() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

impl Harness for Mutant {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn put_user(&self, user: &User, password: Option<&PasswordHash>) {
        let mut held = Credentials { user: user.clone(), password: password.cloned() };
        if self.has(Flaw::NamesAreComposed) {
            let composed = held.user.name.as_str().replace("e\u{308}", "ë");
            held.user.name = Name::parse(&composed).expect("still a name");
        }
        let mut tables = self.tables();
        tables.users.retain(|other| other.user.id != user.id);
        tables.users.push(held);
    }

    async fn end_reason(&self, id: SessionId) -> Option<EndReason> {
        self.tables().session(id)?.reason
    }
}
