//! The first admin in production, and the way back in where no admin can sign in.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::run::{PASSWORD, Place};
use crate::client::{self, Answer, EMAIL, post};
use crate::process::Server;

const TOKEN: &str = "w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA";

fn bootstrap(token: &str) -> Request<Bytes> {
    let body = json!({ "email": EMAIL, "password": client::PASSWORD, "name": "Admin" });
    let mut request = post("/api/auth/bootstrap", &body);
    request.headers_mut().insert("x-bootstrap-token", token.parse().unwrap());
    request
}

/// A server in production, on a database that commands work on as well, open to the token.
fn guarded(place: &Place) -> Server {
    let variables = [("NODE_ENV", "production"), ("ALLOW_BOOTSTRAP", "true"), ("BOOTSTRAP_TOKEN", TOKEN)];
    Server::start_with(&place.url(), &variables)
}

fn is_admin(login: &Answer) {
    assert_eq!((login.status, login.json()["user"]["role"].as_str()), (200, Some("ADMIN")), "{login:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_the_token_makes_the_first_admin_and_is_logged_nowhere() {
    let place = Place::sqlite();
    let server = guarded(&place);
    let client = server.client();
    let required = r#"{"error":"Bootstrap token required"}"#;
    client.bootstrap().await.is(401, required);
    client.send(bootstrap(&TOKEN.to_lowercase())).await.is(401, required);
    client.send(bootstrap(TOKEN)).await.is(201, r#"{"message":"Admin user created successfully"}"#);
    is_admin(&client.login().await);
    // Its log is searched for the token when it stops.
    let log = server.stop().concat();
    assert!(!log.contains(TOKEN) && log.contains("whoever has BOOTSTRAP_TOKEN"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_admin_can_sign_in_the_command_line_is_the_way_back() {
    for place in Place::all() {
        let server = guarded(&place);
        let client = server.client();
        let exists = r#"{"error":"Admin user already exists"}"#;
        place.create("user@example.com", "USER");
        client.send(bootstrap(TOKEN)).await.is(409, exists);

        // One admin is made; one who was shut out is let in again, with another password.
        place.create(EMAIL, "ADMIN");
        is_admin(&client.login().await);
        place.create("locked@example.com", "ADMIN");
        assert_eq!(place.run("user disable locked@example.com").code, 0);
        let locked = json!({ "email": "locked@example.com", "password": PASSWORD });
        assert_eq!(client.post("/api/auth/login", &locked).await.status, 401);
        assert_eq!(place.run("user enable locked@example.com").code, 0);
        is_admin(&client.post("/api/auth/login", &locked).await);
        let new = "another horse battery staple";
        let set = place.run_with("user set-password locked@example.com --password-stdin", new);
        assert_eq!(set.code, 0, "{set:?}");
        let renewed = json!({ "email": "locked@example.com", "password": new });
        is_admin(&client.post("/api/auth/login", &renewed).await);

        // However few are left, bootstrap stays shut as long as there is anyone.
        client.send(bootstrap(TOKEN)).await.is(409, exists);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bootstrap_opens_again_when_the_last_user_is_gone() {
    for place in Place::all() {
        let server = guarded(&place);
        let client = server.client();
        place.create("user@example.com", "USER");
        client.send(bootstrap(TOKEN)).await.is(409, r#"{"error":"Admin user already exists"}"#);
        assert_eq!(place.run("user delete user@example.com --yes").code, 0);
        client.send(bootstrap(TOKEN)).await.is(201, r#"{"message":"Admin user created successfully"}"#);
        is_admin(&client.login().await);
    }
}
