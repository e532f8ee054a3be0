//! Who may do what: one table, with every method of every place, and everyone who may come.

use std::collections::BTreeSet;

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;

use super::super::answer::Answer;
use super::super::client::{Ask, Session};
use super::super::token::Jwt;
use super::super::{App, Door, Settings};
use super::places::{all, filled, method};
use super::team::Team;
use super::wire::{Account, Page, Seen, Told};

/// What someone gets who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// What the row says.
    Done,
    /// 401, because there is no token.
    NoToken,
    /// 401, because the token is not good, or not any more.
    BadToken,
    /// 403.
    Denied,
    /// 404.
    Missing,
}

/// What a row answers to whoever may ask.
#[derive(Clone, Copy, Debug)]
enum Good {
    User,
    Account(StatusCode),
    Page,
    Sessions,
    Events,
    Says(&'static str),
    Nothing,
}

/// A method and a place, what is sent, what comes back, and for whom. `{id}` is the owner's, and
/// `{sid}` one of the owner's sessions: the one that asks, where it is the owner who does.
///
/// The columns: no token, a bad token, the owner in role `USER`, another user, an admin, an admin
/// who has been disabled, an admin who has just been demoted; the last two with tokens from before.
type Row = (&'static str, &'static str, &'static str, Good, [Cell; 7]);

const PASSWORDS: &str = r#"{"currentPassword":"StrongPassword123!","newPassword":"AnotherPassword456!"}"#;
const NEW: &str = r#"{"email":"new@example.com","name":"New","role":"USER","password":"StrongPassword123!"}"#;
const NAME: &str = r#"{"name":"Changed"}"#;
const NONE_ENDED: &str = r#"{"message":"Sessions ended","ended":0}"#;
const ONE_ENDED: &str = r#"{"message":"Sessions ended","ended":1}"#;

#[rustfmt::skip]
fn table() -> [Row; 22] {
    use Cell::{BadToken as Bad, Denied, Done, Missing, NoToken as No};
    use Good::{Events, Nothing, Page, Says, Sessions, User};
    let (shown, created) = (Good::Account(StatusCode::OK), Good::Account(StatusCode::CREATED));
    let (ended, deleted) = (Says(r#"{"message":"Session ended"}"#), Says(r#"{"message":"User deleted"}"#));
    let replaced = Says(r#"{"message":"Password changed"}"#);
    let unlocked = Says(r#"{"message":"User unlocked"}"#);
    [
        //                                                                     none bad  owner   other    admin    disabled demoted
        ("GET",    "/me",                        "",        User,             [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("HEAD",   "/me",                        "",        Nothing,          [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("PATCH",  "/me",                        NAME,      User,             [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("GET",    "/sessions",                  "",        Sessions,         [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("HEAD",   "/sessions",                  "",        Nothing,          [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("DELETE", "/sessions",                  "",        Says(NONE_ENDED), [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("DELETE", "/sessions/{sid}",            "",        ended,            [No, Bad, Done,   Missing, Missing, Bad, Missing]),
        ("POST",   "/password",                  PASSWORDS, replaced,         [No, Bad, Done,   Done,    Done,    Bad, Done]),
        ("GET",    "/users",                     "",        Page,             [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("HEAD",   "/users",                     "",        Nothing,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("POST",   "/users",                     NEW,       created,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("GET",    "/users/{id}",                "",        shown,            [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("HEAD",   "/users/{id}",                "",        Nothing,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("PATCH",  "/users/{id}",                NAME,      shown,            [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("DELETE", "/users/{id}",                "",        deleted,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("GET",    "/users/{id}/sessions",       "",        Sessions,         [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("HEAD",   "/users/{id}/sessions",       "",        Nothing,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("DELETE", "/users/{id}/sessions",       "",        Says(ONE_ENDED),  [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("DELETE", "/users/{id}/sessions/{sid}", "",        ended,            [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("POST",   "/users/{id}/unlock",         "",        unlocked,         [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("GET",    "/audit",                     "",        Events,           [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
        ("HEAD",   "/audit",                     "",        Nothing,          [No, Bad, Denied, Denied,  Done,    Bad, Denied]),
    ]
}

/// Everyone who may come, but for the owner, who has to come anew after each loss.
struct Callers {
    forged: String,
    other: Session,
    admin: Session,
    disabled: Session,
    demoted: Session,
}

impl Callers {
    async fn of<A: App>(team: &Team<A>) -> Self {
        let disabled = team.member("disabled@example.com", "ADMIN").await;
        let demoted = team.member("demoted@example.com", "ADMIN").await;
        team.change(&disabled.user_id, &json!({ "disabled": true })).await;
        team.change(&demoted.user_id, &json!({ "role": "USER" })).await;
        let forged = Jwt::parse(&team.admin.access).signed_with(Settings::REFRESH_SECRET.as_bytes());
        let other = team.member("other@example.com", "USER").await;
        Self { forged, other, admin: team.admin.clone(), disabled, demoted }
    }

    /// The tokens, in the order of the columns.
    fn tokens<'a>(&'a self, owner: &'a Session) -> [Option<&'a str>; 7] {
        let [other, admin, disabled, demoted] =
            [&self.other, &self.admin, &self.disabled, &self.demoted].map(|who| Some(who.access.as_str()));
        [None, Some(&self.forged), Some(&owner.access), other, admin, disabled, demoted]
    }
}

fn check(answer: &Answer, cell: Cell, good: Good) {
    let (refusal, challenge) = match cell {
        Cell::Done => (None, None),
        Cell::NoToken => (Some((StatusCode::UNAUTHORIZED, "Access token required")), Some("Bearer")),
        Cell::BadToken => (
            Some((StatusCode::UNAUTHORIZED, "Invalid or expired token")),
            Some(r#"Bearer error="invalid_token""#),
        ),
        Cell::Denied => (Some((StatusCode::FORBIDDEN, "Insufficient permissions")), None),
        Cell::Missing => (Some((StatusCode::NOT_FOUND, "Not found")), None),
    };
    answer.has(&WWW_AUTHENTICATE, challenge.as_slice());
    match (refusal, good) {
        (Some((status, _)), Good::Nothing) => drop(answer.is(status, "").leaves_cookie()),
        (Some((status, sentence)), _) => drop(answer.refuses(status, sentence).leaves_cookie()),
        (None, Good::User) => drop(answer.is_user()),
        (None, Good::Account(status)) => drop(Account::of(answer, status)),
        (None, Good::Page) => drop(Page::of(answer)),
        (None, Good::Sessions) => drop(Seen::all(answer)),
        (None, Good::Events) => drop(Told::all(answer)),
        (None, Good::Says(text)) => drop(answer.is(StatusCode::OK, text)),
        (None, Good::Nothing) => drop(answer.is(StatusCode::OK, "").leaves_cookie()),
    }
}

/// Everyone gets what the table says, on every route; and whoever is refused has changed nothing
/// about the owner's account and session.
pub async fn everyone_gets_what_the_table_says<D: Door>(door: D) {
    let asked: BTreeSet<_> = table().into_iter().map(|(name, place, ..)| (name.to_owned(), place)).collect();
    let known: BTreeSet<_> = all().map(|(method, place)| (method.to_string(), place)).collect();
    assert_eq!(asked, known, "every route has a row");

    let team = Team::open(&door).await;
    let callers = Callers::of(&team).await;
    let mut hired = 0;
    for (name, place, body, good, cells) in table() {
        let mut owner = None;
        for (column, cell) in cells.into_iter().enumerate() {
            let session: Session = if let Some(unharmed) = owner.take() {
                unharmed
            } else {
                hired += 1;
                team.member(&format!("owner{hired}@example.com"), "USER").await
            };
            let before = team.account(&session.user_id).await;
            let ask = Ask::new(method(name), &filled(place, &session.user_id, &session.id()));
            let ask = if body.is_empty() { ask } else { ask.json(body) };
            let token = callers.tokens(&session)[column];
            let ask = token.into_iter().fold(ask, Ask::bearer);
            check(&team.client.send(ask).await, cell, good);
            let safe = name == "GET" || name == "HEAD";
            if cell != Cell::Done || safe {
                assert_eq!(team.account(&session.user_id).await, before);
                team.client.me(&session.access).await.is_user();
                owner = Some(session);
            }
        }
    }
}
