//! The verbs for sessions.

use crate::client::Client;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::model::{EndReason, SessionRecord};
use crate::secret::{PasswordHash, SecretHash};

use super::StoreError;

/// What a refresh token proves about a session: its id and the hash of its secret.
///
/// A row whose secret differs is not the row that is meant, and is left alone.
#[derive(Clone, Copy, Debug)]
pub struct SessionKey {
    /// The row.
    pub id: SessionId,
    /// What the row's `secret` must be.
    pub secret: SecretHash,
}

/// A session about to open.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The new session's id and secret.
    pub key: SessionKey,
    /// Whose session it will be.
    pub user: UserId,
    /// The hash that was verified. The session opens only if it is still the user's, and the
    /// user is not disabled.
    pub verified: PasswordHash,
    /// When the session ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// When the session ends at the latest.
    pub ends_at: Timestamp,
    /// The session that the same browser held before, to be ended in the same step with
    /// [`EndReason::Replaced`], if it exists, has this secret and has not been ended.
    pub replaces: Option<SessionKey>,
    /// The most live sessions the user may have, the new one included; at least 1. Of those beyond,
    /// the oldest end in the same step with [`EndReason::SessionLimit`].
    pub limit: u32,
    /// From where the user logs in.
    pub client: Client,
}

/// A session that another one has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which session.
    pub session: SessionId,
    /// Whose.
    pub user: UserId,
    /// [`EndReason::Replaced`] or [`EndReason::SessionLimit`].
    pub why: EndReason,
}

/// What became of an [`Opening`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The session is open, and the one it replaces has ended.
    Opened {
        /// The sessions that were ended by it: the one it replaces, and those beyond the limit.
        ended: Vec<Ended>,
    },
    /// The hash that was verified is no longer the user's, or the user is gone or disabled;
    /// nothing was written.
    Stale,
}

impl Opened {
    /// Whether the session is open.
    pub const fn is_opened(&self) -> bool {
        matches!(self, Self::Opened { .. })
    }
}

/// One step of a session's refresh token, from one generation to the next.
///
/// It is a comparison and an exchange: all conditions and the whole change are one statement.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Which session.
    pub key: SessionKey,
    /// The generation that must be current; the next one becomes current.
    pub generation: u32,
    /// The generation to be kept as the parent of the new one.
    pub parent: u32,
    /// The row's `rotated_at` must be unset, or this time or earlier.
    pub settled_by: Timestamp,
    /// The session's new sliding end. The store keeps the earlier of this and the row's `ends_at`.
    pub expires_at: Timestamp,
}

/// Keeps sessions.
///
/// A session is *live* at `now` while `ended_at` is unset and both `expires_at` and `ends_at` lie
/// after `now`. Every verb returns [`StoreError`] where the store could not do its work; it has
/// then changed nothing, or all it promised, and the token that was presented still works.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that sessions are kept in",
    note = "implement `auth_core::store::SessionStore` for it"
)]
pub trait SessionStore: Send + Sync + 'static {
    /// Opens a session if the hash that was verified is still the user's and the user is not
    /// disabled, at generation 0, ends the session it replaces, and ends the user's oldest live
    /// sessions beyond the limit, by the time they were opened, all in one step.
    ///
    /// However many open at once, the limit holds after each. Against
    /// [`AccountStore::change`](super::AccountStore::change),
    /// [`AccountStore::replace_password`](super::AccountStore::replace_password) and
    /// [`AccountStore::delete`](super::AccountStore::delete) at the same time, the session either
    /// does not open or is ended by them.
    fn open(
        &self,
        opening: &Opening,
        now: Timestamp,
    ) -> impl Future<Output = Result<Opened, StoreError>> + Send;

    /// Makes the step if the session is live, has the key's secret, is at `generation`, has
    /// settled, and its user is not disabled: sets `generation` to the next, `parent` as given,
    /// `rotated_at = now` and `expires_at`. Returns the session after the step and its user, or
    /// `None`, having changed nothing.
    ///
    /// Of any number of calls at once for one generation, at most one returns `Some`.
    fn rotate(
        &self,
        rotation: &Rotation,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<SessionRecord>, StoreError>> + Send;

    /// The session, live or not, and its user.
    fn find(&self, id: SessionId) -> impl Future<Output = Result<Option<SessionRecord>, StoreError>> + Send;

    /// Ends the session if it has the key's secret and has not been ended: sets `ended_at = now`
    /// and the reason, which then stay. Returns whose session this call ended, or `None`.
    fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;

    /// Deletes up to `limit` sessions whose `ends_at` is `before` or earlier, and says how many.
    fn sweep(&self, before: Timestamp, limit: u32) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
