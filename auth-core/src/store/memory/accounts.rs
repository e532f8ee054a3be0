//! Accounts and the sessions of one user, in memory.

use std::cmp::Reverse;

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::list::{AccountQuery, AccountState};
use crate::model::{Credentials, EndReason, LiveSession, User};
use crate::role::Role;
use crate::store::{
    AccountStore, Change, Changed, Creation, Deletion, Replaced, Replacement, Revoked, SessionListStore,
    StoreError,
};

use super::{MemoryStore, Tables};

impl AccountStore for MemoryStore {
    async fn create(&self, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
        let mut tables = self.tables();
        Ok(accounts.iter().map(|account| tables.create(account)).collect())
    }

    async fn account(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        Ok(self.tables().users.get(&id).cloned())
    }

    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
        let tables = self.tables();
        let asked_for = |user: &&User| {
            query.search.as_ref().is_none_or(|search| search.matches(user))
                && query.role.as_ref().is_none_or(|role| user.role == *role)
                && query.state.is_none_or(|state| AccountState::of(user) == state)
                && query.after.is_none_or(|place| place.precedes(user))
        };
        let mut users: Vec<_> = tables.users.values().map(|held| &held.user).filter(asked_for).collect();
        users.sort_by_key(|user| Reverse((user.created_at, user.id)));
        Ok(users.into_iter().take(query.limit as usize).cloned().collect())
    }

    async fn change(&self, id: UserId, change: &Change, now: Timestamp) -> Result<Changed, StoreError> {
        let mut tables = self.tables();
        let Some(held) = tables.users.get(&id) else { return Ok(Changed::Unknown) };
        let mut after = held.clone();
        apply(change, &mut after, now);
        if tables.is_last_admin(&held.user) && !is_enabled_admin(&after.user) {
            return Ok(Changed::LastAdmin);
        }
        let user = after.user.clone();
        if let Some(before) = tables.users.insert(id, after) {
            tables.notes.note_change(&before.user, &user);
        }
        let why = match (change.state, &change.password) {
            (Some(AccountState::Disabled), _) => Some(EndReason::Disabled),
            (Some(AccountState::Enabled) | None, Some(_)) => Some(EndReason::PasswordReplaced),
            (Some(AccountState::Enabled) | None, None) => None,
        };
        let ended = why.map_or(0, |why| tables.end_all(id, None, why, now));
        Ok(Changed::Changed { user, ended })
    }

    async fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let Replacement { user, verified, new, keeps } = replacement;
        let mut tables = self.tables();
        let Some(held) = tables.users.get_mut(user) else { return Ok(Replaced::Stale) };
        let fresh = held.password.as_ref().is_some_and(|hash| hash.same_as(verified));
        if !fresh || held.user.disabled_at.is_some() {
            return Ok(Replaced::Stale);
        }
        held.password = Some(new.clone());
        let ended = tables.end_all(*user, Some(*keeps), EndReason::PasswordReplaced, now);
        Ok(Replaced::Replaced { ended })
    }

    async fn delete(&self, id: UserId) -> Result<Deletion, StoreError> {
        let mut tables = self.tables();
        let Some(held) = tables.users.get(&id) else { return Ok(Deletion::Unknown) };
        if tables.is_last_admin(&held.user) {
            return Ok(Deletion::LastAdmin);
        }
        tables.users.remove(&id);
        tables.notes.note_untimed(Revoked::User(id));
        tables.sessions.retain(|_, row| row.session.user_id != id);
        Ok(Deletion::Deleted)
    }
}

impl SessionListStore for MemoryStore {
    async fn live_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<LiveSession>, StoreError> {
        let tables = self.tables();
        let mut live: Vec<_> = tables
            .live(user, now)
            .map(|row| LiveSession {
                id: row.session.id,
                created_at: row.created_at,
                last_used_at: row.session.rotated_at.unwrap_or(row.created_at),
                expires_at: row.session.expires_at.min(row.session.ends_at),
                client: row.client.clone(),
            })
            .collect();
        live.sort_by_key(|session| Reverse((session.created_at, session.id)));
        Ok(live)
    }

    async fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let theirs = tables.live(user, now).any(|row| row.session.id == session);
        if theirs {
            tables.end_row(session, why, now);
        }
        Ok(theirs)
    }

    async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(self.tables().end_all(user, except, why, now))
    }
}

impl Tables {
    fn create(&mut self, account: &Credentials) -> Creation {
        let User { id, email, .. } = &account.user;
        if self.users.values().any(|held| held.user.email == *email) {
            return Creation::EmailTaken;
        }
        if self.users.contains_key(id) {
            return Creation::IdTaken;
        }
        self.users.insert(*id, account.clone());
        Creation::Created
    }

    fn is_last_admin(&self, user: &User) -> bool {
        let others = || self.users.values().map(|held| &held.user).filter(|other| other.id != user.id);
        is_enabled_admin(user) && !others().any(is_enabled_admin)
    }
}

fn is_enabled_admin(user: &User) -> bool {
    user.role == Role::ADMIN && AccountState::of(user) == AccountState::Enabled
}

fn apply(change: &Change, held: &mut Credentials, now: Timestamp) {
    let Change { name, role, state, password } = change.clone();
    let user = &mut held.user;
    user.name = name.unwrap_or_else(|| user.name.clone());
    user.role = role.unwrap_or_else(|| user.role.clone());
    user.disabled_at = match state {
        None => user.disabled_at,
        Some(AccountState::Enabled) => None,
        Some(AccountState::Disabled) => Some(user.disabled_at.unwrap_or(now)),
    };
    held.password = password.or_else(|| held.password.take());
}
