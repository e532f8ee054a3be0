//! What the verbs ask, and what they answer.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::email::Email;
use crate::error::Refusal;
use crate::id::{SessionId, UserId};
use crate::list::AccountState;
use crate::model::User;
use crate::name::Name;
use crate::password::Password;
use crate::permission::Permission;
use crate::role::Role;
use crate::roles::Roles;
use crate::secret::{AccessToken, BootstrapToken, DeviceToken, PasswordHash, RefreshToken};

/// What a login asks.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who says they are here.
    pub email: Email,
    /// The proof.
    pub password: Password,
    /// The refresh token that the same browser still holds, as it came: a valid one ends its
    /// session when the login succeeds. It is never adopted.
    pub presented: Option<RefreshToken>,
    /// The device token that the browser was given at an earlier login, as it came. One that is good
    /// for this account has a count of wrong passwords of its own, so that nobody elsewhere can
    /// keep its owner out.
    pub device: Option<DeviceToken>,
}

impl Login {
    /// A login of someone who holds no session yet, on a browser that has never logged in.
    pub fn new(email: Email, password: Password) -> Self {
        Self { email, password, presented: None, device: None }
    }
}

/// What a bootstrap asks: who the first admin shall be.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    /// The address they will log in with.
    pub email: Email,
    /// The password they will log in with; checked against the rules for new ones.
    pub password: Password,
    /// The name they will be shown by.
    pub name: Name,
    /// What was presented as the [bootstrap token](crate::AuthBuilder::bootstrap_token); it is
    /// looked at only where one was configured.
    pub token: Option<BootstrapToken>,
}

impl NewAdmin {
    /// A first admin where no token is asked for.
    pub fn new(email: Email, password: Password, name: Name) -> Self {
        Self { email, password, name, token: None }
    }
}

/// What it takes to replace one's own password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The password so far: the proof.
    pub current: Password,
    /// The password from now on; checked against the rules for new ones.
    pub new: Password,
}

/// Which of one's own sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnSessions {
    /// All but the one it is asked from.
    Others,
    /// All.
    All,
}

/// An account to be created.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The address they will log in with.
    pub email: Email,
    /// The name they will be shown by.
    pub name: Name,
    /// What they may do; one of [`Policy::roles`](crate::Policy::roles).
    pub role: Role,
    /// The password they will log in with; checked against the rules for new ones.
    pub password: Password,
}

/// What to change of an account; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// The name.
    pub name: Option<Name>,
    /// The role; one of [`Policy::roles`](crate::Policy::roles). Sessions go on in the new one.
    pub role: Option<Role>,
    /// Whether the account may be used. Disabling ends all its sessions.
    pub state: Option<AccountState>,
    /// The password; checked against the rules for new ones. Another one ends all sessions.
    pub password: Option<Password>,
}

/// An account that comes from another system, with the password hash it has there.
#[derive(Clone, Debug)]
pub struct ImportedAccount {
    /// The id to keep; `None` draws a new one.
    pub id: Option<UserId>,
    /// The address they log in with.
    pub email: Email,
    /// The name they are shown by.
    pub name: Name,
    /// What they may do; one of [`Policy::roles`](crate::Policy::roles).
    pub role: Role,
    /// The hash of their password, in any form that a login can verify; `None` where they have
    /// none, and so cannot log in until they are given one.
    pub password: Option<PasswordHash>,
    /// When the account was created there; `None` means now.
    pub created_at: Option<Timestamp>,
    /// Whether the account may be used.
    pub state: AccountState,
}

/// What became of an [`ImportedAccount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It was created, with this id.
    Created(UserId),
    /// There is an account with this address already; it was left as it is.
    AlreadyThere,
    /// Another account has this id.
    IdTaken,
    /// No login could ever verify this hash: it is malformed, of an unknown kind, or costs more
    /// than is allowed.
    UnusableHash,
    /// The role is none of [`Policy::roles`](crate::Policy::roles).
    UnknownRole,
}

/// A login that succeeded.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// Who they are.
    pub user: User,
    /// For the `Authorization` header.
    pub access_token: AccessToken,
    /// For the cookie.
    pub refresh: IssuedRefresh,
    /// For the cookie by which the account knows this browser; `None` where it has one that will do.
    pub device: Option<IssuedDevice>,
}

/// A refresh that succeeded.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// For the `Authorization` header.
    pub access_token: AccessToken,
    /// For the cookie; `None` means that the cookie is to be left alone, because the answer that
    /// carries its successor may still be on the way.
    pub refresh: Option<IssuedRefresh>,
}

/// A refresh token to hand out, and for how long.
#[derive(Clone, Debug)]
pub struct IssuedRefresh {
    /// The token.
    pub token: RefreshToken,
    /// How long it is good if nothing else happens: the cookie's `Max-Age`.
    pub max_age: Duration,
}

/// A device token to hand out, and for how long.
#[derive(Clone, Debug)]
pub struct IssuedDevice {
    /// The token.
    pub token: DeviceToken,
    /// How long it is good: the cookie's `Max-Age`.
    pub max_age: Duration,
}

/// What a check asks of whoever holds an access token; what is `None` is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The role they must be in; one of [`Policy::roles`](crate::Policy::roles).
    pub role: Option<Role>,
    /// What their role must permit.
    pub permission: Option<Permission>,
}

/// Who has passed a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Which user.
    pub user_id: UserId,
    /// The address they log in with.
    pub email: Email,
    /// What they may do.
    pub role: Role,
}

impl From<User> for Passed {
    fn from(user: User) -> Self {
        Self { user_id: user.id, email: user.email, role: user.role }
    }
}

/// Who is behind an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The `sub` claim: which user.
    pub user_id: UserId,
    /// The `sid` claim: which of their sessions.
    pub session_id: SessionId,
    /// The `role` claim, or, from [`Auth::authenticate_current`](crate::Auth::authenticate_current), the role as it is now.
    pub role: Role,
    /// The `exp` claim: when the token stops being good.
    pub expires_at: Timestamp,
}

impl Identity {
    /// Whether the identity has this role.
    ///
    /// # Errors
    ///
    /// [`Refusal::InsufficientRole`] where it has another.
    pub fn require(&self, role: impl Into<Role>) -> Result<(), Refusal> {
        if self.role == role.into() { Ok(()) } else { Err(Refusal::InsufficientRole) }
    }

    /// Whether the identity's role may do this, by a map such as `auth.policy().roles`.
    ///
    /// # Errors
    ///
    /// [`Refusal::InsufficientRole`] where it may not.
    pub fn require_permission(
        &self,
        permission: impl Into<Permission>,
        roles: &Roles,
    ) -> Result<(), Refusal> {
        if roles.permits(&self.role, &permission.into()) { Ok(()) } else { Err(Refusal::InsufficientRole) }
    }
}
