//! Keys sign in place of a secret, and are replaced while it runs.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::process::{ACCESS_SECRET, REFRESH_SECRET, Server, Store, program};

const KEYS_SECRET: &str = "b7Ty4Kw9Zc2Lm6Xq1Vn8Rd3Hs5Gj0FpE";

fn start(store: &Store, more: &[(&str, &str)]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    command
        .env("DATABASE_URL", store.url())
        .envs([("PORT", "0"), ("NODE_ENV", "test"), ("LOG_FORMAT", "json"), ("RUST_LOG", "trace")])
        .envs([("JWT_REFRESH_SECRET", REFRESH_SECRET), ("JWT_KEYS_SECRET", KEYS_SECRET)])
        // Whoever waits for a key logs in again and again, and may not end their own first session.
        .envs([("JWT_KEYS_INTERVAL", "100ms"), ("REFRESH_REUSE_GRACE", "0"), ("SESSION_LIMIT", "1000")])
        .envs(more.iter().copied());
    Server::launch(command, folder)
}

fn command(store: &Store, line: &str) -> Command {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&folder);
    command.env("DATABASE_URL", store.url()).env("JWT_KEYS_SECRET", KEYS_SECRET).env("NODE_ENV", "test");
    command.args(line.split_whitespace()).current_dir(std::env::temp_dir());
    command
}

/// Runs a command, and gives the id of the key that it is about.
fn keys(store: &Store, line: &str) -> String {
    let output = command(store, &format!("keys {line} --json")).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    said["id"].as_str().unwrap_or_default().to_owned()
}

/// The `alg` and the `kid` of a token.
fn header(token: &str) -> (String, String) {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let text = |name: &str| header[name].as_str().unwrap().to_owned();
    (text("alg"), text("kid"))
}

/// Logs in until a token says that this key has signed it; each login on the way succeeds.
async fn signed_by(server: &Server, kid: &str) -> String {
    loop {
        let login = server.client().login().await;
        assert_eq!(login.status, 200, "{login:?}");
        let token = login.access_token();
        assert_eq!(server.client().me(&token).await.status, 200);
        if header(&token).1 == kid {
            return token;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_secret_makes_its_first_key_and_keeps_it() {
    for store in [Some(Store::sqlite()), Store::postgres()].into_iter().flatten() {
        let server = start(&store, &[]);
        assert_eq!(server.client().bootstrap().await.status, 201);
        let token = server.client().login().await.access_token();
        assert_eq!(header(&token).0, "EdDSA");
        drop(server);
        let server = start(&store, &[]);
        assert_eq!(server.client().me(&token).await.status, 200, "its tokens outlive a restart");
        let published: Value =
            serde_json::from_str(&server.client().get("/api/auth/jwks.json").await.body).unwrap();
        assert_eq!(published["keys"].as_array().unwrap().len(), 1);
        assert_eq!(published["keys"][0]["kid"], header(&token).1.as_str());
        assert_eq!(published["keys"][0]["d"], Value::Null, "the private part stays where it is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_on_two_servers_without_a_restart_or_a_failed_request() {
    for store in [Some(Store::sqlite()), Store::postgres()].into_iter().flatten() {
        let servers = [start(&store, &[]), start(&store, &[])];
        assert_eq!(servers[0].client().bootstrap().await.status, 201);
        let old = servers[0].client().login().await.access_token();
        // Long enough for both to look more than once.
        let next = keys(&store, "rotate --after 2s");
        for (signer, other) in [(0, 1), (1, 0)] {
            let token = signed_by(&servers[signer], &next).await;
            assert_eq!(servers[other].client().me(&token).await.status, 200);
            assert_eq!(servers[other].client().me(&old).await.status, 200, "the old one verifies");
        }
        // Whoever takes it away takes its tokens away, and nobody's session.
        assert_eq!(keys(&store, &format!("retire {} --now", header(&old).1)), "");
        while servers[1].client().me(&old).await.status == 200 {}
        let cookie = servers[0].client().login().await.cookie().unwrap();
        assert_eq!(servers[1].client().refresh(&cookie).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_makes_way_for_a_key_and_nobody_is_logged_out() {
    let store = Store::sqlite();
    let secret = [("JWT_ACCESS_SECRET", ACCESS_SECRET)];
    let server = start(&store, &secret);
    assert_eq!(server.client().bootstrap().await.status, 201);
    let old = server.client().login().await.access_token();
    assert_eq!(header(&old).0, "HS256", "no key is made where a secret signs");
    let key = keys(&store, "generate --now");
    let new = signed_by(&server, &key).await;
    assert_eq!(server.client().me(&old).await.status, 200, "tokens of the secret are good still");
    drop(server);
    let server = start(&store, &[]);
    assert_eq!(server.client().me(&new).await.status, 200);
    server.client().me(&old).await.is(401, r#"{"error":"Invalid or expired token"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_previous_secret_verifies_and_never_signs() {
    let store = Store::sqlite();
    let server = start(&store, &[("JWT_ACCESS_SECRET_PREVIOUS", ACCESS_SECRET)]);
    assert_eq!(server.client().bootstrap().await.status, 201);
    assert_eq!(header(&server.client().login().await.access_token()).0, "EdDSA");
}

#[test]
fn another_secret_than_that_of_the_keys_stops_the_start_and_says_what_to_do() {
    let store = Store::sqlite();
    let key = keys(&store, "generate");
    let other = "k2Gt7Zb4Qx9Mv1Ld6Rj3Hs8Pw5Nc0FyA";
    let start = |variables: &[(&str, &str)]| {
        let mut command = command(&store, "serve");
        command.env("JWT_REFRESH_SECRET", REFRESH_SECRET).env("PORT", "0").envs(variables.iter().copied());
        command.output().unwrap()
    };
    let output = start(&[("JWT_KEYS_SECRET", other)]);
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!(
            "the key {key} does not open with JWT_KEYS_SECRET: it was sealed with another secret, or changed since; put the secret that it was made with into JWT_KEYS_SECRET_PREVIOUS"
        )),
        "{said}"
    );
    assert!(!said.contains(other) && !said.contains(KEYS_SECRET), "{said}");
}
