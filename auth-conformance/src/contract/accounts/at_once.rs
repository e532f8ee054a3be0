//! What an admin or an owner does counts at once: on `/refresh`, on `/me`, and on the routes of
//! admins, while access tokens are still fresh.

use http::{HeaderName, Method, StatusCode};
use serde_json::{Value, json};

use super::super::client::{PASSWORD, Session};
use super::super::token::Jwt;
use super::super::{App, Door, Settings};
use super::team::{CHANGED, DELETED, NEW_PASSWORD, Team};
use super::wire::Page;

const EVE: &str = "eve@example.com";

/// A team with a second admin, who has two sessions and has been let in with both.
async fn with_eve<D: Door>(door: &D) -> (Team<D::App>, [Session; 2]) {
    let team = Team::open_with(door, Settings::development().without_grace()).await;
    let sessions = [team.member(EVE, "ADMIN").await, team.login(EVE).await];
    for session in &sessions {
        Page::of(&team.get(session, "/users").await);
    }
    (team, sessions)
}

/// Insists that a session is let in nowhere any more, and that nobody else was put out.
async fn assert_out<A: App>(team: &Team<A>, session: &Session) {
    team.get(session, "/users").await.refuses_bearer();
    team.get(session, "/check").await.refuses_bearer();
    team.get(session, "/sessions").await.refuses_bearer();
    let creation = json!({ "email": "x@example.com", "name": "X", "role": "USER", "password": PASSWORD });
    team.give(session, Method::POST, "/users", &creation).await.refuses_bearer();
    team.is_over(session).await;
    team.client.me(&team.admin.access).await.is_user();
}

async fn assert_all_out<A: App>(team: &Team<A>, sessions: &[Session]) {
    for session in sessions {
        assert_out(team, session).await;
    }
}

/// Whoever is disabled is out, and their sessions stay ended when they are enabled again.
pub async fn a_disabled_account_is_out_at_once<D: Door>(door: D) {
    let (team, sessions) = with_eve(&door).await;
    let eve = &sessions[0].user_id;
    team.change(eve, &json!({ "disabled": true })).await;
    assert_all_out(&team, &sessions).await;
    team.change(eve, &json!({ "disabled": false })).await;
    assert_all_out(&team, &sessions).await;
    team.is_live(&team.login(EVE).await).await;
}

/// Whoever is deleted is out.
pub async fn a_deleted_account_is_out_at_once<D: Door>(door: D) {
    let (team, sessions) = with_eve(&door).await;
    let path = format!("/users/{}", sessions[0].user_id);
    team.delete(&team.admin, &path).await.is(StatusCode::OK, DELETED);
    assert_all_out(&team, &sessions).await;
}

/// Whoever is demoted is no admin any more, though their token still says so; their sessions go on
/// in the new role, and so it is when they are promoted again.
pub async fn another_role_counts_at_once<D: Door>(door: D) {
    let (team, sessions) = with_eve(&door).await;
    let mut refresh_tokens = sessions.clone().map(|session| session.refresh);
    for role in ["USER", "ADMIN", "USER"] {
        let account = team.change(&sessions[0].user_id, &json!({ "role": role })).await;
        for (session, refresh_token) in sessions.iter().zip(&mut refresh_tokens) {
            let answer = team.client.refresh(refresh_token).await;
            let access = answer.is_refreshed();
            assert_eq!(Jwt::parse(&access).claims["role"], Value::from(role));
            *refresh_token = answer.issued_cookie();
            let refreshed = Session { access, ..session.clone() };
            for token in [session, &refreshed] {
                team.client.me(&token.access).await.is(StatusCode::OK, &account.as_user());
                let named = team.get(token, "/check").await;
                named.is(StatusCode::NO_CONTENT, "").has(&HeaderName::from_static("x-auth-role"), &[role]);
                team.get(token, &format!("/check?role={role}")).await.is(StatusCode::NO_CONTENT, "");
                let answer = team.get(token, "/users").await;
                if role == "ADMIN" {
                    Page::of(&answer);
                } else {
                    answer.refuses(StatusCode::FORBIDDEN, "Insufficient permissions").leaves_cookie();
                }
            }
        }
    }
}

/// A password that an admin gives ends all sessions of the account.
pub async fn a_password_from_an_admin_ends_all_sessions<D: Door>(door: D) {
    let (team, sessions) = with_eve(&door).await;
    team.change(&sessions[0].user_id, &json!({ "password": NEW_PASSWORD })).await;
    assert_all_out(&team, &sessions).await;
}

/// A password that its owner changes ends their other sessions; the one that asks stays an
/// admin's.
pub async fn a_password_from_its_owner_ends_the_others<D: Door>(door: D) {
    let (team, [here, there]) = with_eve(&door).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    team.give(&here, Method::POST, "/password", &change).await.is(StatusCode::OK, CHANGED).leaves_cookie();
    assert_out(&team, &there).await;
    Page::of(&team.get(&here, "/users").await);
    team.is_live(&here).await;
}

/// A session that is ended, by its owner or by an admin, is out; the other goes on.
pub async fn an_ended_session_is_out_at_once<D: Door>(door: D) {
    let (team, [here, there]) = with_eve(&door).await;
    team.delete(&here, &format!("/sessions/{}", there.id())).await.has_status(StatusCode::OK);
    assert_out(&team, &there).await;
    let again = team.login(EVE).await;
    team.delete(&here, "/sessions").await.has_status(StatusCode::OK);
    assert_out(&team, &again).await;
    Page::of(&team.get(&here, "/users").await);
    let path = format!("/users/{}/sessions/{}", here.user_id, here.id());
    team.delete(&team.admin, &path).await.has_status(StatusCode::OK);
    assert_out(&team, &here).await;
}

/// Another name changes nothing about who is let in.
pub async fn another_name_ends_no_session<D: Door>(door: D) {
    let (team, sessions) = with_eve(&door).await;
    let account = team.change(&sessions[0].user_id, &json!({ "name": "Eve", "role": "ADMIN" })).await;
    for session in &sessions {
        team.client.me(&session.access).await.is(StatusCode::OK, &account.as_user());
        team.is_live(session).await;
    }
}
