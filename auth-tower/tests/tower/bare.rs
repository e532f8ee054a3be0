//! A store that knows logins and nothing else: the two traits that the five endpoints need.

use auth_core::store::{
    FirstAdmin, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError, UserStore,
};
use auth_core::{
    Credentials, Email, EndReason, MemoryStore, NewUser, PasswordHash, SessionId, SessionRecord, Timestamp,
    UserId,
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Bare(MemoryStore);

impl UserStore for Bare {
    async fn any_user(&self) -> Result<bool, StoreError> {
        self.0.any_user().await
    }

    async fn create_first_admin(&self, user: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        self.0.create_first_admin(user, now).await
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.0.credentials(email).await
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        self.0.rehash(user, old, new).await
    }
}

impl SessionStore for Bare {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        self.0.open(opening, now).await
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        self.0.rotate(rotation, now).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.0.find(id).await
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.0.end(key, why, now).await
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.sweep(before, limit).await
    }
}
