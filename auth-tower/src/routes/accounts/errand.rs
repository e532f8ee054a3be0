//! What is asked about accounts and sessions, as far as path and method tell.

use auth_core::{SessionId, UserId};

/// What is asked. An id that is no id is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Errand {
    Rename,
    ChangePassword,
    OwnSessions,
    EndOwnSession(Option<SessionId>),
    EndOwnSessions,
    List,
    Create,
    Show(Option<UserId>),
    Change(Option<UserId>),
    Delete(Option<UserId>),
    Sessions(Option<UserId>),
    EndSession(Option<UserId>, Option<SessionId>),
    EndSessions(Option<UserId>),
    Unlock(Option<UserId>),
    Events,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Audience {
    /// Whoever is logged in, about themselves.
    Everyone,
    /// Admins, about anyone.
    Admins,
}

/// What becomes of the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Payload {
    /// It is not looked at, for a GET has none that would mean anything.
    Unread,
    /// It is read to its end, and means nothing.
    Ignored,
    /// It is read as JSON.
    Json,
}

impl Errand {
    pub(in crate::routes) fn audience(self) -> Audience {
        match self {
            Self::Rename
            | Self::ChangePassword
            | Self::OwnSessions
            | Self::EndOwnSession(_)
            | Self::EndOwnSessions => Audience::Everyone,
            Self::List
            | Self::Create
            | Self::Show(_)
            | Self::Change(_)
            | Self::Delete(_)
            | Self::Sessions(_)
            | Self::EndSession(..)
            | Self::EndSessions(_)
            | Self::Unlock(_)
            | Self::Events => Audience::Admins,
        }
    }

    pub(in crate::routes) fn payload(self) -> Payload {
        match self {
            Self::OwnSessions | Self::List | Self::Show(_) | Self::Sessions(_) | Self::Events => {
                Payload::Unread
            }
            Self::EndOwnSession(_)
            | Self::EndOwnSessions
            | Self::Delete(_)
            | Self::EndSession(..)
            | Self::EndSessions(_)
            | Self::Unlock(_) => Payload::Ignored,
            Self::Rename | Self::ChangePassword | Self::Create | Self::Change(_) => Payload::Json,
        }
    }

    /// The word for logs.
    pub(in crate::routes) fn name(self) -> &'static str {
        match self {
            Self::Rename => "me",
            Self::ChangePassword => "password",
            Self::OwnSessions | Self::EndOwnSession(_) | Self::EndOwnSessions => "sessions",
            Self::List | Self::Create | Self::Show(_) | Self::Change(_) | Self::Delete(_) => "users",
            Self::Sessions(_) | Self::EndSession(..) | Self::EndSessions(_) => "users/sessions",
            Self::Unlock(_) => "users/unlock",
            Self::Events => "audit",
        }
    }
}
