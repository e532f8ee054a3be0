//! The verbs for accounts: what an admin does to them, and their owners.

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::list::{AccountQuery, AccountState};
use crate::model::{Credentials, User};
use crate::name::Name;
use crate::role::Role;
use crate::secret::PasswordHash;

use super::StoreError;

/// What became of one account that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It was created.
    Created,
    /// Another account has this address; nothing was written for this one.
    EmailTaken,
    /// Another account has this id, and none this address; nothing was written for this one.
    IdTaken,
}

/// What is to change of an account; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name.
    pub name: Option<Name>,
    /// The role. Sessions go on in the new one.
    pub role: Option<Role>,
    /// Whether the account may be used. Disabling ends all its live sessions; an account that is
    /// disabled already keeps its first date.
    pub state: Option<AccountState>,
    /// The hash of the password. Another one ends all live sessions.
    pub password: Option<PasswordHash>,
}

/// What became of a [`Change`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was made.
    Changed {
        /// The user after the change.
        user: User,
        /// How many live sessions it ended.
        ended: u64,
    },
    /// It would have left no enabled [`Role::ADMIN`] where there was one; nothing was written.
    LastAdmin,
    /// There is no such user.
    Unknown,
}

/// A password about to be replaced by its owner.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Whose.
    pub user: UserId,
    /// The hash that was verified. The password is replaced only if it is still the user's, and
    /// the user is not disabled.
    pub verified: PasswordHash,
    /// The hash of the new password.
    pub new: PasswordHash,
    /// The session that goes on: the one it is done from.
    pub keeps: SessionId,
}

/// What became of a [`Replacement`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The password is the new one.
    Replaced {
        /// How many live sessions were ended.
        ended: u64,
    },
    /// The hash that was verified is no longer the user's, or the user is gone or disabled;
    /// nothing was written.
    Stale,
}

/// What became of the attempt to delete an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The user is gone, and with them all their sessions.
    Deleted,
    /// They are the last enabled [`Role::ADMIN`]; nothing was written.
    LastAdmin,
    /// There is no such user.
    Unknown,
}

/// Keeps accounts: creates, lists, changes and deletes them.
///
/// Where a verb ends a user's sessions, it ends all that have not been ended, those that have
/// merely expired included: another instance, whose clock is behind, may still take them for live.
/// It counts those that were live at `now`.
///
/// An *enabled admin* is a user with [`Role::ADMIN`] who is not disabled. No verb takes the last
/// one away, whatever other verbs run at the same time.
///
/// Every verb returns [`StoreError`] where the store could not do its work; it has then changed
/// nothing, or all it promised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that accounts can be managed in",
    note = "implement `AccountStore` and `SessionListStore` of `auth_core::store` for it, beside `UserStore` and `SessionStore`"
)]
pub trait AccountStore: Send + Sync + 'static {
    /// Creates those of the accounts whose address and id are free, all in one atomic step, and says
    /// for each, in their order, what became of it. Each is judged by what was there before the
    /// call and by those before it in the call that were created.
    ///
    /// Of any number of calls at once with one address, one creates it.
    fn create(
        &self,
        accounts: &[Credentials],
    ) -> impl Future<Output = Result<Vec<Creation>, StoreError>> + Send;

    /// The user with this id and the hash of their password.
    fn account(&self, id: UserId) -> impl Future<Output = Result<Option<Credentials>, StoreError>> + Send;

    /// Up to `query.limit` users that the query asks for, the newest `created_at` first, and of
    /// those created in the same millisecond the greatest id, compared byte by byte, first.
    fn accounts(&self, query: &AccountQuery) -> impl Future<Output = Result<Vec<User>, StoreError>> + Send;

    /// Makes the change and, in the same step, ends the user's sessions where it disables them
    /// ([`EndReason::Disabled`](crate::EndReason::Disabled)) or else gives them another
    /// password ([`EndReason::PasswordReplaced`](crate::EndReason::PasswordReplaced)); unless it
    /// would take the last enabled admin away.
    fn change(
        &self,
        id: UserId,
        change: &Change,
        now: Timestamp,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;

    /// Replaces the password if the hash that was verified is still the user's and the user is
    /// not disabled and, in the same step, ends all their sessions but the one it keeps,
    /// with [`EndReason::PasswordReplaced`](crate::EndReason::PasswordReplaced).
    fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> impl Future<Output = Result<Replaced, StoreError>> + Send;

    /// Deletes the user and all their sessions, unless they are the last enabled admin.
    fn delete(&self, id: UserId) -> impl Future<Output = Result<Deletion, StoreError>> + Send;
}
