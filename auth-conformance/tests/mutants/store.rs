//! A store that can be wrong in one way.

use std::sync::{Mutex, MutexGuard};

use auth_conformance::Harness;
use auth_core::store::{
    FirstAdmin, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError, UserStore,
};
use auth_core::{
    Credentials, Email, EndReason, Name, NewUser, PasswordHash, Session, SessionId, SessionRecord, Timestamp,
    User, UserId,
};

macro_rules! flaws {
    ($($flaw:ident,)*) => {
        /// What is wrong with a store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Flaw {
            None,
            $($flaw,)*
        }

        impl Flaw {
            pub(crate) const ALL: &[Self] = &[$(Self::$flaw),*];
        }
    };
}

flaws! {
    BootstrapInTwoSteps, BootstrapOverlooksDisabled, CredentialsByPattern, RehashInTwoSteps, RehashWithoutOld,
    ReplacementForAll, ReplacementLeavesSessions, DisablingLeavesSessions, DisabledAgain, OpeningInTwoSteps,
    OpeningWithAnyHash, OpeningForTheDisabled, OpeningReplacesNothing, OpeningReplacesFirst, RotationInTwoSteps,
    RotationOfAnyGeneration, RotationWithAnySecret, RotationBeforeSettled, RotationSettledExclusive,
    RotationIgnoresParent, RotationUncapped, RotationOfTheExpired, RotationRevives, RotationForTheDisabled,
    EndInTwoSteps, EndTwice, EndWithAnySecret, EndForgetsReason, FindOnlyTheLiving, SweepExclusive,
    SweepWithoutLimit, SweepOfTheEnded, NamesAreComposed, TimesInSeconds,
}

pub(crate) struct Mutant {
    flaw: Flaw,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    users: Vec<Credentials>,
    sessions: Vec<(Session, Option<EndReason>)>,
}

impl Tables {
    fn user(&mut self, id: UserId) -> Option<&mut Credentials> {
        self.users.iter_mut().find(|held| held.user.id == id)
    }

    fn session(&mut self, id: SessionId) -> Option<&mut (Session, Option<EndReason>)> {
        self.sessions.iter_mut().find(|(session, _)| session.id == id)
    }

    fn end_all(&mut self, user: UserId, why: EndReason, now: Timestamp) {
        for (session, reason) in self.sessions.iter_mut().filter(|(session, _)| session.user_id == user) {
            if session.ended_at.is_none() {
                (session.ended_at, *reason) = (Some(now), Some(why));
            }
        }
    }
}

impl Mutant {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self { flaw, tables: Mutex::default() }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().expect("no verb panics under the lock")
    }

    /// Writes if it may: under one lock, or, with this flaw, a moment after it was judged.
    async fn write_if<T>(
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
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        Some(write(&mut self.tables()))
    }

    fn end_judged(&self, tables: &mut Tables, key: &SessionKey) -> bool {
        tables.session(key.id).is_some_and(|(session, _)| {
            (session.secret.same_as(&key.secret) || self.has(Flaw::EndWithAnySecret))
                && (session.ended_at.is_none() || self.has(Flaw::EndTwice))
        })
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
        self.tables().session(id)?.1
    }
}

impl UserStore for Mutant {
    async fn any_user(&self) -> Result<bool, StoreError> {
        Ok(!self.tables().users.is_empty())
    }

    async fn create_first_admin(&self, new: &NewUser, _now: Timestamp) -> Result<FirstAdmin, StoreError> {
        let overlooks = self.has(Flaw::BootstrapOverlooksDisabled);
        let counts = |held: &Credentials| !overlooks || held.user.disabled_at.is_none();
        let created = self.write_if(
            Flaw::BootstrapInTwoSteps,
            |tables| !tables.users.iter().any(counts),
            |tables| {
                let NewUser { id, email, name, role, password } = new.clone();
                let user = User { id, email, name, role, disabled_at: None };
                tables.users.push(Credentials { user, password: Some(password) });
            },
        );
        Ok(created.await.map_or(FirstAdmin::UsersExist, |()| FirstAdmin::Created))
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let pattern = self.has(Flaw::CredentialsByPattern);
        let found = |held: &Credentials| {
            held.user.email == *email || (pattern && held.user.email.as_str().starts_with(email.as_str()))
        };
        Ok(self.tables().users.iter().find(|held| found(held)).cloned())
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let any = self.has(Flaw::RehashWithoutOld);
        let written = self.write_if(
            Flaw::RehashInTwoSteps,
            |tables| {
                let held = tables.user(user).and_then(|held| held.password.as_ref());
                held.is_some_and(|hash| any || hash.same_as(old))
            },
            |tables| tables.user(user).map(|held| held.password = Some(new.clone())),
        );
        Ok(written.await.is_some())
    }

    async fn replace_password(
        &self,
        user: UserId,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        if self.has(Flaw::ReplacementForAll) {
            for held in &mut tables.users {
                held.password = Some(new.clone());
            }
        }
        let Some(held) = tables.user(user) else { return Ok(false) };
        held.password = Some(new.clone());
        if !self.has(Flaw::ReplacementLeavesSessions) {
            tables.end_all(user, EndReason::PasswordReplaced, now);
        }
        Ok(true)
    }

    async fn disable(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let Some(held) = tables.user(user) else { return Ok(false) };
        if held.user.disabled_at.is_none() || self.has(Flaw::DisabledAgain) {
            held.user.disabled_at = Some(now);
        }
        if !self.has(Flaw::DisablingLeavesSessions) {
            tables.end_all(user, EndReason::Disabled, now);
        }
        Ok(true)
    }
}

impl SessionStore for Mutant {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let replace = |tables: &mut Tables| {
            let Some(old) = opening.replaces.filter(|old| self.end_judged(tables, old)) else { return };
            if let Some((session, reason)) = tables.session(old.id) {
                (session.ended_at, *reason) = (Some(now), Some(EndReason::Replaced));
            }
        };
        if self.has(Flaw::OpeningReplacesFirst) {
            replace(&mut self.tables());
        }
        let opened = self.write_if(
            Flaw::OpeningInTwoSteps,
            |tables| {
                tables.user(opening.user).is_some_and(|held| {
                    let theirs = held.password.as_ref().is_some_and(|hash| hash.same_as(&opening.verified));
                    (theirs || self.has(Flaw::OpeningWithAnyHash))
                        && (held.user.disabled_at.is_none() || self.has(Flaw::OpeningForTheDisabled))
                })
            },
            |tables| {
                if !self.has(Flaw::OpeningReplacesNothing) {
                    replace(tables);
                }
                let Opening { key, user, expires_at, ends_at, .. } = *opening;
                let (generation, parent, rotated_at, ended_at) = (0, None, None, None);
                let (id, secret, user_id) = (key.id, key.secret, user);
                let session = Session {
                    id,
                    user_id,
                    secret,
                    generation,
                    parent,
                    rotated_at,
                    expires_at,
                    ends_at,
                    ended_at,
                };
                tables.sessions.push((session, None));
            },
        );
        Ok(opened.await.map_or(Opened::Stale, |()| Opened::Opened))
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let may = |tables: &mut Tables| {
            let Some((session, _)) = tables.session(rotation.key.id).cloned() else { return false };
            let Some(held) = tables.user(session.user_id) else { return false };
            let settled = session.rotated_at.is_none_or(|then| match self.flaw {
                Flaw::RotationBeforeSettled => true,
                Flaw::RotationSettledExclusive => then < rotation.settled_by,
                _ => then <= rotation.settled_by,
            });
            let unexpired = now < session.expires_at && now < session.ends_at;
            settled
                && (session.secret.same_as(&rotation.key.secret) || self.has(Flaw::RotationWithAnySecret))
                && (session.generation == rotation.generation || self.has(Flaw::RotationOfAnyGeneration))
                && (unexpired || self.has(Flaw::RotationOfTheExpired))
                && (session.ended_at.is_none() || self.has(Flaw::RotationRevives))
                && (held.user.disabled_at.is_none() || self.has(Flaw::RotationForTheDisabled))
        };
        let write = |tables: &mut Tables| {
            let (session, _) = tables.session(rotation.key.id)?;
            session.generation += 1;
            let own = self.has(Flaw::RotationIgnoresParent);
            session.parent = Some(if own { rotation.generation } else { rotation.parent });
            session.rotated_at = Some(match self.flaw {
                Flaw::TimesInSeconds => Timestamp::from_millis(now.seconds() * 1_000),
                _ => now,
            });
            let uncapped = self.has(Flaw::RotationUncapped);
            session.expires_at =
                if uncapped { rotation.expires_at } else { rotation.expires_at.min(session.ends_at) };
            let session = session.clone();
            let user = tables.user(session.user_id)?.user.clone();
            Some(SessionRecord { session, user })
        };
        Ok(self.write_if(Flaw::RotationInTwoSteps, may, write).await.flatten())
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let mut tables = self.tables();
        let Some((session, _)) = tables.session(id).cloned() else { return Ok(None) };
        if session.ended_at.is_some() && self.has(Flaw::FindOnlyTheLiving) {
            return Ok(None);
        }
        Ok(tables.user(session.user_id).map(|held| SessionRecord { session, user: held.user.clone() }))
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let ended = self.write_if(
            Flaw::EndInTwoSteps,
            |tables| self.end_judged(tables, key),
            |tables| {
                let (session, reason) = tables.session(key.id)?;
                let kept = if self.has(Flaw::EndForgetsReason) { EndReason::Logout } else { why };
                (session.ended_at, *reason) = (Some(now), Some(kept));
                Some(session.user_id)
            },
        );
        Ok(ended.await.flatten())
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = if self.has(Flaw::SweepWithoutLimit) { u32::MAX } else { limit };
        let mut tables = self.tables();
        let had = tables.sessions.len();
        tables.sessions.retain(|(session, _)| {
            let over = match self.flaw {
                Flaw::SweepExclusive => session.ends_at < before,
                Flaw::SweepOfTheEnded => session.ends_at <= before || session.ended_at.is_some(),
                _ => session.ends_at <= before,
            };
            let swept = left > 0 && over;
            left -= u32::from(swept);
            !swept
        });
        Ok((had - tables.sessions.len()) as u64)
    }
}
