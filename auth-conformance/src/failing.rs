//! A store that fails on demand, around a store that works.

use std::sync::{Arc, Mutex, PoisonError};

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, FirstAdmin, Opened, Opening, Replaced, Replacement,
    Rotation, SessionKey, SessionListStore, SessionStore, StoreError, UserStore,
};
use auth_core::{
    AccountQuery, Credentials, Email, EndReason, LiveSession, NewUser, PasswordHash, SessionId,
    SessionRecord, Timestamp, User, UserId,
};

use crate::harness::{Harness, Managed};

/// How a call of the store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The store was never reached: nothing is written.
    Before,
    /// The work was done, and the answer was lost on its way.
    After,
}

/// The store of a harness, of which one call to come may be made to fail.
pub(crate) struct Failing<H> {
    harness: Arc<H>,
    planned: Mutex<Option<(u32, Failure)>>,
}

impl<H: Harness> Failing<H> {
    /// The harness's store, without a failure planned.
    pub(crate) fn new(harness: Arc<H>) -> Self {
        Self { harness, planned: Mutex::new(None) }
    }

    /// Lets this many calls pass, then one fail; a plan that was made before is forgotten.
    pub(crate) fn fail_after(&self, calls: u32, how: Failure) {
        *self.planned.lock().unwrap_or_else(PoisonError::into_inner) = Some((calls, how));
    }

    /// Forgets the plan; says whether it was still to come.
    pub(crate) fn forget(&self) -> bool {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    fn turn(&self) -> Option<Failure> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let (calls, how) = (*planned)?;
        *planned = calls.checked_sub(1).map(|left| (left, how));
        if calls == 0 { Some(how) } else { None }
    }

    async fn call<T: Send>(
        &self,
        verb: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.turn() {
            None => verb.await,
            Some(Failure::Before) => Err(StoreError::unavailable("the test pulled the plug")),
            Some(Failure::After) => {
                verb.await?;
                Err(StoreError::unavailable("the test lost the answer"))
            }
        }
    }
}

impl<H: Harness> UserStore for Failing<H> {
    async fn any_user(&self) -> Result<bool, StoreError> {
        self.call(self.harness.store().any_user()).await
    }

    async fn create_first_admin(&self, user: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        self.call(self.harness.store().create_first_admin(user, now)).await
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.call(self.harness.store().credentials(email)).await
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        self.call(self.harness.store().rehash(user, old, new)).await
    }
}

impl<H: Harness> SessionStore for Failing<H> {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        self.call(self.harness.store().open(opening, now)).await
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        self.call(self.harness.store().rotate(rotation, now)).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.call(self.harness.store().find(id)).await
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.call(self.harness.store().end(key, why, now)).await
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.call(self.harness.store().sweep(before, limit)).await
    }
}

impl<H: Managed> AccountStore for Failing<H> {
    async fn create(&self, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
        self.call(self.harness.store().create(accounts)).await
    }

    async fn account(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        self.call(self.harness.store().account(id)).await
    }

    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
        self.call(self.harness.store().accounts(query)).await
    }

    async fn change(&self, id: UserId, change: &Change, now: Timestamp) -> Result<Changed, StoreError> {
        self.call(self.harness.store().change(id, change, now)).await
    }

    async fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        self.call(self.harness.store().replace_password(replacement, now)).await
    }

    async fn delete(&self, id: UserId) -> Result<Deletion, StoreError> {
        self.call(self.harness.store().delete(id)).await
    }
}

impl<H: Managed> SessionListStore for Failing<H> {
    async fn live_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<LiveSession>, StoreError> {
        self.call(self.harness.store().live_sessions(user, now)).await
    }

    async fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call(self.harness.store().end_one(user, session, why, now)).await
    }

    async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.call(self.harness.store().end_all(user, except, why, now)).await
    }
}
