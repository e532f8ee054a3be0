//! A store that can be unplugged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, Feed, FeedPlace, FirstAdmin, Opened, Opening,
    Replaced, Replacement, RevocationStore, Rotation, SessionKey, SessionListStore, SessionStore, StoreError,
    UserStore,
};
use auth_core::{
    AccountQuery, Credentials, Email, EndReason, LiveSession, MemoryStore, NewUser, PasswordHash, SessionId,
    SessionRecord, Timestamp, User, UserId,
};

/// A store in memory whose plug can be pulled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plugged {
    pub(crate) store: MemoryStore,
    trouble: Arc<Trouble>,
}

#[derive(Debug)]
struct Trouble {
    /// How many calls are answered before the plug is out.
    left: AtomicUsize,
    /// How many calls there were.
    asked: AtomicUsize,
    broken: AtomicBool,
}

impl Default for Trouble {
    fn default() -> Self {
        Self {
            left: AtomicUsize::new(usize::MAX),
            asked: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        }
    }
}

impl Plugged {
    /// From now on the store cannot be reached.
    pub(crate) fn unplug(&self) {
        self.unplug_after(0);
    }

    /// The store answers so many calls, and cannot be reached after them.
    pub(crate) fn unplug_after(&self, calls: usize) {
        self.trouble.left.store(calls, Ordering::SeqCst);
    }

    /// From now on the store makes no sense.
    pub(crate) fn break_down(&self) {
        self.trouble.broken.store(true, Ordering::SeqCst);
    }

    /// All is well again.
    pub(crate) fn repair(&self) {
        self.trouble.left.store(usize::MAX, Ordering::SeqCst);
        self.trouble.broken.store(false, Ordering::SeqCst);
    }

    /// How often the store was asked since the last time somebody wanted to know.
    pub(crate) fn asked(&self) -> usize {
        self.trouble.asked.swap(0, Ordering::SeqCst)
    }

    fn up(&self) -> Result<&MemoryStore, StoreError> {
        self.trouble.asked.fetch_add(1, Ordering::SeqCst);
        let less = |left: usize| left.checked_sub(1);
        if self.trouble.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_err() {
            return Err(StoreError::unavailable("the plug was pulled"));
        }
        if self.trouble.broken.load(Ordering::SeqCst) {
            return Err(StoreError::broken("a row made no sense"));
        }
        Ok(&self.store)
    }
}

impl UserStore for Plugged {
    async fn any_user(&self) -> Result<bool, StoreError> {
        self.up()?.any_user().await
    }

    async fn create_first_admin(&self, user: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        self.up()?.create_first_admin(user, now).await
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.up()?.credentials(email).await
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        self.up()?.rehash(user, old, new).await
    }
}

impl SessionStore for Plugged {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        self.up()?.open(opening, now).await
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        self.up()?.rotate(rotation, now).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.up()?.find(id).await
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.up()?.end(key, why, now).await
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.up()?.sweep(before, limit).await
    }
}

impl AccountStore for Plugged {
    async fn create(&self, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
        self.up()?.create(accounts).await
    }

    async fn account(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        self.up()?.account(id).await
    }

    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
        self.up()?.accounts(query).await
    }

    async fn change(&self, id: UserId, change: &Change, now: Timestamp) -> Result<Changed, StoreError> {
        self.up()?.change(id, change, now).await
    }

    async fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        self.up()?.replace_password(replacement, now).await
    }

    async fn delete(&self, id: UserId) -> Result<Deletion, StoreError> {
        self.up()?.delete(id).await
    }
}

impl SessionListStore for Plugged {
    async fn live_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<LiveSession>, StoreError> {
        self.up()?.live_sessions(user, now).await
    }

    async fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.up()?.end_one(user, session, why, now).await
    }

    async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.up()?.end_all(user, except, why, now).await
    }
}

impl RevocationStore for Plugged {
    async fn revoked_since(&self, place: FeedPlace, limit: u32) -> Result<Feed, StoreError> {
        self.up()?.revoked_since(place, limit).await
    }

    async fn sweep_revocations(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.up()?.sweep_revocations(before, limit).await
    }
}
