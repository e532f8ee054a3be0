//! The verbs by which a process learns what others have revoked.

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};

use super::StoreError;

/// What is no longer as an access token may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Revoked {
    /// The session has ended; it never comes back.
    Session(SessionId),
    /// The user is in another role, was disabled or enabled, or is gone.
    User(UserId),
}

/// How far the feed of revocations has been read; what the number means, the store knows alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedPlace(u64);

impl FeedPlace {
    /// Before everything that is there.
    pub const START: Self = Self(0);

    /// The place that a store knows by this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What [`RevocationStore::revoked_since`] has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What was revoked, in any order; some of it may have been told before.
    pub revoked: Vec<Revoked>,
    /// Where to go on. It never lies before the place that was asked from, unless the store was
    /// replaced by another one.
    pub place: FeedPlace,
}

/// Tells what was revoked, in the order in which it became visible.
///
/// A store notes it in the step that revokes: an ended session, whoever ended it and why; a user
/// whose role has changed, who was disabled or enabled, or who was deleted. Whatever can be read
/// by anyone can be read from the feed.
///
/// Every verb returns [`StoreError`] where the store could not do its work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that tells what was revoked",
    note = "implement `auth_core::store::RevocationStore` for it; without it guards either trust tokens or ask each time, and all else works"
)]
pub trait RevocationStore: Send + Sync + 'static {
    /// What has become visible since that place was returned, and perhaps some of what was before.
    ///
    /// However long a revocation took from its beginning to its commit: it is missed by nobody who
    /// goes on from where they were. Where there is more than `limit`, that many are returned, and
    /// the place lies behind all of it: whoever gets `limit` may have missed some.
    fn revoked_since(
        &self,
        place: FeedPlace,
        limit: u32,
    ) -> impl Future<Output = Result<Feed, StoreError>> + Send;

    /// Deletes up to `limit` notes of what was revoked `before` or earlier, and says how many. Where
    /// a verb is told no time, the store may go by a clock of its own.
    fn sweep_revocations(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
