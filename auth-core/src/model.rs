//! The people and their sessions, as plain values that a store reads and writes.
//!
//! None of them is `Serialize` on purpose: what goes over a wire is decided where the wire is.

use crate::client::Client;
use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::{SessionId, UserId};
use crate::name::Name;
use crate::role::Role;
use crate::secret::{PasswordHash, SecretHash};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id, for ever the same.
    pub id: UserId,
    /// The address they log in with, unique in its normalised form.
    pub email: Email,
    /// The name they are shown by.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// When the account was created.
    pub created_at: Timestamp,
    /// Since when the account is disabled; `None` while it is in use.
    pub disabled_at: Option<Timestamp>,
}

/// A person about to get an account.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The id they will have.
    pub id: UserId,
    /// The address they will log in with.
    pub email: Email,
    /// The name they will be shown by.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// The hash of their password.
    pub password: PasswordHash,
}

/// A user together with what a login is checked against: all that a store keeps of an account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who would be logged in.
    pub user: User,
    /// The hash of their password; `None` where they have none and cannot log in with one.
    pub password: Option<PasswordHash>,
}

/// One login on one device: one row, however often its token is rotated.
#[derive(Clone, Debug)]
pub struct Session {
    /// The id, which its tokens carry.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// The hash of the secret that its refresh tokens carry.
    pub secret: SecretHash,
    /// Which generation of its refresh token is current; 0 at login.
    pub generation: u32,
    /// The generation whose presentation made the current one; `None` until the first rotation.
    pub parent: Option<u32>,
    /// When the current generation was made; `None` until the first rotation.
    pub rotated_at: Option<Timestamp>,
    /// When the session ends unless it is refreshed before.
    pub expires_at: Timestamp,
    /// When the session ends at the latest.
    pub ends_at: Timestamp,
    /// When it was ended before its time; once set, it stays.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Whether the session can be used at `now`: not ended, and neither of its ends reached.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < self.ends_at
    }
}

/// A live session, as its user sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// The id, to end it by.
    pub id: SessionId,
    /// When its user logged in.
    pub created_at: Timestamp,
    /// When its refresh token was last rotated; the login where it never was.
    pub last_used_at: Timestamp,
    /// When it ends unless it is refreshed before.
    pub expires_at: Timestamp,
    /// From where its user logged in.
    pub client: Client,
}

/// A session together with its user: what `/refresh` and `/me` judge.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The session.
    pub session: Session,
    /// The user, as they are now.
    pub user: User,
}

/// Why a session was ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Its holder logged out.
    Logout,
    /// The same browser logged in anew.
    Replaced,
    /// A spent refresh token was presented: two holders of one chain.
    Reuse,
    /// The password was replaced.
    PasswordReplaced,
    /// The account was disabled.
    Disabled,
    /// Its user ended it from another session, or from itself.
    Revoked,
    /// An admin, or the operator of the system, ended it.
    RevokedByAdmin,
    /// Its user logged in once more than [`Policy::session_limit`](crate::Policy::session_limit) allows; it was the oldest.
    SessionLimit,
}

impl EndReason {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Logout,
        Self::Replaced,
        Self::Reuse,
        Self::PasswordReplaced,
        Self::Disabled,
        Self::Revoked,
        Self::RevokedByAdmin,
        Self::SessionLimit,
    ];

    /// The word for logs and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Replaced => "replaced",
            Self::Reuse => "reuse",
            Self::PasswordReplaced => "password_replaced",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
            Self::RevokedByAdmin => "revoked_by_admin",
            Self::SessionLimit => "session_limit",
        }
    }
}
