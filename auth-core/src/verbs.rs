//! What the verbs ask, and what they answer.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::email::Email;
use crate::error::Refusal;
use crate::id::{SessionId, UserId};
use crate::model::User;
use crate::name::Name;
use crate::password::Password;
use crate::permission::Permission;
use crate::role::Role;
use crate::roles::Roles;
use crate::secret::{AccessToken, RefreshToken};

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
    pub fn require_permission(&self, permission: impl Into<Permission>, roles: &Roles) -> Result<(), Refusal> {
        if roles.permits(&self.role, &permission.into()) { Ok(()) } else { Err(Refusal::InsufficientRole) }
    }
}
