//! Guessing passwords.

use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::COOKIE;
use serde_json::json;

use super::answer::Answer;
use super::client::{Ask, CREDENTIALS, Client, EMAIL, Session};
use super::{App, Door, Settings};
use crate::race::all_at_once;

const STRANGER: &str = "stranger@example.com";

fn guess(email: &str) -> Ask {
    Ask::post("/login").json(&json!({ "email": email, "password": "WrongPassword123!" }).to_string())
}

/// Guesses until the wait is long enough for a slow machine, and returns how many guesses were
/// looked at. The first wait is a second, and there is no clock here to turn.
async fn guess_too_often<A: App>(client: &Client<A>, email: &str) -> u32 {
    let mut looked_at = 0;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(1) {
        let answer = client.send(guess(email)).await;
        if answer.status() == StatusCode::UNAUTHORIZED {
            answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
            looked_at += 1;
        } else if answer.throttles() >= 2 {
            return looked_at;
        }
    }
    panic!("a minute of guesses was looked at");
}

/// Five failures in a row are looked at; then the answer is 429 with `Retry-After`, the same for an
/// address with an account and for one without, and the right password is not looked at either.
pub async fn who_guesses_too_often_has_to_wait_whether_there_is_an_account_or_not<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let told = |answer: &Answer| {
        answer.throttles();
        let (status, headers, body) = answer.fingerprint();
        let headers = headers.into_iter().filter(|(name, _)| name != "retry-after").collect::<Vec<_>>();
        (status, headers, body.to_owned())
    };
    let mut answers = Vec::new();
    // Each is asked as soon as it has to wait for long enough.
    for (email, next) in [(STRANGER, guess(STRANGER)), (EMAIL, Ask::post("/login").json(CREDENTIALS))] {
        for _ in 0..5 {
            let answer = client.send(guess(email)).await;
            answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").challenges();
        }
        assert!(guess_too_often(&client, email).await <= 3, "{email}");
        answers.push(told(&client.send(next).await));
    }
    assert_eq!(answers[0], answers[1]);
}

/// A browser that has logged in before shows a cookie that says so, and is not kept out; one that
/// shows a made-up cookie, or two, is nobody in particular.
pub async fn a_browser_that_has_logged_in_before_is_not_kept_out<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let first = client.send(Ask::post("/login").json(CREDENTIALS)).await;
    let device = first.device_if_any().expect("a browser that is new to the account gets a cookie");
    guess_too_often(&client, EMAIL).await;

    let login = |cookies: &str| client.send(Ask::post("/login").json(CREDENTIALS).and(COOKIE, cookies));
    let other = client.send(guess(STRANGER).and(COOKIE, &format!("auth_device={device}"))).await;
    other.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password");
    for cookies in [
        "auth_device=".to_owned(),
        format!("auth_device={}", "A".repeat(76)),
        format!("auth_device={}", device.to_lowercase()),
        format!("auth_device={device}; auth_device={device}"),
        format!("Auth_Device={device}"),
    ] {
        login(&cookies).await.throttles();
    }
    let known = login(&format!("auth_device={device}")).await;
    Session::of(&known);
    assert_eq!(known.device_if_any(), None, "the one it has will do");
}

/// Sessions go on refreshing, however often their account's password is guessed.
pub async fn sessions_go_on_while_their_password_is_guessed<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let session = client.login().await;
    guess_too_often(&client, EMAIL).await;
    client.refreshed(&session.refresh).await;
    client.me(&session.access).await.is_user();
}

/// Twenty right logins at once all succeed, although only five may fail.
pub async fn twenty_right_logins_at_once_all_succeed<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for login in all_at_once((0..20).map(|_| client.send(Ask::post("/login").json(CREDENTIALS)))).await {
        Session::of(&login);
    }
}

/// Of many guesses at once, no more are looked at than one after the other.
pub async fn guesses_at_once_count_one_by_one<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let answers = all_at_once((0..40).map(|_| client.send(guess(EMAIL)))).await;
    let looked_at = answers.iter().filter(|answer| answer.status() == StatusCode::UNAUTHORIZED).count();
    assert!((5..=7).contains(&looked_at), "{looked_at} were looked at");
    answers.iter().filter(|answer| answer.status() != StatusCode::UNAUTHORIZED).for_each(|answer| {
        answer.throttles();
    });
}
