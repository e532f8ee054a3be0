//! `POST /users/{id}/unlock`: an account may try again at once.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::json;

use super::super::{App, Door};
use super::places::NOBODY;
use super::team::{COLLEAGUE, NEW_PASSWORD, Team};

const ANN: &str = "ann@example.com";

async fn guess_too_often<A: App>(team: &Team<A>) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(1) {
        let answer = team.try_login(ANN, "WrongPassword123!").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS && answer.throttles() >= 2 {
            return;
        }
    }
    panic!("a minute of guesses was looked at");
}

/// An admin lets the account try again, and it does.
pub async fn an_account_that_was_guessed_too_often_is_unlocked<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let ann = team.hire(ANN, COLLEAGUE, "USER").await;
    guess_too_often(&team).await;
    for _ in 0..2 {
        let answer = team.ask(&team.admin, Method::POST, &format!("/users/{}/unlock", ann.id)).await;
        answer.is(StatusCode::OK, r#"{"message":"User unlocked"}"#).leaves_cookie();
    }
    team.login(ANN).await;
}

/// A new password from an admin may be tried at once.
pub async fn a_new_password_unlocks_as_well<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let ann = team.hire(ANN, COLLEAGUE, "USER").await;
    guess_too_often(&team).await;
    team.change(&ann.id, &json!({ "password": NEW_PASSWORD })).await;
    team.try_login(ANN, NEW_PASSWORD).await.is_login();
}

/// There is nobody to unlock.
pub async fn a_stranger_cannot_be_unlocked<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for id in [NOBODY, "nobody"] {
        let answer = team.ask(&team.admin, Method::POST, &format!("/users/{id}/unlock")).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
}
