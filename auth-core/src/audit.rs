//! The events worth keeping, all in one file: who logged in, who was refused, which session ended.
//!
//! Every event has the target `auth::audit`, ids, and no secret, no address and no name.

use std::error::Error;

use crate::error::Fault;
use crate::id::{SessionId, UserId};
use crate::model::EndReason;

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
