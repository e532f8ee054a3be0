//! The JSON of the commands, field by field; what the routes answer for the same things, and in
//! the same names.

use auth_core::{AccountState, LiveSession, User, UserAgent};
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
