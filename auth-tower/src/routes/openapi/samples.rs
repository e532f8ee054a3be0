//! One of everything: the examples are written by what writes the answers.

use std::time::Duration;

use auth_core::{
    AccountPage, Cause, Client, Email, Event, EventId, EventKind, EventPage, IssuedRefresh, Jwks,
    LiveSession, Name, RefreshToken, RequestId, Role, SessionId, Timestamp, User, UserAgent, UserId,
};
use serde_json::Value;

/// Times and ids begin here: 26 November 2026, 09:30 in UTC.
const MORNING: i64 = 1_795_685_400_000;

const ACCESS_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl";

pub(super) fn access_token() -> &'static str {
    ACCESS_TOKEN
}

fn id(last: u8) -> [u8; 16] {
    [0x01, 0x9a, 0xbf, 0x65, 0x8a, 0x4c, 0x7c, 0x3e, 0x9d, 0x2a, 0x5b, 0x7f, 0x0c, 0x1d, 0x2e, last]
}

fn minutes(after: i64) -> Timestamp {
    Timestamp::from_millis(MORNING + after * 60_000)
}

pub(super) fn user_id() -> UserId {
    UserId::from_bytes(id(0x3f))
}

pub(super) fn session_id() -> SessionId {
    SessionId::from_bytes(id(0x5a))
}

pub(super) fn user() -> User {
    User {
        id: user_id(),
        email: Email::parse("admin@example.com").expect("an address"),
        name: Name::parse("Admin").expect("a name"),
        role: Role::ADMIN,
        created_at: minutes(0),
        disabled_at: None,
    }
}

fn client() -> Client {
    Client {
        user_agent: Some(UserAgent::new("Mozilla/5.0").expect("a user agent")),
        ip_address: Some([203, 0, 113, 7].into()),
        request_id: RequestId::new("019abf65-9b1e-7a40-8c11-2f0a6d4e7b90"),
    }
}

pub(super) fn sessions() -> Vec<LiveSession> {
    vec![LiveSession {
        id: session_id(),
        created_at: minutes(1),
        last_used_at: minutes(42),
        expires_at: minutes(42 + 7 * 24 * 60),
        client: client(),
    }]
}

pub(super) fn accounts() -> AccountPage {
    AccountPage { users: vec![user()], next: None }
}

pub(super) fn events() -> EventPage {
    let event = Event {
        id: EventId::from_bytes(id(0x71)),
        at: minutes(43),
        kind: EventKind::SessionEnded,
        cause: Some(Cause::Logout),
        by: None,
        user: Some(user_id()),
        email: None,
        session: Some(session_id()),
        count: None,
        role: None,
        client: client(),
    };
    EventPage { events: vec![event], next: None }
}

/// The key of RFC 8037 §A.
pub(super) fn keys() -> Value {
    let key =
        br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let keys = Jwks::parse(key).expect("a set of one good key").to_json();
    serde_json::from_str(&keys).expect("a set is JSON")
}

pub(super) fn refresh(max_age: Duration) -> IssuedRefresh {
    IssuedRefresh { token: RefreshToken::new("AZq_ZYpMfD6dKlt_DB0uWg"), max_age }
}
