//! A refusal is an answer, a fault is an accident.

use crate::email::EmailFlaw;
use crate::entropy::EntropyError;
use crate::list::{AccountQuery, InvalidCursor, InvalidSearch};
use crate::name::NameFlaw;
use crate::password::PasswordFlaw;
use crate::store::{StoreError, StoreErrorKind};
use crate::throttle::RetryAfter;

/// Why a verb of [`Auth`](crate::Auth) did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not have this: an answer, to be given to the caller as it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something broke: to be logged once with its cause, and shown without it.
    #[error(transparent)]
    Failed(#[from] Fault),
}

/// Everything that can be refused.
///
/// Exhaustive on purpose: whoever maps refusals to answers is told by the compiler of a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A value cannot be accepted; the flaw names the field and says what to write instead.
    #[error(transparent)]
    Unacceptable(#[from] Flaw),
    /// No such account, another password, an account that is disabled or has none: one refusal.
    #[error("Invalid email or password")]
    InvalidCredentials,
    /// Too many passwords were wrong, of the account or from the address, so this one was not looked
    /// at: one refusal, whether there is such an account or not.
    #[error("Too many attempts, try again later")]
    TooManyAttempts {
        /// How long to wait.
        retry_after: RetryAfter,
    },
    /// The refresh token is forged, unknown, expired, ended or spent: one refusal.
    #[error("Invalid or expired token")]
    InvalidRefreshToken,
    /// The access token is forged, expired, or its session or user is gone: one refusal.
    #[error("Invalid or expired token")]
    InvalidAccessToken,
    /// The caller is known, and lacks the role or the permission that is needed.
    #[error("Insufficient permissions")]
    InsufficientRole,
    /// The system has a user already, so it has no use for a first one.
    #[error("Admin user already exists")]
    AdminExists,
    /// The caller is known, and the password they gave as their current one is not.
    #[error("Current password is incorrect")]
    WrongPassword,
    /// There is no such account, or no such session of that account.
    #[error("Not found")]
    NotFound,
    /// Another account has this address.
    #[error("Email already in use")]
    EmailTaken,
    /// Without this one there would be no enabled admin left.
    #[error("The last admin cannot be demoted, disabled or deleted")]
    LastAdmin,
    /// Bootstrap is closed by [`Policy::bootstrap`](crate::Policy::bootstrap).
    #[error("Bootstrap is disabled")]
    BootstrapDisabled,
    /// Bootstrap asks for [a token](crate::AuthBuilder::bootstrap_token), and it is missing or
    /// another one.
    #[error("Bootstrap token required")]
    BootstrapTokenRequired,
}

/// A value that cannot be accepted, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The email address.
    #[error(transparent)]
    Email(#[from] EmailFlaw),
    /// The name.
    #[error(transparent)]
    Name(#[from] NameFlaw),
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordFlaw),
    /// The current password, where someone replaces their own.
    #[error("currentPassword {}", .0.rule())]
    CurrentPassword(PasswordFlaw),
    /// The new password, where someone replaces their own.
    #[error("newPassword {}", .0.rule())]
    NewPassword(PasswordFlaw),
    /// The role: malformed, or none of [`Policy::roles`](crate::Policy::roles).
    #[error("role must be one of the roles of this system")]
    UnknownRole,
    /// What is searched for.
    #[error(transparent)]
    Search(#[from] InvalidSearch),
    /// The place to go on from.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// How many are asked for.
    #[error("limit must be a whole number from 1 to {}", AccountQuery::MAX_LIMIT)]
    Limit,
}

/// Something broke.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// All hashing threads are busy and their queue is full, one verb met too many others, or a
    /// refresh was held up for so long that it should change nothing any more.
    #[error("too busy to answer now")]
    Busy,
    /// The store could not do its work.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The source of randomness did not answer.
    #[error("no secret could be drawn")]
    Entropy(#[from] EntropyError),
    /// The issuer could not be asked for a key that a token names.
    #[error("the issuer's keys could not be had")]
    Keys(#[from] KeySourceError),
    /// A bug, or a key that cannot sign.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// Why a [`KeySource`](crate::KeySource) could not ask for keys.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct KeySourceError(Box<dyn std::error::Error + Send + Sync>);

impl KeySourceError {
    /// With this cause, which is told in the log and to nobody else.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl Fault {
    /// Whether trying again may help: 503 rather than 500.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Busy | Self::Keys(_) => true,
            Self::Store(error) => matches!(error.kind(), StoreErrorKind::Unavailable),
            Self::Entropy(_) | Self::Internal(_) => false,
        }
    }
}

macro_rules! into_error {
    ($($from:ty => $via:ty),* $(,)?) => {$(
        impl From<$from> for Error {
            fn from(cause: $from) -> Self {
                <$via>::from(cause).into()
            }
        }
    )*};
}

into_error! {
    StoreError => Fault,
    EntropyError => Fault,
    KeySourceError => Fault,
    Flaw => Refusal,
    EmailFlaw => Flaw,
    NameFlaw => Flaw,
    PasswordFlaw => Flaw,
}
