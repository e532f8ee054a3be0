//! A store that fails on demand, around a store that works.

use std::sync::{Arc, Mutex, PoisonError};

use auth_core::store::{
    FirstAdmin, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError, UserStore,
};
use auth_core::{
    Credentials, Email, EndReason, NewUser, PasswordHash, SessionId, SessionRecord, Timestamp, UserId,
};

use crate::harness::Harness;

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

    async fn replace_password(
        &self,
        user: UserId,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call(self.harness.store().replace_password(user, new, now)).await
    }

    async fn disable(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        self.call(self.harness.store().disable(user, now)).await
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
