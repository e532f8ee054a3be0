//! The verbs for accounts, but for their list.

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, Replaced, Replacement, StoreError,
};
use auth_core::{AccountQuery, AccountState, Credentials, EndReason, Role, Timestamp, User, UserId};

use crate::flaw::Flaw;
use crate::session_list::Ending;
use crate::store::{Mutant, Tables, a_moment};

impl Mutant {
    fn judge(&self, tables: &Tables, account: &Credentials) -> Creation {
        let email = tables.users.iter().any(|held| held.user.email == account.user.email);
        let id = tables.users.iter().any(|held| held.user.id == account.user.id);
        match (email, id) {
            (false, false) => Creation::Created,
            (true, true) if self.has(Flaw::CreationTellsIdFirst) => Creation::IdTaken,
            (true, _) => Creation::EmailTaken,
            (false, true) => Creation::IdTaken,
        }
    }

    fn insert_account(&self, tables: &mut Tables, account: &Credentials) {
        let mut held = account.clone();
        if self.has(Flaw::CreationForgetsDate) {
            held.user.created_at = Timestamp::from_millis(0);
        }
        if self.has(Flaw::CreationForgetsState) {
            held.user.disabled_at = None;
        }
        tables.users.push(held);
    }

    /// Whether no enabled admin would be left where there was one, if this user became like that.
    fn takes_the_last_admin(&self, tables: &Tables, before: &User, after: Option<&User>) -> bool {
        let counts = |user: &User| {
            user.role == Role::ADMIN
                && (user.disabled_at.is_none() || self.has(Flaw::LastAdminCountsDisabled))
        };
        let others = tables.users.iter().any(|held| held.user.id != before.id && counts(&held.user));
        let enabled = |user: &User| user.role == Role::ADMIN && user.disabled_at.is_none();
        !self.has(Flaw::LastAdminForgotten)
            && (enabled(before) || self.has(Flaw::LastAdminOfNone))
            && !after.is_some_and(enabled)
            && !others
    }

    fn applied(&self, change: &Change, held: &Credentials, now: Timestamp) -> Credentials {
        let Change { name, role, state, password } = change.clone();
        let mut after = held.clone();
        let user = &mut after.user;
        if let Some(name) = name.filter(|_| !self.has(Flaw::ChangeForgetsName)) {
            user.name = name;
        }
        if let Some(role) = role {
            user.role = role;
        }
        match state {
            None => {}
            Some(AccountState::Enabled) => user.disabled_at = None,
            Some(AccountState::Disabled) => {
                let first = user.disabled_at.filter(|_| !self.has(Flaw::DisablingAgainDatesAgain));
                user.disabled_at = Some(first.unwrap_or(now));
            }
        }
        if !self.has(Flaw::ChangeForgetsPassword) && password.is_some()
            || self.has(Flaw::ChangeClearsPassword)
        {
            after.password = password;
        }
        after
    }

    fn reason(&self, change: &Change, before: &User) -> Option<EndReason> {
        let disables = change.state == Some(AccountState::Disabled)
            && !(before.disabled_at.is_some() && self.has(Flaw::DisablingAgainEndsNothing));
        let replaces = change.password.is_some();
        match (disables, replaces) {
            _ if self.has(Flaw::ChangeEndsNothing) => None,
            (true, true) if self.has(Flaw::DisablingTellsPassword) => Some(EndReason::PasswordReplaced),
            (true, _) => Some(EndReason::Disabled),
            (false, true) => Some(EndReason::PasswordReplaced),
            (false, false) if change.role.is_some() && self.has(Flaw::ChangeOfRoleEnds) => {
                Some(EndReason::Revoked)
            }
            (false, false) => None,
        }
    }

    fn changed(&self, tables: &mut Tables, id: UserId, change: &Change, now: Timestamp) -> Changed {
        let Some(held) = tables.user(id) else { return Changed::Unknown };
        let before = held.user.clone();
        let after = self.applied(change, held, now);
        let user = after.user.clone();
        *held = after;
        if self.has(Flaw::ChangeForAll) {
            for held in &mut tables.users {
                held.user.name = user.name.clone();
            }
        }
        if self.has(Flaw::EnablingRevives) && change.state == Some(AccountState::Enabled) {
            for row in tables.sessions.iter_mut().filter(|row| row.session.user_id == id) {
                (row.session.ended_at, row.reason) = (None, None);
            }
        }
        let ended = self.reason(change, &before).map_or(0, |why| {
            let ending = Ending {
                everyones: self.has(Flaw::ChangeEndsEveryones),
                counts_the_expired: self.has(Flaw::ChangeCountsTheExpired),
                leaves_the_expired: self.has(Flaw::ChangeLeavesTheExpired),
                ..Ending::new(id, why)
            };
            self.end_sessions(tables, &ending, now)
        });
        Changed::Changed { user, ended }
    }

    /// What would keep the change from being made.
    fn obstacle(&self, tables: &mut Tables, id: UserId, change: &Change, now: Timestamp) -> Option<Changed> {
        let Some(held) = tables.user(id).cloned() else { return Some(Changed::Unknown) };
        let after = self.applied(change, &held, now);
        let refused = self.takes_the_last_admin(tables, &held.user, Some(&after.user));
        if refused && self.has(Flaw::LastAdminHalfWritten) {
            let name = Change { name: change.name.clone(), ..Change::default() };
            self.changed(tables, id, &name, now);
        }
        refused.then_some(Changed::LastAdmin)
    }
}

impl AccountStore for Mutant {
    async fn create(&self, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
        let early: Vec<_> = accounts.iter().map(|account| self.judge(&self.tables(), account)).collect();
        let in_two_steps = self.has(Flaw::CreationInTwoSteps);
        if in_two_steps {
            a_moment().await;
        }
        let tables = &mut *self.tables();
        let before = tables.users.clone();
        let mut told = Vec::new();
        for (account, early) in accounts.iter().zip(early) {
            let trusting = in_two_steps || self.has(Flaw::CreationTakesDuplicates);
            let creation = if trusting { early } else { self.judge(tables, account) };
            if creation == Creation::EmailTaken && self.has(Flaw::CreationOverwrites) {
                tables.users.retain(|held| held.user.email != account.user.email);
            }
            if creation == Creation::Created || self.has(Flaw::CreationOverwrites) {
                self.insert_account(tables, account);
            }
            told.push(creation);
        }
        if self.has(Flaw::CreationAllOrNothing) && told.iter().any(|creation| *creation != Creation::Created)
        {
            tables.users = before;
        }
        if self.has(Flaw::CreationByReturnedIds) {
            let created = |place: usize| told[place] == Creation::Created;
            let same = |place: usize, id| accounts[place].user.id == id && created(place);
            let returned = |id| (0..accounts.len()).any(|place| same(place, id));
            let all = accounts.iter().map(|account| returned(account.user.id));
            let all: Vec<_> =
                all.zip(&told).map(|(is, told)| if is { Creation::Created } else { *told }).collect();
            return Ok(all);
        }
        Ok(told)
    }

    async fn account(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        Ok(self.tables().user(id).cloned())
    }

    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
        Ok(self.listed(&self.tables(), query))
    }

    async fn change(&self, id: UserId, change: &Change, now: Timestamp) -> Result<Changed, StoreError> {
        if self.has(Flaw::LastAdminInTwoSteps) {
            let obstacle = self.obstacle(&mut self.tables(), id, change, now);
            a_moment().await;
            return Ok(obstacle.unwrap_or_else(|| self.changed(&mut self.tables(), id, change, now)));
        }
        let tables = &mut *self.tables();
        let obstacle = self.obstacle(tables, id, change, now);
        Ok(obstacle.unwrap_or_else(|| self.changed(tables, id, change, now)))
    }

    async fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let Replacement { user, verified, new, keeps } = replacement;
        let replaced = self.write_if(
            Flaw::ReplacementInTwoSteps,
            |tables| {
                tables.user(*user).is_some_and(|held| {
                    let fresh = held.password.as_ref().is_some_and(|hash| hash.same_as(verified));
                    (fresh || self.has(Flaw::ReplacementWithoutVerified))
                        && (held.user.disabled_at.is_none() || self.has(Flaw::ReplacementForTheDisabled))
                })
            },
            |tables| {
                if let Some(held) = tables.user(*user) {
                    held.password = Some(new.clone());
                }
                if self.has(Flaw::ReplacementEndsNothing) {
                    return 0;
                }
                let ending = Ending {
                    except: (!self.has(Flaw::ReplacementEndsTheKept)).then_some(*keeps),
                    everyones: self.has(Flaw::ChangeEndsEveryones),
                    counts_the_expired: self.has(Flaw::ChangeCountsTheExpired),
                    leaves_the_expired: self.has(Flaw::ChangeLeavesTheExpired),
                    ..Ending::new(*user, EndReason::PasswordReplaced)
                };
                self.end_sessions(tables, &ending, now)
            },
        );
        Ok(replaced.await.map_or(Replaced::Stale, |ended| Replaced::Replaced { ended }))
    }

    async fn delete(&self, id: UserId) -> Result<Deletion, StoreError> {
        let Some(held) = self.tables().user(id).cloned() else { return Ok(Deletion::Unknown) };
        let deleted = self.write_if(
            Flaw::LastAdminInTwoSteps,
            |tables| !self.takes_the_last_admin(tables, &held.user, None),
            |tables| {
                tables.users.retain(|other| other.user.id != id);
                let everyones = self.has(Flaw::DeletionOfEveryonesSessions);
                if !self.has(Flaw::DeletionLeavesSessions) {
                    tables.sessions.retain(|row| row.session.user_id != id && !everyones);
                }
            },
        );
        Ok(deleted.await.map_or(Deletion::LastAdmin, |()| Deletion::Deleted))
    }
}
