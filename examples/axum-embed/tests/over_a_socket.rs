//! The application as a client meets it, over a socket.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::{Email, MemoryStore, Name, Role, Timestamp, User};
use tokio::net::TcpListener;

use client::{call, login};

#[path = "../../client.rs"]
mod client;

async fn start(store: MemoryStore) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(example_axum_embed::serve(listener, store));
    address
}

#[tokio::test]
async fn who_is_logged_in_reaches_the_orders() {
    let to = start(MemoryStore::new()).await;
    let (token, id) = login(to).await;
    let (head, body) =
        call(to, &format!("GET /api/orders HTTP/1.1\r\nAuthorization: Bearer {token}"), "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, format!("the orders of {id}"));
}

#[tokio::test]
async fn who_is_not_is_refused() {
    let to = start(MemoryStore::new()).await;
    for path in ["/api/orders", "/api/admin/report"] {
        let (head, body) = call(to, &format!("GET {path} HTTP/1.1"), "").await;
        assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
        assert!(head.contains("\r\nwww-authenticate: Bearer\r\n"), "{head}");
        assert_eq!(body, r#"{"error":"Access token required"}"#);
    }
}

#[tokio::test]
async fn the_report_is_for_admins_from_one_request_to_the_next() {
    let store = MemoryStore::new();
    let to = start(store.clone()).await;
    let (token, id) = login(to).await;
    let report = format!("GET /api/admin/report HTTP/1.1\r\nAuthorization: Bearer {token}");
    let (head, body) = call(to, &report, "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, "for admins only");

    let demoted = User {
        id: id.parse().unwrap(),
        email: Email::parse("admin@example.com").unwrap(),
        name: Name::parse("Admin").unwrap(),
        role: Role::USER,
        created_at: Timestamp::from_millis(0),
        disabled_at: None,
    };
    store.put_user(demoted, None);
    let (head, body) = call(to, &report, "").await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    assert_eq!(body, r#"{"error":"Insufficient permissions"}"#);
}
