//! The two closed lists: what can happen, and why.

use std::fmt;
use std::str::FromStr;

use crate::model::EndReason;

/// The text is none of the words of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a word of this list")]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$entry:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$entry])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word for logs, columns and the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word).ok_or(UnknownWord)
            }
        }
    };
}

words! {
    /// What happened. The [`Event`](super::Event)'s other fields are set where they make sense.
    EventKind {
        /// Someone logged in; `session` is the new one.
        LoginSucceeded = "login_succeeded",
        /// A login was refused; the cause says what was wrong, which the answer does not.
        LoginFailed = "login_failed",
        /// A password was not looked at, because too many had been wrong before. Told once in ten
        /// seconds for each account and address, however many are refused.
        Throttled = "throttled",
        /// An admin, or the operator, let an account try again at once.
        ThrottleReset = "throttle_reset",
        /// A spent refresh token was presented: two holders of one session, which has ended.
        RefreshReused = "refresh_reused",
        /// A session was ended; the cause says why.
        SessionEnded = "session_ended",
        /// Several sessions of a user were ended at once; `count` of them were live.
        SessionsEnded = "sessions_ended",
        /// Someone replaced their own password; `count` other sessions were ended by it.
        PasswordChanged = "password_changed",
        /// Someone who is logged in gave a wrong password as their current one.
        PasswordRefused = "password_refused",
        /// A user was given another password; `count` sessions were ended by it.
        PasswordReset = "password_reset",
        /// A login made the stored hash of a password stronger.
        PasswordStrengthened = "password_strengthened",
        /// A stronger hash could not be made or stored; the weak one stays until the next login.
        PasswordNotStrengthened = "password_not_strengthened",
        /// A stored hash is malformed, of an unknown kind, or costs more than is allowed.
        HashUnusable = "hash_unusable",
        /// The first admin was created.
        Bootstrap = "bootstrap",
        /// Somebody tried to create the first admin without the token for it.
        BootstrapRefused = "bootstrap_refused",
        /// An account was created; `role` is its role.
        UserCreated = "user_created",
        /// Accounts were imported; `count` of them were created.
        UsersImported = "users_imported",
        /// A user has another name.
        UserRenamed = "user_renamed",
        /// A user has another role, `role`.
        RoleChanged = "role_changed",
        /// An account was disabled; `count` sessions were ended by it.
        UserDisabled = "user_disabled",
        /// An account was enabled.
        UserEnabled = "user_enabled",
        /// An account was deleted, with all its sessions.
        UserDeleted = "user_deleted",
        /// Someone asked for what their role may not do. Told once in ten seconds for each user.
        PermissionDenied = "permission_denied",
    }
}

words! {
    /// Why it happened.
    Cause {
        /// No account has the address.
        UnknownAccount = "unknown_account",
        /// Another password.
        WrongPassword = "wrong_password",
        /// The account is disabled.
        AccountDisabled = "account_disabled",
        /// The account has no password, or one that cannot be verified.
        NoPassword = "no_password",
        /// The client went away before the password had been looked at.
        GivenUp = "given_up",
        /// Too many wrong passwords for one account.
        AccountLimit = "account_limit",
        /// So many wrong passwords in a row that only an admin can let the account try again.
        AttemptsExhausted = "attempts_exhausted",
        /// Too many wrong passwords from one address.
        AddressLimit = "address_limit",
        /// See [`EndReason::Logout`].
        Logout = "logout",
        /// See [`EndReason::Replaced`].
        Replaced = "replaced",
        /// See [`EndReason::Reuse`].
        Reuse = "reuse",
        /// See [`EndReason::PasswordReplaced`].
        PasswordReplaced = "password_replaced",
        /// See [`EndReason::Disabled`].
        Disabled = "disabled",
        /// See [`EndReason::Revoked`].
        Revoked = "revoked",
        /// See [`EndReason::RevokedByAdmin`].
        RevokedByAdmin = "revoked_by_admin",
        /// See [`EndReason::SessionLimit`].
        SessionLimit = "session_limit",
    }
}

impl From<EndReason> for Cause {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::Logout => Self::Logout,
            EndReason::Replaced => Self::Replaced,
            EndReason::Reuse => Self::Reuse,
            EndReason::PasswordReplaced => Self::PasswordReplaced,
            EndReason::Disabled => Self::Disabled,
            EndReason::Revoked => Self::Revoked,
            EndReason::RevokedByAdmin => Self::RevokedByAdmin,
            EndReason::SessionLimit => Self::SessionLimit,
        }
    }
}

/// How loudly it is told in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loudness {
    /// What happens all day.
    Info,
    /// What someone may want to look at.
    Warning,
    /// What someone has to repair.
    Error,
}

impl EventKind {
    pub(super) const fn loudness(self) -> Loudness {
        match self {
            Self::LoginSucceeded
            | Self::LoginFailed
            | Self::SessionEnded
            | Self::SessionsEnded
            | Self::PasswordStrengthened
            | Self::UserRenamed => Loudness::Info,
            Self::Throttled
            | Self::ThrottleReset
            | Self::RefreshReused
            | Self::PasswordChanged
            | Self::PasswordRefused
            | Self::PasswordReset
            | Self::PasswordNotStrengthened
            | Self::Bootstrap
            | Self::BootstrapRefused
            | Self::UserCreated
            | Self::UsersImported
            | Self::RoleChanged
            | Self::UserDisabled
            | Self::UserEnabled
            | Self::UserDeleted
            | Self::PermissionDenied => Loudness::Warning,
            Self::HashUnusable => Loudness::Error,
        }
    }

    /// Whether it ends sessions of a user without naming each.
    pub const fn ends_sessions(self) -> bool {
        matches!(
            self,
            Self::SessionsEnded
                | Self::PasswordChanged
                | Self::PasswordReset
                | Self::UserDisabled
                | Self::UserDeleted
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_word_is_read_as_what_it_was_written_as() {
        for kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for cause in Cause::ALL {
            assert_eq!(cause.as_str().parse(), Ok(*cause));
        }
        assert_eq!("Login_succeeded".parse::<EventKind>(), Err(UnknownWord));
    }

    #[test]
    fn no_word_stands_for_two_things() {
        let kinds: HashSet<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(kinds.len(), EventKind::ALL.len());
        let causes: HashSet<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(causes.len(), Cause::ALL.len());
    }

    #[test]
    fn a_session_ends_for_the_reason_that_its_row_has() {
        for reason in EndReason::ALL {
            assert_eq!(Cause::from(*reason).as_str(), reason.as_str());
        }
    }
}
