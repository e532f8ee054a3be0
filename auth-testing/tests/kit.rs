//! The kit on the real thing: `AuthRoutes`, in a router, behind guards.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![cfg(any(debug_assertions, feature = "insecure-in-release"))]

use std::time::Duration;

use auth_core::{MemoryStore, Policy, Role};
use auth_testing::{Client, TestKit, first_admin, signed_in_as};
use auth_tower::{AuthLayer, AuthRoutes, BasePath, RequireAuth};
use axum::Router;
use axum::routing::get;
use proptest::prelude::*;

fn routes(kit: &TestKit) -> (auth_core::Auth<MemoryStore>, Client) {
    let auth = kit.auth(MemoryStore::new());
    let client = kit.client(AuthRoutes::new(auth.clone()).with_accounts());
    (auth, client)
}

/// All that one run gives out, in order: tokens, cookies, ids.
async fn run(steps: &[u8]) -> Vec<String> {
    let kit = TestKit::new();
    let (auth, client) = routes(&kit);
    let admin = first_admin(&auth).await;
    let mut told = vec![admin.access_token.expose().to_owned(), admin.refresh_token.expose().to_owned()];
    let mut client = client.signed_in_as(&auth, Role::USER).await;
    for step in steps {
        match step % 5 {
            0 => drop(client.refresh().await),
            1 => client = client.signed_in_as(&auth, Role::ADMIN).await,
            2 => drop(client.logout().await),
            3 => kit.clock().advance(Duration::from_secs(u64::from(*step))),
            _ => told.push(client.me().await.text().to_owned()),
        }
        told.extend(client.access_token().map(|token| token.expose().to_owned()));
        told.extend(client.cookie("refresh_token", "/api/auth/refresh"));
        told.extend(client.cookie("auth_device", "/api/auth/login"));
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn two_runs_give_the_same_tokens(steps in prop::collection::vec(any::<u8>(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let [one, other] = [(); 2].map(|()| runtime.block_on(run(&steps)));
        prop_assert_eq!(one, other);
    }
}

#[tokio::test]
async fn everyone_who_is_signed_in_is_somebody_else() {
    let auth = TestKit::new().auth(MemoryStore::new());
    let mut addresses = Vec::new();
    for role in [Role::USER, Role::USER, Role::ADMIN, Role::USER] {
        let someone = signed_in_as(&auth, &role).await;
        assert_eq!((someone.identity.role, someone.user.role), (role.clone(), role));
        assert_eq!(someone.identity.user_id, someone.user.id);
        addresses.push(someone.user.email.as_str().to_owned());
    }
    let expected = ["user@example.com", "user-2@example.com", "admin@example.com", "user-3@example.com"];
    assert_eq!(addresses, expected);
}

#[tokio::test]
async fn a_browser_stays_signed_in_over_reloads_and_expiry_until_the_cookie_is_too_old() {
    let kit = TestKit::new();
    let (auth, client) = routes(&kit);
    let ann = client.signed_in_as(&auth, Role::USER).await;

    kit.clock().advance(Duration::from_mins(16));
    assert_eq!(ann.me().await.text(), r#"{"error":"Invalid or expired token"}"#);
    ann.reload();
    assert_eq!(ann.me().await.text(), r#"{"error":"Access token required"}"#);
    let before = ann.cookie("refresh_token", "/api/auth/refresh").unwrap();
    ann.refresh().await.has_status(200);
    assert_ne!(ann.cookie("refresh_token", "/api/auth/refresh").unwrap(), before, "it was rotated");
    assert_eq!(ann.me().await.json()["role"], "USER");
    assert_eq!(ann.cookie("refresh_token", "/api/orders"), None, "it stays below its path");

    let week = Policy::default().refresh_ttl;
    kit.clock().advance(week);
    assert_eq!(ann.refresh().await.text(), r#"{"error":"Refresh token required"}"#);
}

#[tokio::test]
async fn tabs_share_a_browser_and_browsers_share_nothing() {
    let (auth, client) = routes(&TestKit::new());
    let ann = client.signed_in_as(&auth, Role::USER).await;
    let (tab, bob) = (ann.clone(), ann.signed_in_as(&auth, Role::USER).await);
    assert_eq!(bob.me().await.json()["name"], "user-2");
    tab.logout().await.has_status(200);
    assert!(ann.access_token().is_none());
    assert_eq!(ann.me().await.status(), 401);
    bob.me().await.has_status(200);
}

#[tokio::test]
async fn a_request_may_carry_another_token_or_none() {
    let (auth, client) = routes(&TestKit::new());
    let ann = client.signed_in_as(&auth, Role::USER).await;
    let token = ann.access_token().unwrap();
    assert_eq!(ann.get("/api/auth/me").without_bearer().await.status(), 401);
    assert_eq!(ann.get("/api/auth/me").bearer("x").await.status(), 401);
    assert_eq!(client.get("/api/auth/me").bearer(token.expose()).await.status(), 200);
    let name = serde_json::json!({"name": "Ann"});
    ann.patch("/api/auth/me").json(&name).await.has_status(200);
    assert_eq!(ann.me().await.json()["name"], "Ann");
}

#[tokio::test]
async fn over_plain_http_a_secure_cookie_is_lost_as_in_a_browser() {
    let kit = TestKit::new();
    let auth = kit.auth(MemoryStore::new());
    let secure = kit.client(AuthRoutes::new(auth.clone())).over_http();
    let lost = secure.signed_in_as(&auth, Role::USER).await;
    assert_eq!(lost.refresh().await.text(), r#"{"error":"Refresh token required"}"#);
    let open = kit.client(AuthRoutes::new(auth.clone()).insecure_cookies()).over_http();
    open.signed_in_as(&auth, Role::USER).await.refresh().await.has_status(200);
}

#[tokio::test]
async fn a_router_a_layer_and_another_base_path_are_called_alike() {
    let kit = TestKit::new();
    let auth = kit.auth(MemoryStore::new());
    let guarded = get(async || "orders").layer(RequireAuth::new(auth.clone()));
    let app = Router::new().route("/api/orders", guarded).layer(AuthLayer::new(
        AuthRoutes::new(auth.clone()).with_base_path(BasePath::parse("/session").unwrap()),
    ));
    let stranger = kit.client(app).with_base_path("/session");
    assert_eq!(stranger.get("/api/orders?page=1").await.text(), r#"{"error":"Access token required"}"#);
    let ann = stranger.signed_in_as(&auth, Role::USER).await;
    assert_eq!(ann.get("/api/orders?page=1").await.text(), "orders");
    ann.refresh().await.has_status(200);
}
