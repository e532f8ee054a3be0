//! A session's row, as the plays look at it.

use auth_core::store::Opening;
use auth_core::{Session, SessionId, Timestamp, UserId};

/// A session's row in a form that can be compared and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) secret: [u8; 32],
    pub(crate) generation: u32,
    pub(crate) parent: Option<u32>,
    pub(crate) rotated_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

impl Facts {
    /// What a session must be right after this opening.
    pub(crate) fn of(opening: &Opening) -> Self {
        Self {
            id: opening.key.id,
            user: opening.user,
            secret: *opening.key.secret.as_bytes(),
            generation: 0,
            parent: None,
            rotated_at: None,
            expires_at: opening.expires_at,
            ends_at: opening.ends_at,
            ended_at: None,
        }
    }
}

impl From<&Session> for Facts {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            user: session.user_id,
            secret: *session.secret.as_bytes(),
            generation: session.generation,
            parent: session.parent,
            rotated_at: session.rotated_at,
            expires_at: session.expires_at,
            ends_at: session.ends_at,
            ended_at: session.ended_at,
        }
    }
}
