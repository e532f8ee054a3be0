//! What a command does takes effect at once on a server that runs.

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::run::{PASSWORD, Place};
use crate::client::{Answer, Client, request};
use crate::process::Server;

const ANN: &str = "ann@example.com";

async fn login(client: &Client, password: &str) -> Answer {
    client.post("/api/auth/login", &json!({ "email": ANN, "password": password })).await
}

/// A server with an admin and Ann, who is logged in.
async fn server_with_ann(place: &Place) -> (Server, Client, Answer) {
    let server = Server::start(&place.url());
    let client = server.client();
    place.create("ops@example.com", "ADMIN");
    place.create(ANN, "USER");
    let session = login(&client, PASSWORD).await;
    assert_eq!(session.status, 200, "{session:?}");
    (server, client, session)
}

/// Asserts that neither cookie nor token of this session is good any more.
async fn is_out(client: &Client, session: &Answer) {
    client.me(&session.access_token()).await.is(401, r#"{"error":"Invalid or expired token"}"#);
    let refresh = client.refresh(&session.cookie().unwrap()).await;
    refresh.is(401, r#"{"error":"Invalid or expired token"}"#);
    assert!(refresh.header("set-cookie").unwrap().contains("Max-Age=0"));
}

async fn is_in(client: &Client, session: &Answer) {
    assert_eq!(client.me(&session.access_token()).await.status, 200);
    assert_eq!(client.refresh(&session.cookie().unwrap()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_and_an_enabled_one_may_log_in() {
    for place in Place::all() {
        let (_server, client, session) = server_with_ann(&place).await;
        assert_eq!(place.run("user disable ann@example.com").code, 0);
        is_out(&client, &session).await;
        login(&client, PASSWORD).await.is(401, r#"{"error":"Invalid email or password"}"#);
        assert_eq!(place.run("user enable ann@example.com").code, 0);
        is_out(&client, &session).await;
        is_in(&client, &login(&client, PASSWORD).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_is_out_for_good() {
    for place in Place::all() {
        let (_server, client, session) = server_with_ann(&place).await;
        assert_eq!(place.run("user delete ann@example.com --yes").code, 0);
        is_out(&client, &session).await;
        login(&client, PASSWORD).await.is(401, r#"{"error":"Invalid email or password"}"#);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_shows_at_once() {
    for place in Place::all() {
        let (_server, client, session) = server_with_ann(&place).await;
        let role = async || {
            let me = client.me(&session.access_token()).await;
            assert_eq!(me.status, 200);
            me.json()["role"].clone()
        };
        assert_eq!(role().await, "USER");
        assert_eq!(place.run("user set-role ann@example.com ADMIN").code, 0);
        assert_eq!(role().await, "ADMIN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_every_session_and_is_the_one_that_counts() {
    for place in Place::all() {
        let (_server, client, session) = server_with_ann(&place).await;
        let other = "another long secret";
        assert_eq!(place.run_with("user set-password ann@example.com --password-stdin", other).code, 0);
        is_out(&client, &session).await;
        login(&client, PASSWORD).await.is(401, r#"{"error":"Invalid email or password"}"#);
        is_in(&client, &login(&client, other).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_is_over_and_the_others_go_on() {
    for place in Place::all() {
        let (_server, client, first) = server_with_ann(&place).await;
        let body = json!({ "email": ANN, "password": PASSWORD }).to_string();
        let request = request(Method::POST, "/api/auth/login").header(CONTENT_TYPE, "application/json");
        let stolen = client.send(request.header("user-agent", "thief/1.0").body(body.into()).unwrap()).await;
        let listed = place.run("session list ann@example.com --json").json();
        let sessions = listed["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 2);
        let theirs = sessions.iter().find(|session| session["userAgent"] == "thief/1.0").unwrap();

        let id = theirs["id"].as_str().unwrap();
        assert_eq!(place.run(&format!("session end ann@example.com {id}")).code, 0);
        is_out(&client, &stolen).await;
        is_in(&client, &first).await;
        assert_eq!(place.run("session end-all ann@example.com").code, 0);
        is_out(&client, &first).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_admin_can_sign_in_a_command_is_the_way_back_in() {
    for place in Place::all() {
        // Nobody is there, and bootstrap is closed.
        let server = Server::start_with(&place.url(), &[("NODE_ENV", "production")]);
        let client = server.client();
        client.bootstrap().await.is(403, r#"{"error":"Bootstrap is disabled"}"#);
        place.create(ANN, "ADMIN");
        let session = login(&client, PASSWORD).await;
        let me: Value = client.me(&session.access_token()).await.json();
        assert_eq!(me["role"], "ADMIN");

        // She has forgotten her password.
        let other = "another long secret";
        assert_eq!(place.run_with("user set-password ann@example.com --password-stdin", other).code, 0);
        let session = login(&client, other).await;
        let bearer = format!("Bearer {}", session.access_token());
        let users = request(Method::GET, "/api/auth/users").header(AUTHORIZATION, bearer);
        assert_eq!(client.send(users.body(bytes::Bytes::new()).unwrap()).await.status, 200);
    }
}
