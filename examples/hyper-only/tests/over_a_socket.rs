//! The application as a client meets it, over a socket.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::MemoryStore;
use tokio::net::TcpListener;

use client::{call, login};

#[path = "../../client.rs"]
mod client;

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(example_hyper_only::serve(listener, MemoryStore::new()));
    address
}

#[tokio::test]
async fn who_is_logged_in_reaches_the_orders() {
    let to = start().await;
    let (token, id) = login(to).await;
    let (head, body) =
        call(to, &format!("GET /api/orders HTTP/1.1\r\nAuthorization: Bearer {token}"), "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, format!("the orders of {id}"));
}

#[tokio::test]
async fn who_is_not_is_refused() {
    let to = start().await;
    let (head, body) = call(to, "GET /api/orders HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(head.contains("\r\nwww-authenticate: Bearer\r\n"), "{head}");
    assert_eq!(body, r#"{"error":"Access token required"}"#);
}

#[tokio::test]
async fn the_rest_of_the_application_is_open() {
    let to = start().await;
    let (head, body) = call(to, "GET / HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, "hello");
    let (head, body) = call(to, "GET /api/authors HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    assert_eq!(body, "nothing here");
}
