//! `PATCH /me`: one's own name.

use http::{Method, StatusCode};
use serde_json::json;

use super::super::Door;
use super::super::client::Ask;
use super::team::Team;
use super::wire::Account;

const ANN: &str = "ann@example.com";

/// Whoever asks gets the new name, trimmed; `/me`, the next login and an admin see it, and
/// nothing else of the account has changed.
pub async fn a_name_of_ones_own_can_be_changed<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.hire(ANN, "Ann", "USER").await;
    let session = team.login(ANN).await;
    for (sent, name) in [("  Zoë 🦊 ", "Zoë 🦊"), ("Ann \"O'Neil\" \\", "Ann \"O'Neil\" \\")] {
        let after = Account { name: name.to_owned(), ..before.clone() };
        let answer = team.give(&session, Method::PATCH, "/me", &json!({ "name": sent })).await;
        answer.is(StatusCode::OK, &after.as_user()).leaves_cookie();
        team.client.me(&session.access).await.is(StatusCode::OK, &after.as_user());
        assert_eq!(team.account(&before.id).await, after);
        let login = team.try_login(ANN, super::super::client::PASSWORD).await;
        login.is_login();
        assert_eq!(login.text_at("/user/name"), name);
    }
    team.is_live(&session).await;
}

/// Nothing but the name can be changed there, whatever else is sent.
pub async fn only_the_name_of_ones_own_can_be_changed<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.hire(ANN, "Ann", "USER").await;
    let session = team.login(ANN).await;
    let greedy = json!({
        "name": "Greedy", "role": "ADMIN", "email": "admin@example.org", "disabled": true, "id": team.admin.user_id,
        "password": "GreedyPassword789!", "createdAt": "1970-01-01T00:00:00.000Z",
    });
    let after = Account { name: "Greedy".to_owned(), ..before };
    let answer = team.give(&session, Method::PATCH, "/me", &greedy).await;
    answer.is(StatusCode::OK, &after.as_user()).leaves_cookie();
    assert_eq!(team.account(&after.id).await, after);
    team.refuses_login(ANN, "GreedyPassword789!").await;
    team.is_live(&session).await;
}

/// The name is required, must be text, and must be a name.
pub async fn a_bad_name_of_ones_own_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.admin_account().await;
    let (too_long, longest) = ("x".repeat(201), "🦊".repeat(200));
    for (body, sentence) in [
        (json!({}), "name is required"),
        (json!({ "Name": "Ann" }), "name is required"),
        (json!({ "name": null }), "name must be a string"),
        (json!({ "name": 1 }), "name must be a string"),
        (json!({ "name": ["Ann"] }), "name must be a string"),
        (json!({ "name": "" }), "name must not be empty"),
        (json!({ "name": " \t " }), "name must not be empty"),
        (json!({ "name": too_long }), "name must be at most 200 characters"),
        (json!({ "name": "a\nb" }), "name must not contain control characters"),
    ] {
        let answer = team.give(&team.admin, Method::PATCH, "/me", &body).await;
        answer.refuses(StatusCode::BAD_REQUEST, sentence).leaves_cookie();
    }
    let twice = Ask::patch("/me").bearer(&team.admin.access).json(r#"{"name":"Ann","name":"Ann"}"#);
    team.client.send(twice).await.refuses(StatusCode::BAD_REQUEST, "name must not be there twice");
    assert_eq!(team.admin_account().await, before);
    let answer = team.give(&team.admin, Method::PATCH, "/me", &json!({ "name": longest })).await;
    answer.is(StatusCode::OK, &Account { name: longest, ..before }.as_user());
}
