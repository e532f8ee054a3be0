//! `GET /audit`: what happened.
//!
//! A server may take a moment to write an event down, so whoever looks for one looks a few times.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::json;
use tokio::task::yield_now;

use super::super::client::EMAIL;
use super::super::{App, Door, Settings};
use super::team::{COLLEAGUE, NEW_PASSWORD, Team};
use super::wire::Told;

const ANN: &str = "ann@example.com";

/// Looks until as many events are there, for as long as looking takes a few thousand times.
async fn told<A: App>(team: &Team<A>, query: &str, events: usize) -> Vec<Told> {
    let mut told = Vec::new();
    for _ in 0..5_000 {
        told = Told::all(&team.get(&team.admin, &format!("/audit?{query}")).await);
        if told.len() >= events {
            break;
        }
        yield_now().await;
    }
    told
}

fn whats(told: &[Told]) -> Vec<String> {
    told.iter().map(Told::what).collect()
}

/// What someone did, what was done to them and by whom, the latest first; and what concerns their
/// address alone is found by it.
pub async fn what_happened_to_someone_is_listed_the_latest_first<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let ann = team.hire(ANN, COLLEAGUE, "USER").await;
    team.refuses_login(ANN, "WrongPassword123!").await;
    let session = team.login(ANN).await;
    team.change(&ann.id, &json!({ "role": "ADMIN" })).await;
    team.change(&ann.id, &json!({ "disabled": true })).await;
    team.refuses_login(ANN, super::super::client::PASSWORD).await;

    let by_user = told(&team, &format!("user={}", ann.id), 6).await;
    let expected = [
        "login_failed account_disabled",
        "user_disabled",
        "role_changed",
        "login_succeeded",
        "login_failed wrong_password",
        "user_created",
    ];
    assert_eq!(whats(&by_user), expected);
    let by: Vec<_> = by_user.iter().map(|told| told.by.as_deref()).collect();
    let admin = Some(team.admin.user_id.as_str());
    assert_eq!(by, [None, admin, admin, None, None, admin]);
    assert_eq!(by_user[1].count, Some(1), "one session was ended");
    assert_eq!(by_user[2].role.as_deref(), Some("ADMIN"));
    assert_eq!(by_user[3].session, Some(session.id()));

    team.refuses_login("nobody@example.com", "WrongPassword123!").await;
    let unknown = told(&team, "email=NOBODY@example.com", 1).await;
    assert_eq!(whats(&unknown), ["login_failed unknown_account"]);
    assert_eq!(unknown[0].user, None);
    let known = told(&team, &format!("email={ANN}"), 3).await;
    assert_eq!(known.len(), 3, "those of logins");
    assert_ne!(known[0].email_digest, unknown[0].email_digest);
    let kind = told(&team, &format!("user={}&kind=user_disabled", ann.id), 1).await;
    assert_eq!(whats(&kind), ["user_disabled"]);
}

/// Why was this person logged out? One question tells, whoever ended the session and however many
/// with it.
pub async fn why_a_session_ended_is_one_question<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().without_grace()).await;
    let ann = team.hire(ANN, COLLEAGUE, "USER").await;
    let stolen = team.login(ANN).await;
    let current = team.client.refreshed(&team.client.refreshed(&stolen.refresh).await).await;
    team.client.refresh(&stolen.refresh).await.refuses_refresh();
    team.client.refresh(&current).await.refuses_refresh();
    let why = told(&team, &format!("session={}", stolen.id()), 2).await;
    assert_eq!(whats(&why), ["refresh_reused reuse", "login_succeeded"]);

    let left = team.login(ANN).await;
    team.client.logout(&left.refresh).await;
    let why = told(&team, &format!("session={}", left.id()), 2).await;
    assert_eq!(whats(&why), ["session_ended logout", "login_succeeded"]);

    let (one, other) = (team.login(ANN).await, team.login(ANN).await);
    let change = json!({ "currentPassword": super::super::client::PASSWORD, "newPassword": NEW_PASSWORD });
    team.give(&other, Method::POST, "/password", &change).await;
    let why = told(&team, &format!("session={}", one.id()), 2).await;
    assert_eq!(whats(&why), ["password_changed", "login_succeeded"]);
    assert_eq!(why[0].user.as_deref(), Some(ann.id.as_str()));
    let nothing = told(&team, &format!("session={}", super::places::NOBODY), 0).await;
    assert_eq!(nothing, []);
}

/// Page after page, every event comes once.
pub async fn events_are_paged_without_a_gap<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for number in 0..7 {
        team.hire(&format!("user{number}@example.com"), COLLEAGUE, "USER").await;
    }
    let all = told(&team, "kind=user_created", 7).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = team.get(&team.admin, &format!("/audit?kind=user_created&limit=3{cursor}")).await;
        let (page, next) = Told::page(&answer);
        seen.extend(page);
        let Some(next) = next else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, all);
    assert_eq!(seen.iter().map(|told| &told.id).collect::<BTreeSet<_>>().len(), 7);
    let none = told(&team, "until=2001-01-01T00:00:00Z", 0).await;
    assert_eq!(none, []);
    assert!(told(&team, "since=2001-01-01T00:00:00.000Z", 9).await.len() >= 9);
}

/// A value that cannot be accepted is refused, with a sentence that names its parameter.
pub async fn a_bad_query_for_events_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (query, sentence) in [
        ("limit=0", "limit must be a whole number from 1 to 200"),
        ("limit=201", "limit must be a whole number from 1 to 200"),
        ("user=x", "user must be a UUID"),
        ("session=", "session must be a UUID"),
        ("cursor=1", "cursor must be a UUID"),
        ("kind=login", "kind must be a kind of event"),
        ("since=yesterday", "since must be a time such as 2026-11-26T09:30:00Z, in UTC"),
        ("until=2026-11-26", "until must be a time such as 2026-11-26T09:30:00Z, in UTC"),
        ("kind=bootstrap&kind=bootstrap", "kind must not be there twice"),
    ] {
        let answer = team.get(&team.admin, &format!("/audit?{query}")).await;
        answer.refuses(StatusCode::BAD_REQUEST, sentence).leaves_cookie();
    }
    team.get(&team.admin, "/audit?email=nobody").await.blames("email");
    Told::all(&team.get(&team.admin, "/audit?x=1&x=2").await);
}

/// Whatever was typed, sent or handed out is in no event.
pub async fn no_event_holds_an_address_a_name_or_a_secret<D: Door>(door: D) {
    let team = Team::open(&door).await;
    team.hire(ANN, COLLEAGUE, "USER").await;
    team.refuses_login(ANN, "WrongPassword123!").await;
    let session = team.login(ANN).await;
    team.refuses_login("nobody@example.com", "WrongPassword123!").await;
    told(&team, "", 6).await;
    let answer = team.get(&team.admin, "/audit?limit=200").await;
    for hidden in
        [ANN, EMAIL, "nobody@example.com", COLLEAGUE, "Password123!", &session.access, &session.refresh]
    {
        assert!(!answer.body_text().contains(hidden), "{}", answer.told(&format!("no {hidden}")));
    }
}
