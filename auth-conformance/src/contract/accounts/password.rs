//! `POST /password`: one's own password.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::client::{PASSWORD, Session};
use super::super::{App, Door, Settings};
use super::team::{CHANGED, NEW_PASSWORD, Team};

const ANN: &str = "ann@example.com";

fn from_to(current: &str, new: &str) -> Value {
    json!({ "currentPassword": current, "newPassword": new })
}

async fn refuses<A: App>(team: &Team<A>, who: &Session, body: &Value, sentence: &str) {
    let answer = team.give(who, Method::POST, "/password", body).await;
    answer.refuses(StatusCode::BAD_REQUEST, sentence).leaves_cookie();
}

/// A new password counts at once, and the old one is worth nothing.
pub async fn a_password_of_ones_own_can_be_changed<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let session = team.member(ANN, "USER").await;
    let answer = team.give(&session, Method::POST, "/password", &from_to(PASSWORD, NEW_PASSWORD)).await;
    answer.is(StatusCode::OK, CHANGED).leaves_cookie();
    team.refuses_login(ANN, PASSWORD).await;
    team.is_live(&Session::of(&team.try_login(ANN, NEW_PASSWORD).await)).await;
    // It was Ann's alone.
    team.client.login().await;
}

/// It ends the user's other sessions, refresh and access tokens both; the one that asks goes on,
/// and so do everyone else's.
pub async fn a_password_change_ends_the_other_sessions<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().without_grace()).await;
    let here = team.member(ANN, "USER").await;
    let others = [team.login(ANN).await, team.login(ANN).await];
    let successor = team.client.refreshed(&others[1].refresh).await;
    let answer = team.give(&here, Method::POST, "/password", &from_to(PASSWORD, NEW_PASSWORD)).await;
    answer.is(StatusCode::OK, CHANGED).leaves_cookie();
    for other in &others {
        team.is_over(other).await;
    }
    team.client.refresh(&successor).await.refuses_refresh();
    assert_eq!(
        team.sessions(&here).await.iter().map(|seen| seen.id.clone()).collect::<Vec<_>>(),
        [here.id()]
    );
    let next = team.client.refreshed(&here.refresh).await;
    team.client.refreshed(&next).await;
    team.client.me(&here.access).await.is_user();
    team.is_live(&team.admin).await;
}

/// A wrong current password is refused, and nothing has changed: the password, the sessions.
pub async fn a_wrong_current_password_changes_nothing<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (here, there) = (team.member(ANN, "USER").await, team.login(ANN).await);
    for wrong in ["WrongPassword123!", "strongpassword123!", "StrongPassword123! ", "x", &"x".repeat(512)] {
        let answer = team.give(&here, Method::POST, "/password", &from_to(wrong, NEW_PASSWORD)).await;
        answer.refuses(StatusCode::FORBIDDEN, "Current password is incorrect").leaves_cookie();
    }
    team.refuses_login(ANN, NEW_PASSWORD).await;
    team.login(ANN).await;
    team.is_live(&here).await;
    team.is_live(&there).await;
}

/// Each password is named by its own field where something is wrong with it, and whoever knows
/// no password learns nothing from the rules.
pub async fn a_flawed_password_is_named_by_its_field<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let session = team.member(ANN, "USER").await;
    let too_long = "x".repeat(513);
    for (body, sentence) in [
        (json!({}), "currentPassword is required"),
        (json!({ "newPassword": NEW_PASSWORD }), "currentPassword is required"),
        (json!({ "currentPassword": PASSWORD }), "newPassword is required"),
        (json!({ "currentPassword": null, "newPassword": NEW_PASSWORD }), "currentPassword must be a string"),
        (json!({ "currentPassword": PASSWORD, "newPassword": 12_345_678 }), "newPassword must be a string"),
        (from_to("", NEW_PASSWORD), "currentPassword must not be empty"),
        (from_to(PASSWORD, ""), "newPassword must not be empty"),
        (from_to(&too_long, NEW_PASSWORD), "currentPassword must be at most 512 bytes"),
        (from_to(PASSWORD, &too_long), "newPassword must be at most 512 bytes"),
        (from_to("a\0b", NEW_PASSWORD), "currentPassword must not contain a NUL character"),
        (from_to(PASSWORD, "Another\0Password"), "newPassword must not contain a NUL character"),
    ] {
        refuses(&team, &session, &body, sentence).await;
    }
    for current in [PASSWORD, "WrongPassword123!"] {
        for (new, sentence) in [
            ("short77", "newPassword must be at least 8 characters"),
            ("PassWord", "newPassword is too common, choose another"),
            ("Ann@Example.com", "newPassword must not be the email or the name"),
            ("zoe colleague", "newPassword must not be the email or the name"),
        ] {
            refuses(&team, &session, &from_to(current, new), sentence).await;
        }
    }
    team.login(ANN).await;
}

/// The shortest password is the one of the settings.
pub async fn a_changed_password_keeps_to_the_shortest_length<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().with_password_min_length(15)).await;
    let session = team.member(ANN, "USER").await;
    refuses(
        &team,
        &session,
        &from_to(PASSWORD, "fourteen chars"),
        "newPassword must be at least 15 characters",
    )
    .await;
    let answer = team.give(&session, Method::POST, "/password", &from_to(PASSWORD, "fifteen  chars.")).await;
    answer.is(StatusCode::OK, CHANGED);
}
