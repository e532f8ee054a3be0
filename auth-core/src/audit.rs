//! The events worth keeping, all in one file: who logged in, who was refused, which session ended.
//!
//! Every event has the target `auth::audit`, ids, and no secret, no address and no name.

use std::error::Error;

use crate::actor::Actor;
use crate::error::Fault;
use crate::id::{SessionId, UserId};
use crate::list::AccountState;
use crate::model::{EndReason, User};
use crate::store::Change;

const TARGET: &str = "auth::audit";

pub(crate) fn logged_in(user: UserId, session: SessionId, replaces: Option<SessionId>) {
    let replaces = replaces.map(tracing::field::display);
    tracing::info!(target: TARGET, event = "login", %user, %session, replaces, "a session was opened");
}

pub(crate) fn not_strengthened(user: UserId, fault: &Fault) {
    let cause = fault.source().map(tracing::field::display);
    tracing::warn!(target: TARGET, event = "not_strengthened", %user, %fault, cause, "a weak password hash stays for now");
}

pub(crate) fn login_refused(user: Option<UserId>) {
    match user {
        Some(user) => tracing::info!(target: TARGET, event = "login_refused", %user, "a login was refused"),
        None => {
            tracing::info!(target: TARGET, event = "login_refused", "a login was refused: no such account");
        }
    }
}

pub(crate) fn unusable_hash(user: UserId) {
    tracing::error!(
        target: TARGET,
        event = "unusable_hash",
        %user,
        "the stored password hash is malformed, of an unknown kind or costs more than is allowed; the login was refused"
    );
}

pub(crate) fn session_ended(user: UserId, session: SessionId, why: EndReason) {
    let reason = why.as_str();
    if why == EndReason::Reuse {
        tracing::warn!(
            target: TARGET,
            event = "refresh_token_reuse",
            %user,
            %session,
            reason,
            "a spent refresh token was presented: two holders of one session; it was ended"
        );
    } else {
        tracing::info!(target: TARGET, event = "session_ended", %user, %session, reason, "a session was ended");
    }
}

pub(crate) fn first_admin_created(user: UserId) {
    tracing::warn!(target: TARGET, event = "bootstrap", %user, "the first admin was created");
}

pub(crate) fn own_sessions_ended(user: UserId, ended: u64) {
    let reason = EndReason::Revoked.as_str();
    tracing::info!(target: TARGET, event = "sessions_ended", %user, ended, reason, "sessions were ended by their user");
}

pub(crate) fn session_revoked(by: Actor, user: UserId, session: SessionId) {
    let reason = EndReason::RevokedByAdmin.as_str();
    tracing::warn!(target: TARGET, event = "session_ended", %by, %user, %session, reason, "a session was ended for its user");
}

pub(crate) fn sessions_revoked(by: Actor, user: UserId, ended: u64) {
    let reason = EndReason::RevokedByAdmin.as_str();
    tracing::warn!(target: TARGET, event = "sessions_ended", %by, %user, ended, reason, "sessions were ended for their user");
}

pub(crate) fn renamed(user: UserId) {
    tracing::info!(target: TARGET, event = "user_renamed", %user, "a user changed their name");
}

pub(crate) fn password_changed(user: UserId, session: SessionId, ended: u64) {
    tracing::warn!(
        target: TARGET,
        event = "password_changed",
        %user,
        %session,
        ended,
        "a user replaced their password; their other sessions were ended"
    );
}

pub(crate) fn password_refused(user: UserId, session: SessionId) {
    tracing::warn!(
        target: TARGET,
        event = "password_refused",
        %user,
        %session,
        "a change of password was refused: the current one was wrong"
    );
}

pub(crate) fn user_created(by: Actor, user: &User) {
    let User { id, role, .. } = user;
    tracing::warn!(target: TARGET, event = "user_created", %by, user = %id, %role, "an account was created");
}

pub(crate) fn users_imported(by: Actor, created: usize, asked: usize) {
    tracing::warn!(target: TARGET, event = "users_imported", %by, created, asked, "accounts were imported");
}

pub(crate) fn user_changed(by: Actor, user: UserId, change: &Change, ended: u64) {
    let role = change.role.as_ref().map(tracing::field::display);
    let state = change.state.map(|state| match state {
        AccountState::Enabled => "enabled",
        AccountState::Disabled => "disabled",
    });
    let (name, password) = (change.name.is_some(), change.password.is_some());
    tracing::warn!(
        target: TARGET,
        event = "user_changed",
        %by,
        %user,
        role,
        state,
        name,
        password,
        ended,
        "an account was changed"
    );
}

pub(crate) fn user_deleted(by: Actor, user: UserId) {
    tracing::warn!(target: TARGET, event = "user_deleted", %by, %user, "an account was deleted, with all its sessions");
}
