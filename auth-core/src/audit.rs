//! What is worth telling, all in one file: who logged in, who was refused, which session ended.

use crate::actor::Actor;
use crate::email::Email;
use crate::event::{Cause, EventKind, Happening};
use crate::id::{SessionId, UserId};
use crate::list::AccountState;
use crate::model::{EndReason, User};
use crate::store::Change;

pub(crate) fn logged_in(user: UserId, email: &Email, session: SessionId) -> Happening {
    Happening::new(EventKind::LoginSucceeded).user(user).email(email).session(session)
}

pub(crate) fn login_failed(user: Option<UserId>, email: &Email, cause: Cause) -> Happening {
    Happening::new(EventKind::LoginFailed).user(user).email(email).cause(cause)
}

pub(crate) fn throttled(user: Option<UserId>, email: Option<&Email>, cause: Cause) -> Happening {
    let happening = Happening::new(EventKind::Throttled).user(user).cause(cause);
    match email {
        Some(email) => happening.email(email),
        None => happening,
    }
}

pub(crate) fn throttle_reset(by: Actor, user: UserId) -> Happening {
    Happening::new(EventKind::ThrottleReset).by(by).user(user)
}

pub(crate) fn strengthened(user: UserId) -> Happening {
    Happening::new(EventKind::PasswordStrengthened).user(user)
}

pub(crate) fn not_strengthened(user: UserId) -> Happening {
    Happening::new(EventKind::PasswordNotStrengthened).user(user)
}

pub(crate) fn unusable_hash(user: UserId) -> Happening {
    Happening::new(EventKind::HashUnusable).user(user)
}

pub(crate) fn session_ended(user: UserId, session: SessionId, why: EndReason) -> Happening {
    let kind = if why == EndReason::Reuse { EventKind::RefreshReused } else { EventKind::SessionEnded };
    Happening::new(kind).user(user).session(session).cause(why)
}

pub(crate) fn first_admin_created(user: UserId) -> Happening {
    Happening::new(EventKind::Bootstrap).user(user)
}

pub(crate) fn bootstrap_refused() -> Happening {
    Happening::new(EventKind::BootstrapRefused)
}

/// `kept` is the session that goes on, if one does.
pub(crate) fn own_sessions_ended(user: UserId, kept: Option<SessionId>, ended: u64) -> Happening {
    let happening =
        Happening::new(EventKind::SessionsEnded).user(user).cause(EndReason::Revoked).count(ended);
    match kept {
        Some(kept) => happening.session(kept),
        None => happening,
    }
}

pub(crate) fn session_revoked(by: Actor, user: UserId, session: SessionId) -> Happening {
    session_ended(user, session, EndReason::RevokedByAdmin).by(by)
}

pub(crate) fn sessions_revoked(by: Actor, user: UserId, ended: u64) -> Happening {
    Happening::new(EventKind::SessionsEnded).by(by).user(user).cause(EndReason::RevokedByAdmin).count(ended)
}

pub(crate) fn renamed(user: UserId) -> Happening {
    Happening::new(EventKind::UserRenamed).user(user)
}

pub(crate) fn password_changed(user: UserId, session: SessionId, ended: u64) -> Happening {
    Happening::new(EventKind::PasswordChanged).user(user).session(session).count(ended)
}

pub(crate) fn password_refused(user: UserId, session: SessionId, cause: Cause) -> Happening {
    Happening::new(EventKind::PasswordRefused).user(user).session(session).cause(cause)
}

pub(crate) fn user_created(by: Actor, user: &User) -> Happening {
    Happening::new(EventKind::UserCreated).by(by).user(user.id).role(&user.role)
}

pub(crate) fn users_imported(by: Actor, created: usize) -> Happening {
    Happening::new(EventKind::UsersImported).by(by).count(created as u64)
}

/// One event for each thing that was changed. Sessions are ended by a new password only where the
/// account was not disabled by the same change.
pub(crate) fn user_changed(by: Actor, user: UserId, change: &Change, ended: u64) -> Vec<Happening> {
    let Change { name, role, state, password } = change;
    let told = |kind| Happening::new(kind).by(by).user(user);
    let mut happenings = Vec::new();
    if name.is_some() {
        happenings.push(told(EventKind::UserRenamed));
    }
    if let Some(role) = role {
        happenings.push(told(EventKind::RoleChanged).role(role));
    }
    match state {
        Some(AccountState::Disabled) => happenings.push(told(EventKind::UserDisabled).count(ended)),
        Some(AccountState::Enabled) => happenings.push(told(EventKind::UserEnabled)),
        None => {}
    }
    if password.is_some() {
        let ended = if *state == Some(AccountState::Disabled) { 0 } else { ended };
        happenings.push(told(EventKind::PasswordReset).count(ended));
    }
    happenings
}

pub(crate) fn user_deleted(by: Actor, user: UserId) -> Happening {
    Happening::new(EventKind::UserDeleted).by(by).user(user)
}

pub(crate) fn permission_denied(user: UserId, session: SessionId) -> Happening {
    Happening::new(EventKind::PermissionDenied).user(user).session(session)
}
