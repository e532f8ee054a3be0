//! The reference: a store in memory, correct under concurrency.

mod accounts;
mod events;
mod revocations;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::Client;
use crate::clock::Timestamp;
use crate::email::Email;
use crate::event::Event;
use crate::id::{EventId, SessionId, UserId};
use crate::model::{Credentials, EndReason, NewUser, Session, SessionRecord, User};
use crate::secret::PasswordHash;

use super::{
    Ended, FirstAdmin, Opened, Opening, Revoked, Rotation, SessionKey, SessionStore, StoreError, UserStore,
};
use revocations::Notes;

/// Users and sessions in memory, for tests and for trying things out; all is gone with the process.
///
/// Clones share one memory. Each verb holds one lock from its condition to its last write, and
/// never across an `await`: that is what makes it atomic.
///
/// ```
/// use auth_core::{Auth, MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
struct Tables {
    users: HashMap<UserId, Credentials>,
    sessions: HashMap<SessionId, Row>,
    events: BTreeMap<EventId, Event>,
    notes: Notes,
}

#[derive(Debug)]
struct Row {
    session: Session,
    created_at: Timestamp,
    client: Client,
    end_reason: Option<EndReason>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a user in as they are, in place of one with the same id: a way to seed users, to
    /// demote and to rename, without a check and without a word to their sessions.
    pub fn put_user(&self, user: User, password: Option<PasswordHash>) {
        let mut tables = self.tables();
        let after = user.clone();
        if let Some(before) = tables.users.insert(user.id, Credentials { user, password }) {
            tables.notes.note_change(&before.user, &after);
        }
    }

    /// Why a session was ended; `None` where it was not.
    pub fn end_reason(&self, id: SessionId) -> Option<EndReason> {
        self.tables().sessions.get(&id).and_then(|row| row.end_reason)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // No verb panics between two writes, so what a poisoned lock guards is still whole.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn end(&mut self, key: &SessionKey, why: EndReason, now: Timestamp) -> Option<UserId> {
        let Row { session, .. } = self.sessions.get(&key.id)?;
        if !session.secret.same_as(&key.secret) || session.ended_at.is_some() {
            return None;
        }
        let user = session.user_id;
        self.end_row(key.id, why, now);
        Some(user)
    }

    /// The user's live sessions.
    fn live(&self, user: UserId, now: Timestamp) -> impl Iterator<Item = &Row> {
        self.sessions.values().filter(move |row| row.session.user_id == user && row.session.is_live(now))
    }

    /// Ends the user's sessions but one, and says how many were live.
    fn end_all(&mut self, user: UserId, except: Option<SessionId>, why: EndReason, now: Timestamp) -> u64 {
        let theirs = self.sessions.values().map(|row| &row.session).filter(|row| row.user_id == user);
        let doomed = theirs.filter(|row| row.ended_at.is_none() && Some(row.id) != except);
        let doomed: Vec<_> = doomed.map(|row| (row.id, row.is_live(now))).collect();
        for (id, _) in &doomed {
            self.end_row(*id, why, now);
        }
        doomed.into_iter().filter(|(_, live)| *live).count() as u64
    }

    /// Ends the oldest live sessions of the user until `room` are left, and says which.
    fn end_oldest(&mut self, user: UserId, room: usize, now: Timestamp) -> Vec<Ended> {
        let mut live: Vec<_> = self.live(user, now).collect();
        live.sort_by_key(|row| (row.created_at, row.session.id));
        let beyond = live.len().saturating_sub(room);
        let oldest: Vec<_> = live.into_iter().take(beyond).map(|row| row.session.id).collect();
        let why = EndReason::SessionLimit;
        for session in &oldest {
            self.end_row(*session, why, now);
        }
        oldest.into_iter().map(|session| Ended { session, user, why }).collect()
    }

    /// Ends a session that is there and has not been ended, and notes it.
    fn end_row(&mut self, id: SessionId, why: EndReason, now: Timestamp) {
        if let Some(row) = self.sessions.get_mut(&id) {
            row.session.ended_at = Some(now);
            row.end_reason = Some(why);
            self.notes.note(Revoked::Session(id), now);
        }
    }
}

impl UserStore for MemoryStore {
    async fn any_user(&self) -> Result<bool, StoreError> {
        Ok(!self.tables().users.is_empty())
    }

    async fn create_first_admin(&self, new: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        let mut tables = self.tables();
        if !tables.users.is_empty() {
            return Ok(FirstAdmin::UsersExist);
        }
        let NewUser { id, email, name, role, password } = new.clone();
        let user = User { id, email, name, role, created_at: now, disabled_at: None };
        tables.users.insert(id, Credentials { user, password: Some(password) });
        Ok(FirstAdmin::Created)
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        Ok(self.tables().users.values().find(|held| held.user.email == *email).cloned())
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let Some(held) = tables.users.get_mut(&user) else { return Ok(false) };
        let current = held.password.as_ref().is_some_and(|hash| hash.same_as(old));
        if current {
            held.password = Some(new.clone());
        }
        Ok(current)
    }
}

impl SessionStore for MemoryStore {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let mut tables = self.tables();
        let fresh = tables.users.get(&opening.user).is_some_and(|held| {
            held.user.disabled_at.is_none()
                && held.password.as_ref().is_some_and(|hash| hash.same_as(&opening.verified))
        });
        if !fresh {
            return Ok(Opened::Stale);
        }
        let why = EndReason::Replaced;
        let replaced = opening.replaces.and_then(|old| {
            let user = tables.end(&old, why, now)?;
            Some(Ended { session: old.id, user, why })
        });
        let session = Session {
            id: opening.key.id,
            user_id: opening.user,
            secret: opening.key.secret,
            generation: 0,
            parent: None,
            rotated_at: None,
            expires_at: opening.expires_at,
            ends_at: opening.ends_at,
            ended_at: None,
        };
        // The new one is not counted yet: a clock that has stepped back must not make it the oldest.
        let oldest = tables.end_oldest(opening.user, (opening.limit as usize).saturating_sub(1), now);
        let client = opening.client.clone();
        tables.sessions.insert(session.id, Row { session, created_at: now, client, end_reason: None });
        Ok(Opened::Opened { ended: replaced.into_iter().chain(oldest).collect() })
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let mut tables = self.tables();
        let Tables { users, sessions, .. } = &mut *tables;
        let Some(Row { session, .. }) = sessions.get_mut(&rotation.key.id) else { return Ok(None) };
        let Some(held) = users.get(&session.user_id) else { return Ok(None) };
        let may = session.secret.same_as(&rotation.key.secret)
            && session.generation == rotation.generation
            && session.rotated_at.is_none_or(|at| at <= rotation.settled_by)
            && session.is_live(now)
            && held.user.disabled_at.is_none();
        if !may {
            return Ok(None);
        }
        session.generation += 1;
        session.parent = Some(rotation.parent);
        session.rotated_at = Some(now);
        session.expires_at = rotation.expires_at.min(session.ends_at);
        Ok(Some(SessionRecord { session: session.clone(), user: held.user.clone() }))
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let tables = self.tables();
        let Some(Row { session, .. }) = tables.sessions.get(&id) else { return Ok(None) };
        let user = tables.users.get(&session.user_id).map(|held| held.user.clone());
        Ok(user.map(|user| SessionRecord { session: session.clone(), user }))
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        Ok(self.tables().end(key, why, now))
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let dead: Vec<_> = tables
            .sessions
            .values()
            .filter(|row| row.session.ends_at <= before)
            .map(|row| row.session.id)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect();
        for id in &dead {
            tables.sessions.remove(id);
        }
        Ok(dead.len() as u64)
    }
}
