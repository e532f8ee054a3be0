//! What the routes answer, to the byte.

use auth_core::MemoryStore;
use auth_tower::AuthRoutes;

use super::{A_WEEK_LATER, Member, NOON, Team, USER_EMAIL, refusal};
use crate::common::{Answer, CREDENTIALS, PASSWORD, ask, call, post};

const CLEARED: (&str, &str) =
    ("set-cookie", "refresh_token=; HttpOnly; SameSite=Strict; Secure; Path=/api/auth; Max-Age=0");

type Routes = AuthRoutes<MemoryStore>;

async fn asked(routes: &Routes, who: &Member, method: &str, path: &str, body: &str) -> Answer {
    call(routes, ask(method, &format!("/api/auth{path}"), &who.token, body)).await
}

fn message(message: &str) -> Answer {
    Answer::json(200, &[], &format!(r#"{{"message":"{message}"}}"#))
}

fn ended(more: &[(&str, &str)], sessions: u64) -> Answer {
    Answer::json(200, more, &format!(r#"{{"message":"Sessions ended","ended":{sessions}}}"#))
}

fn account(member: &Member, email: &str, name: &str, role: &str) -> String {
    format!(
        r#"{{"id":"{}","email":"{email}","name":"{name}","role":"{role}","disabled":false,"createdAt":"{NOON}"}}"#,
        member.id
    )
}

fn session(member: &Member, current: bool) -> String {
    format!(
        r#"{{"id":"{}","createdAt":"{NOON}","lastUsedAt":"{NOON}","expiresAt":"{A_WEEK_LATER}","userAgent":null,"ipAddress":null,"current":{current}}}"#,
        member.session
    )
}

#[tokio::test]
async fn an_account_from_its_creation_to_its_end() {
    let Team { routes, admin, user, .. } = Team::open(MemoryStore::new()).await;
    let new =
        format!(r#"{{"email":"New@Example.com","name":" New ","role":"SUPPORT","password":"{PASSWORD}"}}"#);
    let created = asked(&routes, &admin, "POST", "/users", &new).await;
    let id = created.body.split('"').nth(3).unwrap().to_owned();
    let shown = |name: &str, disabled: bool| {
        format!(
            r#"{{"id":"{id}","email":"new@example.com","name":"{name}","role":"SUPPORT","disabled":{disabled},"createdAt":"{NOON}"}}"#
        )
    };
    let place = format!("/api/auth/users/{id}");
    assert_eq!(created, Answer::json(201, &[("location", &place)], &shown("New", false)));
    assert_eq!(asked(&routes, &admin, "POST", "/users", &new).await, refusal(409, "Email already in use"));

    let path = format!("/users/{id}");
    let unchanged = Answer::json(200, &[], &shown("New", false));
    assert_eq!(asked(&routes, &admin, "GET", &path, "").await, unchanged);
    assert_eq!(asked(&routes, &admin, "PATCH", &path, "{}").await, unchanged);
    assert_eq!(asked(&routes, &admin, "PATCH", &path, r#"{"email":"x","x":null}"#).await, unchanged);
    let answer = asked(&routes, &admin, "PATCH", &path, r#"{"name":"Newer","disabled":true}"#).await;
    assert_eq!(answer, Answer::json(200, &[], &shown("Newer", true)));

    // All were created in the same millisecond, so their ids decide on the order.
    let mut users = [
        (id.clone(), shown("Newer", true)),
        (user.id.to_string(), account(&user, USER_EMAIL, "User", "USER")),
        (admin.id.to_string(), account(&admin, "admin@example.com", "Admin", "ADMIN")),
    ];
    users.sort();
    users.reverse();
    let users = users.map(|(_, shown)| shown).join(",");
    let page = Answer::json(200, &[], &format!(r#"{{"users":[{users}],"nextCursor":null}}"#));
    assert_eq!(asked(&routes, &admin, "GET", "/users", "").await, page);

    assert_eq!(asked(&routes, &admin, "DELETE", &path, "").await, message("User deleted"));
    assert_eq!(asked(&routes, &admin, "DELETE", &path, "").await, refusal(404, "Not found"));
    assert_eq!(asked(&routes, &admin, "GET", &path, "").await, refusal(404, "Not found"));
    let last = "The last admin cannot be demoted, disabled or deleted";
    let path = format!("/users/{}", admin.id);
    assert_eq!(asked(&routes, &admin, "DELETE", &path, "").await, refusal(409, last));
    assert_eq!(asked(&routes, &admin, "PATCH", &path, r#"{"role":"USER"}"#).await, refusal(409, last));
}

#[tokio::test]
async fn pages_follow_one_another_until_there_is_none() {
    let Team { routes, admin, .. } = Team::open(MemoryStore::new()).await;
    let mut path = "/users?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = asked(&routes, &admin, "GET", &path, "").await;
        let (users, next) = page.body.split_once(r#"],"nextCursor":"#).unwrap();
        seen.push(users.strip_prefix(r#"{"users":["#).unwrap().to_owned());
        match next.strip_prefix('"') {
            Some(cursor) => path = format!("/users?limit=1&cursor={}", cursor.strip_suffix("\"}").unwrap()),
            None => break assert_eq!(next, "null}"),
        }
    }
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|user| user.matches("\"id\"").count() == 1), "{seen:?}");
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_list_shows_which_session_asks() {
    let Team { auth, routes, admin, user } = Team::open(MemoryStore::new()).await;
    let own = Answer::json(200, &[], &format!(r#"{{"sessions":[{}]}}"#, session(&user, true)));
    assert_eq!(asked(&routes, &user, "GET", "/sessions", "").await, own);
    let path = format!("/users/{}/sessions", user.id);
    let theirs = Answer::json(200, &[], &format!(r#"{{"sessions":[{}]}}"#, session(&user, false)));
    assert_eq!(asked(&routes, &admin, "GET", &path, "").await, theirs);
    assert_eq!(auth.as_operator().end_sessions(user.id).await.unwrap(), 1);
    let none = Answer::json(200, &[], r#"{"sessions":[]}"#);
    assert_eq!(asked(&routes, &admin, "GET", &path, "").await, none);
}

#[tokio::test]
async fn whoever_ends_the_session_they_ask_from_loses_their_cookie() {
    for (path, body) in [
        ("/sessions/{sid}", r#"{"message":"Session ended"}"#),
        ("/sessions?current=true", r#"{"message":"Sessions ended","ended":1}"#),
        ("/users/{id}/sessions/{sid}", r#"{"message":"Session ended"}"#),
        ("/users/{id}/sessions", r#"{"message":"Sessions ended","ended":1}"#),
    ] {
        let Team { routes, admin, .. } = Team::open(MemoryStore::new()).await;
        let path = path.replace("{id}", &admin.id.to_string()).replace("{sid}", &admin.session.to_string());
        let answer = asked(&routes, &admin, "DELETE", &path, "").await;
        assert_eq!(answer, Answer::json(200, &[CLEARED], body), "{path}");
        assert_eq!(asked(&routes, &admin, "GET", "/me", "").await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn whoever_ends_other_sessions_keeps_their_cookie() {
    let Team { routes, admin, user, .. } = Team::open(MemoryStore::new()).await;
    assert_eq!(asked(&routes, &user, "DELETE", "/sessions", "").await, ended(&[], 0));
    assert_eq!(asked(&routes, &user, "DELETE", "/sessions?current=false", "").await, ended(&[], 0));
    let others = format!("/sessions/{}", admin.session);
    assert_eq!(asked(&routes, &user, "DELETE", &others, "").await, refusal(404, "Not found"));
    let theirs = format!("/users/{}/sessions/{}", user.id, user.session);
    assert_eq!(asked(&routes, &admin, "DELETE", &theirs, "").await, message("Session ended"));
    assert_eq!(asked(&routes, &admin, "DELETE", &theirs, "").await, refusal(404, "Not found"));
    let all = format!("/users/{}/sessions", user.id);
    assert_eq!(asked(&routes, &admin, "DELETE", &all, "").await, ended(&[], 0));
    assert_eq!(asked(&routes, &user, "GET", "/sessions", "").await.status, 401);
}

#[tokio::test]
async fn people_rename_themselves_and_replace_their_password() {
    let Team { routes, user, .. } = Team::open(MemoryStore::new()).await;
    let renamed = format!(r#"{{"id":"{}","email":"{USER_EMAIL}","name":"Renamed","role":"USER"}}"#, user.id);
    let answer = asked(&routes, &user, "PATCH", "/me", r#"{"name":" Renamed ","role":"ADMIN"}"#).await;
    assert_eq!(answer, Answer::json(200, &[], &renamed));
    assert_eq!(asked(&routes, &user, "GET", "/me", "").await, answer);
    assert_eq!(asked(&routes, &user, "PATCH", "/me", "{}").await, refusal(400, "name is required"));

    let change =
        |current: &str, new: &str| format!(r#"{{"currentPassword":"{current}","newPassword":"{new}"}}"#);
    for (body, expected) in [
        (change("not this one", "another good one"), refusal(403, "Current password is incorrect")),
        (change(PASSWORD, "short"), refusal(400, "newPassword must be at least 8 characters")),
        (change(PASSWORD, "another good one"), message("Password changed")),
        (change(PASSWORD, "another good one"), refusal(403, "Current password is incorrect")),
    ] {
        assert_eq!(asked(&routes, &user, "POST", "/password", &body).await, expected, "{body}");
    }
    let login = CREDENTIALS.replace("admin@", "user@");
    assert_eq!(call(&routes, post("/api/auth/login", &login)).await.status, 401);
    let login = login.replace(PASSWORD, "another good one");
    assert_eq!(call(&routes, post("/api/auth/login", &login)).await.status, 200);
}
