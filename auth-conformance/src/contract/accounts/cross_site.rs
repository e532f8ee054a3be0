//! The cross-site rule, on all that changes something.

use http::header::{HeaderName, ORIGIN};
use http::{Method, StatusCode};
use serde_json::json;

use super::super::Door;
use super::super::client::{Ask, HOST_NAME, PASSWORD};
use super::places::{filled, that_change};
use super::team::{NEW_PASSWORD, Team};
use super::wire::{Page, Seen};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const ANN: &str = "ann@example.com";

/// The marks of another site.
fn marks() -> [(HeaderName, &'static str); 5] {
    [
        (SEC_FETCH_SITE, "cross-site"),
        (SEC_FETCH_SITE, "same-site"),
        (ORIGIN, "https://evil.example"),
        (ORIGIN, "https://auth.example.com:8443"),
        (ORIGIN, "null"),
    ]
}

/// A body that any of the routes would accept.
fn good() -> String {
    json!({
        "name": "Changed", "email": "new@example.com", "role": "USER", "password": NEW_PASSWORD,
        "disabled": true, "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD,
    })
    .to_string()
}

/// A change that another site's page asks for is refused, and has not happened.
pub async fn a_change_from_another_site_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let ann = team.member(ANN, "USER").await;
    let before = team.page("").await;
    for (method, place) in that_change() {
        let own = !place.starts_with("/users");
        let (user, session) = (&ann.user_id, if own { team.admin.id() } else { ann.id() });
        let ask = Ask::new(method, &filled(place, user, &session)).bearer(&team.admin.access).json(&good());
        for (name, value) in marks() {
            let answer = team.client.send(ask.clone().with(name, value)).await;
            answer.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused").leaves_cookie();
        }
    }
    assert_eq!(team.page("").await, before);
    team.is_live(&ann).await;
    team.is_live(&team.admin).await;
    team.login(ANN).await;
    team.client.login().await;
}

/// A page of the same origin may ask for every change.
pub async fn a_change_from_the_same_origin_is_answered<D: Door>(door: D) {
    for mark in [
        (SEC_FETCH_SITE, "same-origin".to_owned()),
        (SEC_FETCH_SITE, "none".to_owned()),
        (ORIGIN, format!("https://{HOST_NAME}")),
    ] {
        let team = Team::open(&door).await;
        let ann = team.member(ANN, "USER").await;
        for (method, place) in [
            (Method::PATCH, "/me".to_owned()),
            (Method::POST, "/password".to_owned()),
            (Method::DELETE, "/sessions".to_owned()),
            (Method::POST, "/users".to_owned()),
            (Method::DELETE, format!("/users/{}/sessions/{}", ann.user_id, ann.id())),
            (Method::DELETE, format!("/users/{}/sessions", ann.user_id)),
            (Method::PATCH, format!("/users/{}", ann.user_id)),
            (Method::DELETE, format!("/users/{}", ann.user_id)),
            (Method::DELETE, format!("/sessions/{}", team.admin.id())),
        ] {
            let ask = Ask::new(method, &place).bearer(&team.admin.access).json(&good());
            let answer = team.client.send(ask.with(mark.0.clone(), &mark.1)).await;
            assert!(answer.status().is_success(), "{}", answer.told("a success"));
        }
    }
}

/// The rule is not for `GET`: it changes nothing, and what it says cannot be read across origins.
pub async fn lists_are_answered_to_anyone_with_a_token<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (name, value) in marks() {
        let marked = |path: &str| Ask::get(path).bearer(&team.admin.access).with(name.clone(), value);
        Page::of(&team.client.send(marked("/users")).await);
        Seen::all(&team.client.send(marked("/sessions")).await);
        let answer = team.client.send(marked(&format!("/users/{}", team.admin.user_id))).await;
        answer.has_status(StatusCode::OK);
    }
}
