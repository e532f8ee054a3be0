//! The application with the test kit: no socket, no waiting, a clock to move.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::time::Duration;

use auth_core::{AccountChange, Auth, MemoryStore, Role};
use auth_testing::{Client, TestKit};

/// The application, called by somebody who is not signed in.
fn open(kit: &TestKit) -> (Auth<MemoryStore>, Client) {
    let auth = kit.auth(MemoryStore::new());
    (auth.clone(), kit.client(example_axum_embed::app(auth)))
}

#[tokio::test]
async fn everyone_sees_their_own_orders() {
    let (auth, stranger) = open(&TestKit::new());
    let ann = stranger.signed_in_as(&auth, Role::USER).await;
    let id = ann.me().await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(ann.get("/api/orders").await.has_status(200).text(), format!("the orders of {id}"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_refused() {
    let (_, stranger) = open(&TestKit::new());
    for path in ["/api/orders", "/api/admin/report"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.has_status(401).text(), r#"{"error":"Access token required"}"#);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn the_report_is_for_admins_from_one_request_to_the_next() {
    let (auth, stranger) = open(&TestKit::new());
    let admin = stranger.signed_in_as(&auth, Role::ADMIN).await;
    assert_eq!(admin.get("/api/admin/report").await.has_status(200).text(), "for admins only");

    let other = stranger.signed_in_as(&auth, Role::ADMIN).await; // somebody has to stay one
    let id = admin.me().await.json()["id"].as_str().unwrap().parse().unwrap();
    let demotion = AccountChange { role: Some(Role::USER), ..AccountChange::default() };
    auth.as_operator().change(id, demotion).await.unwrap();
    let answer = admin.get("/api/admin/report").await;
    assert_eq!(answer.has_status(403).text(), r#"{"error":"Insufficient permissions"}"#);
    other.get("/api/admin/report").await.has_status(200);
}

#[tokio::test]
async fn an_hour_later_a_refresh_brings_the_orders_back() {
    let kit = TestKit::new();
    let (auth, stranger) = open(&kit);
    let ann = stranger.signed_in_as(&auth, Role::USER).await;
    kit.clock().advance(Duration::from_hours(1));
    let answer = ann.get("/api/orders").await;
    assert_eq!(answer.has_status(401).text(), r#"{"error":"Invalid or expired token"}"#);
    ann.refresh().await.has_status(200);
    ann.get("/api/orders").await.has_status(200);
}
