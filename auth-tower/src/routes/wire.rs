//! The JSON of the answers: the only types that are `Serialize`, field by field in their order on
//! the wire.

use auth_core::{
    AccountPage, AccountState, Client, Event, EventPage, LiveSession, RequestId, SessionId, User, UserAgent,
};
use serde::Serialize;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

#[cfg(feature = "openapi")]
use super::openapi::shapes;
use super::time;

/// The body of a login.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = LoginResponse))]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::access_token))]
    pub(super) access_token: &'a str,
    pub(super) user: Person<'a>,
}

/// The body of a refresh.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = RefreshResponse))]
#[serde(rename_all = "camelCase")]
pub(super) struct Renewal<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::access_token))]
    pub(super) access_token: &'a str,
}

/// A user as their browser may see them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = User))]
pub(super) struct Person<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::id))]
    id: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::email))]
    email: &'a str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::name))]
    name: &'a str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::role))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = Account))]
#[serde(rename_all = "camelCase")]
pub(super) struct Account<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::id))]
    id: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::email))]
    email: &'a str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::name))]
    name: &'a str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::role))]
    role: &'a str,
    disabled: bool,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::time))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = AccountPage))]
#[serde(rename_all = "camelCase")]
pub(super) struct Accounts<'a> {
    users: Vec<Account<'a>>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::next_account, required = true))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = SessionList))]
pub(super) struct Sessions<'a> {
    sessions: Vec<Session<'a>>,
}

/// A session as its user or an admin sees it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = Session))]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::id))]
    id: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::time))]
    created_at: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::time))]
    last_used_at: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::time))]
    expires_at: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::user_agent, required = true))]
    user_agent: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::ip_address, required = true))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = EventPage))]
#[serde(rename_all = "camelCase")]
pub(super) struct Events<'a> {
    events: Vec<Happening<'a>>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::next_event, required = true))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = Event))]
#[serde(rename_all = "camelCase")]
struct Happening<'a> {
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::id))]
    id: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::time))]
    at: String,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::kind))]
    kind: &'static str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::cause, required = true))]
    cause: Option<&'static str>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::actor, required = true))]
    by: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::optional_id, required = true))]
    user_id: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::email_digest, required = true))]
    email_digest: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::optional_id, required = true))]
    session_id: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::count, required = true))]
    count: Option<u64>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::optional_role, required = true))]
    role: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::ip_address, required = true))]
    ip_address: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::user_agent, required = true))]
    user_agent: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::request_id, required = true))]
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
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = SessionsEnded))]
pub(super) struct Ended {
    message: &'static str,
    #[cfg_attr(feature = "openapi", schema(schema_with = shapes::number))]
    ended: u64,
}

/// The body of an answer that has nothing to hand out.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema), schema(as = Message))]
pub(super) struct Message {
    message: &'static str,
}

impl Message {
    pub(super) const LOGGED_OUT: Self = Self { message: "Logged out successfully" };
    pub(super) const ADMIN_CREATED: Self = Self { message: "Admin user created successfully" };
    pub(super) const PASSWORD_CHANGED: Self = Self { message: "Password changed" };
    pub(super) const SESSION_ENDED: Self = Self { message: "Session ended" };
    pub(super) const USER_DELETED: Self = Self { message: "User deleted" };
    pub(super) const USER_UNLOCKED: Self = Self { message: "User unlocked" };
}

impl Ended {
    pub(super) const fn sessions(ended: u64) -> Self {
        Self { message: "Sessions ended", ended }
    }
}
