//! The verbs for the sessions of one user, seen together.

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::model::{EndReason, LiveSession};

use super::StoreError;

/// Lists and ends sessions by whose they are, where [`SessionStore`](super::SessionStore) does it
/// by what their tokens prove.
///
/// Every verb returns [`StoreError`] where the store could not do its work; it has then changed
/// nothing, or all it promised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that sessions can be listed in",
    note = "implement `AccountStore` and `SessionListStore` of `auth_core::store` for it, beside `UserStore` and `SessionStore`"
)]
pub trait SessionListStore: Send + Sync + 'static {
    /// The user's sessions that are live at `now`, the latest login first, and of those opened in
    /// the same millisecond the greatest id first; none for a user who does not exist.
    fn live_sessions(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<LiveSession>, StoreError>> + Send;

    /// Ends the session if it is this user's and live at `now`; says whether it did.
    fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends all sessions of this user that have not been ended, but for `except`, in one step, and
    /// says how many of them were live at `now`.
    fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
