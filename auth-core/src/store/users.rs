//! The verbs for people who log in.

use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::UserId;
use crate::model::{Credentials, NewUser};
use crate::secret::PasswordHash;

use super::StoreError;

/// What became of the attempt to create the first admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstAdmin {
    /// The user was created and is the only one.
    Created,
    /// There was a user already; nothing was written.
    UsersExist,
}

/// Keeps people and their password hashes.
///
/// Every verb returns [`StoreError`] where the store could not do its work; it has then changed
/// nothing, or all it promised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that users are kept in",
    note = "implement `auth_core::store::UserStore` for it"
)]
pub trait UserStore: Send + Sync + 'static {
    /// Whether any user exists, disabled ones included.
    fn any_user(&self) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Creates `user` if and only if no user exists, in one atomic step: of any number of calls
    /// at once, exactly one returns [`FirstAdmin::Created`].
    fn create_first_admin(
        &self,
        user: &NewUser,
        now: Timestamp,
    ) -> impl Future<Output = Result<FirstAdmin, StoreError>> + Send;

    /// The user with this address and the hash of their password.
    fn credentials(
        &self,
        email: &Email,
    ) -> impl Future<Output = Result<Option<Credentials>, StoreError>> + Send;

    /// Replaces the hash `old` by `new`, a hash of the same password, if `old` is still the
    /// user's; says whether it did. Sessions go on.
    fn rehash(
        &self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
