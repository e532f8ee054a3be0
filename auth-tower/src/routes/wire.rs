//! The JSON of the answers: the only types that are `Serialize`, field by field in their order on
//! the wire.

use auth_core::{
    AccountPage, AccountState, Client, Event, EventPage, LiveSession, RequestId, SessionId, User, UserAgent,
};
use serde::Serialize;

use super::time;

/// The body of a login.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pub(super) access_token: &'a str,
    pub(super) user: Person<'a>,
}

/// The body of a refresh.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Renewal<'a> {
    pub(super) access_token: &'a str,
}

/// A user as their browser may see them.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    id: String,
    email: &'a str,
    name: &'a str,
    role: &'a str,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            name: user.name.as_str(),
            role: user.role.as_str(),
        }
    }
}

/// An account as an admin sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account<'a> {
    id: String,
    email: &'a str,
    name: &'a str,
    role: &'a str,
    disabled: bool,
    created_at: String,
}

impl<'a> From<&'a User> for Account<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            name: user.name.as_str(),
            role: user.role.as_str(),
            disabled: match AccountState::of(user) {
                AccountState::Enabled => false,
                AccountState::Disabled => true,
            },
            created_at: time::text(user.created_at),
        }
    }
}

/// One page of accounts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accounts<'a> {
    users: Vec<Account<'a>>,
    next_cursor: Option<String>,
}

impl<'a> From<&'a AccountPage> for Accounts<'a> {
    fn from(page: &'a AccountPage) -> Self {
        Self {
            users: page.users.iter().map(Account::from).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
        }
    }
}

/// The live sessions of one user.
#[derive(Serialize)]
pub(super) struct Sessions<'a> {
    sessions: Vec<Session<'a>>,
}

/// A session as its user or an admin sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    id: String,
    created_at: String,
    last_used_at: String,
    expires_at: String,
    user_agent: Option<&'a str>,
    ip_address: Option<String>,
    current: bool,
}

impl<'a> Sessions<'a> {
    /// All of them, in their order; `asking` is the current one.
    pub(super) fn new(sessions: &'a [LiveSession], asking: SessionId) -> Self {
        let shown = |session: &'a LiveSession| {
            let Client { user_agent, ip_address, request_id: _ } = &session.client;
            Session {
                id: session.id.to_string(),
                created_at: time::text(session.created_at),
                last_used_at: time::text(session.last_used_at),
                expires_at: time::text(session.expires_at),
                user_agent: user_agent.as_ref().map(UserAgent::as_str),
                ip_address: ip_address.map(|address| address.to_string()),
                current: session.id == asking,
            }
        };
        Self { sessions: sessions.iter().map(shown).collect() }
    }
}

/// One page of events.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Events<'a> {
    events: Vec<Happening<'a>>,
    next_cursor: Option<String>,
}

impl<'a> From<&'a EventPage> for Events<'a> {
    fn from(page: &'a EventPage) -> Self {
        Self {
            events: page.events.iter().map(Happening::from).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
        }
    }
}

/// An event as an admin sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Happening<'a> {
    id: String,
    at: String,
    kind: &'static str,
    cause: Option<&'static str>,
    by: Option<String>,
    user_id: Option<String>,
    email_digest: Option<String>,
    session_id: Option<String>,
    count: Option<u64>,
    role: Option<&'a str>,
    ip_address: Option<String>,
    user_agent: Option<&'a str>,
    request_id: Option<&'a str>,
}

impl<'a> From<&'a Event> for Happening<'a> {
    fn from(event: &'a Event) -> Self {
        let Event { id, at, kind, cause, by, user, email, session, count, role, client } = event;
        let Client { user_agent, ip_address, request_id } = client;
        Self {
            id: id.to_string(),
            at: time::text(*at),
            kind: kind.as_str(),
            cause: cause.map(auth_core::Cause::as_str),
            by: by.map(|actor| actor.to_string()),
            user_id: user.map(|id| id.to_string()),
            email_digest: email.map(|digest| digest.to_string()),
            session_id: session.map(|id| id.to_string()),
            count: *count,
            role: role.as_ref().map(auth_core::Role::as_str),
            ip_address: ip_address.map(|address| address.to_string()),
            user_agent: user_agent.as_ref().map(UserAgent::as_str),
            request_id: request_id.as_ref().map(RequestId::as_str),
        }
    }
}

/// The body of an answer that says how many sessions were ended.
#[derive(Serialize)]
pub(super) struct Ended {
    pub(super) message: &'static str,
    pub(super) ended: u64,
}

/// The body of an answer that has nothing to hand out.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) message: &'static str,
}
