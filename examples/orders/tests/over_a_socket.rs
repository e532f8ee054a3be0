//! The service as a client meets it, over a socket, on a database of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use example_orders::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use client::{call, login};

#[path = "../../client.rs"]
mod client;

const ANN: &str =
    r#"{"email":"ann@example.com","name":"Ann","role":"USER","password":"correct horse battery"}"#;

async fn start(folder: &TempDir, variables: &[(&str, &str)]) -> SocketAddr {
    let database = format!("sqlite://{}?mode=rwc", folder.path().join("orders.db").display());
    let variables = [&[("DATABASE_URL", database.as_str())], variables].concat();
    let value = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let settings = Settings::read(|name| value(name).map(str::to_owned)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(example_orders::serve(listener, settings));
    address
}

/// One request with this token: the status, and the body.
async fn ask(to: SocketAddr, route: &str, token: &str, body: &str) -> (String, Value) {
    let (head, body) = call(to, &format!("{route} HTTP/1.1\r\nAuthorization: Bearer {token}"), body).await;
    (head["HTTP/1.1 ".len()..][..3].to_owned(), serde_json::from_str(&body).unwrap())
}

/// Creates Ann, with the admin's token, and logs her in: her token and her id.
async fn ann(to: SocketAddr, admin: &str) -> (String, String) {
    let (status, created) = ask(to, "POST /api/auth/users", admin, ANN).await;
    assert_eq!(status, "201", "{created}");
    let (_, entry) = ask(to, "POST /api/auth/login", "", ANN).await;
    (entry["accessToken"].as_str().unwrap().to_owned(), created["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn everyone_sees_their_own_orders_and_an_admin_sees_all() {
    let folder = tempfile::tempdir().unwrap();
    let to = start(&folder, &[]).await;
    let (admin, _) = login(to).await;
    let (ann, _) = ann(to, &admin).await;

    let (status, order) = ask(to, "POST /api/orders", &ann, r#"{"item":" Tea ","quantity":2}"#).await;
    assert_eq!(status, "201", "{order}");
    let placed_at = order["placedAt"].as_i64().unwrap();
    assert_eq!(order, json!({"id": 1, "item": "Tea", "quantity": 2, "placedAt": placed_at}));

    let own = json!({"orders": [{"id": 1, "item": "Tea", "quantity": 2, "placedAt": placed_at}]});
    assert_eq!(ask(to, "GET /api/orders", &ann, "").await, ("200".to_owned(), own));
    assert_eq!(ask(to, "GET /api/orders", &admin, "").await, ("200".to_owned(), json!({"orders": []})));
    let all = json!({"orders": [
        {"id": 1, "item": "Tea", "quantity": 2, "placedAt": placed_at, "buyer": "ann@example.com"},
    ]});
    assert_eq!(ask(to, "GET /api/orders/all", &admin, "").await, ("200".to_owned(), all));
    let refused = json!({"error": "Insufficient permissions"});
    assert_eq!(ask(to, "GET /api/orders/all", &ann, "").await, ("403".to_owned(), refused));
}

#[tokio::test]
async fn nobody_orders_without_a_token_or_for_someone_else() {
    let folder = tempfile::tempdir().unwrap();
    let to = start(&folder, &[]).await;
    for route in ["GET /api/orders", "POST /api/orders", "GET /api/orders/all"] {
        let (head, body) = call(to, &format!("{route} HTTP/1.1"), "{}").await;
        assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
        assert!(head.contains("\r\nwww-authenticate: Bearer\r\n"), "{head}");
        assert_eq!(body, r#"{"error":"Access token required"}"#);
    }
    let (admin, id) = login(to).await;
    let (ann, _) = ann(to, &admin).await;
    let for_the_admin = format!(r#"{{"item":"Tea","quantity":1,"buyer":"{id}","userId":"{id}"}}"#);
    assert_eq!(ask(to, "POST /api/orders", &ann, &for_the_admin).await.0, "201");
    assert_eq!(ask(to, "GET /api/orders", &admin, "").await.1, json!({"orders": []}));
}

#[tokio::test]
async fn what_cannot_be_ordered_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let to = start(&folder, &[]).await;
    let (token, _) = login(to).await;
    for (body, error) in [
        ("{}", "The body must be JSON with an item and a quantity"),
        ("tea", "The body must be JSON with an item and a quantity"),
        (r#"{"item":" ","quantity":1}"#, "item must have 1 to 100 characters"),
        (r#"{"item":"Tea","quantity":0}"#, "quantity must be 1 to 1000"),
    ] {
        let answer = ask(to, "POST /api/orders", &token, body).await;
        assert_eq!(answer, ("400".to_owned(), json!({"error": error})));
    }
}

#[tokio::test]
async fn whoever_is_disabled_is_out_with_the_next_request() {
    let folder = tempfile::tempdir().unwrap();
    let to = start(&folder, &[]).await;
    let (admin, _) = login(to).await;
    let (ann, id) = ann(to, &admin).await;
    assert_eq!(ask(to, "GET /api/orders", &ann, "").await.0, "200");
    assert_eq!(
        ask(to, &format!("PATCH /api/auth/users/{id}"), &admin, r#"{"disabled":true}"#).await.0,
        "200"
    );
    let refused = ("401".to_owned(), json!({"error": "Invalid or expired token"}));
    assert_eq!(ask(to, "GET /api/orders", &ann, "").await, refused);
}

#[tokio::test]
async fn in_production_bootstrap_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("APP_ENV", "production"),
        ("JWT_ACCESS_SECRET", "vK3xw9QmZr7TbE2uYhN5cJ8sLdF4gPaA"),
        ("JWT_REFRESH_SECRET", "Gq6RzD1nXoV0tWkB8yMjH3eUiC5pSlfA"),
    ];
    let to = start(&folder, &variables).await;
    let admin = r#"{"email":"admin@example.com","password":"StrongPassword123!","name":"Admin"}"#;
    let (head, body) = call(to, "POST /api/auth/bootstrap HTTP/1.1", admin).await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    assert_eq!(body, r#"{"error":"Bootstrap is disabled"}"#);
}
