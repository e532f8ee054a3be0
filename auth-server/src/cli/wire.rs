//! The JSON of the commands, field by field; what the routes answer for the same things, and in
//! the same names.

use auth_core::{AccountState, Event, LiveSession, RequestId, User, UserAgent};
use serde::Serialize;

use super::time::rfc3339;

/// An account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    id: String,
    email: String,
    name: String,
    role: String,
    disabled: bool,
    created_at: String,
}

impl From<&User> for Account {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.to_string(),
            name: user.name.to_string(),
            role: user.role.to_string(),
            disabled: user.disabled_at.is_some(),
            created_at: rfc3339(user.created_at),
        }
    }
}

/// A live session.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    id: String,
    created_at: String,
    last_used_at: String,
    expires_at: String,
    user_agent: Option<String>,
    ip_address: Option<String>,
}

impl From<&LiveSession> for Session {
    fn from(session: &LiveSession) -> Self {
        let client = &session.client;
        Self {
            id: session.id.to_string(),
            created_at: rfc3339(session.created_at),
            last_used_at: rfc3339(session.last_used_at),
            expires_at: rfc3339(session.expires_at),
            user_agent: client.user_agent.as_ref().map(UserAgent::as_str).map(str::to_owned),
            ip_address: client.ip_address.map(|address| address.to_string()),
        }
    }
}

/// Events, the latest first.
#[derive(Debug, Serialize)]
pub(super) struct Events {
    events: Vec<Happening>,
}

impl From<&[Event]> for Events {
    fn from(events: &[Event]) -> Self {
        Self { events: events.iter().map(Happening::from).collect() }
    }
}

/// An event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Happening {
    id: String,
    at: String,
    kind: &'static str,
    cause: Option<&'static str>,
    by: Option<String>,
    user_id: Option<String>,
    email_digest: Option<String>,
    session_id: Option<String>,
    count: Option<u64>,
    role: Option<String>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
}

impl From<&Event> for Happening {
    fn from(event: &Event) -> Self {
        let client = &event.client;
        Self {
            id: event.id.to_string(),
            at: rfc3339(event.at),
            kind: event.kind.as_str(),
            cause: event.cause.map(auth_core::Cause::as_str),
            by: event.by.map(|actor| actor.to_string()),
            user_id: event.user.map(|id| id.to_string()),
            email_digest: event.email.map(|digest| digest.to_string()),
            session_id: event.session.map(|id| id.to_string()),
            count: event.count,
            role: event.role.as_ref().map(ToString::to_string),
            ip_address: client.ip_address.map(|address| address.to_string()),
            user_agent: client.user_agent.as_ref().map(UserAgent::as_str).map(str::to_owned),
            request_id: client.request_id.as_ref().map(RequestId::as_str).map(str::to_owned),
        }
    }
}

/// The word for a state.
pub(super) const fn state(user: &User) -> &'static str {
    match AccountState::of(user) {
        AccountState::Enabled => "enabled",
        AccountState::Disabled => "disabled",
    }
}

/// `1 session`, `2 sessions`.
pub(super) fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
