//! Accidents: whichever call of the store fails, the answer says when to try again, and nothing is
//! half done.

use std::fmt::Write;

use auth_core::store::UserStore;
use auth_core::{AccountQuery, Email, PasswordHash};

use super::{Team, USER_EMAIL, every};
use crate::common::{Answer, EMAIL, PASSWORD, Plugged, ask, call};

/// All that the store knows, in words that can be compared.
async fn snapshot(team: &Team<Plugged>) -> String {
    let accounts = team.auth.as_operator();
    let page = accounts.list(&AccountQuery::default()).await.unwrap();
    let mut told = format!("{page:?}");
    for user in &page.users {
        write!(told, "{:?}", accounts.sessions(user.id).await.unwrap()).unwrap();
    }
    for email in [EMAIL, USER_EMAIL] {
        let credentials = team.auth.store().credentials(&Email::parse(email).unwrap()).await.unwrap();
        told += credentials.and_then(|found| found.password).as_ref().map_or("none", PasswordHash::expose);
    }
    told
}

/// A body that is good enough for the route.
fn body(method: &str, path: &str) -> String {
    match (method, path) {
        ("PATCH", "/api/auth/me") => r#"{"name":"Renamed"}"#.to_owned(),
        ("POST", "/api/auth/password") => {
            format!(r#"{{"currentPassword":"{PASSWORD}","newPassword":"another good one"}}"#)
        }
        ("POST", "/api/auth/users") => {
            format!(r#"{{"email":"new@example.com","name":"New","role":"USER","password":"{PASSWORD}"}}"#)
        }
        ("PATCH", _) => {
            r#"{"name":"N","role":"SUPPORT","disabled":true,"password":"another good one"}"#.to_owned()
        }
        _ => String::new(),
    }
}

#[tokio::test]
async fn whichever_call_fails_the_answer_is_503_and_nothing_is_half_done() {
    let unavailable = Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#);
    for index in 0..every("", "").len() {
        // Fresh for each route; what fails leaves all as it was, so the next try may go on from it.
        let team = Team::open(Plugged::default()).await;
        let store = team.auth.store().clone();
        let before = snapshot(&team).await;
        let (id, session) = (team.user.id.to_string(), team.user.session.to_string());
        let (method, mut path) = every(&id, &session).swap_remove(index);
        // The one session of the admin's own is the one they ask from.
        if path == format!("/api/auth/sessions/{session}") {
            path = format!("/api/auth/sessions/{}", team.admin.session);
        } else if (method, path.as_str()) == ("DELETE", "/api/auth/sessions") {
            path += "?current=true";
        }
        let request = ask(method, &path, &team.admin.token, &body(method, &path));
        let mut calls = 0;
        let done = loop {
            store.unplug_after(calls);
            let answer = call(&team.routes, request.clone()).await;
            store.repair();
            if answer.status != 503 {
                break answer;
            }
            assert_eq!(answer, unavailable, "{method} {path}");
            assert_eq!(snapshot(&team).await, before, "{method} {path} after {calls} calls");
            calls += 1;
        };
        assert!(matches!(done.status, 200 | 201), "{method} {path}: {done:?}");
        assert!(calls >= 2, "{method} {path} asks who it is, and then does something");
        assert_eq!(snapshot(&team).await == before, method == "GET", "{method} {path}");
    }
}

#[tokio::test]
async fn a_store_that_makes_no_sense_is_500_and_touches_no_cookie() {
    let team = Team::open(Plugged::default()).await;
    team.auth.store().break_down();
    let expected = Answer::json(500, &[], r#"{"error":"Internal server error"}"#);
    for (method, path) in every(&team.user.id.to_string(), &team.user.session.to_string()) {
        let request = ask(method, &path, &team.admin.token, &body(method, &path));
        assert_eq!(call(&team.routes, request).await, expected, "{method} {path}");
    }
}
