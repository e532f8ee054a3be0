//! Whoever is logged in gets their own, and nobody else gets anything.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use tokio::net::TcpListener;

use client::{call, login};

#[path = "../../../client.rs"]
mod client;

#[tokio::test]
async fn after_the_fifteen_lines_the_orders_are_for_whoever_is_logged_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, super::app().unwrap()).into_future());

    let (head, body) = call(to, "GET /api/orders HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(head.contains("\r\nwww-authenticate: Bearer\r\n"), "{head}");
    assert_eq!(body, r#"{"error":"Access token required"}"#);

    let (token, id) = login(to).await;
    let request = format!("GET /api/orders HTTP/1.1\r\nAuthorization: Bearer {token}");
    let (head, body) = call(to, &request, "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, format!("orders of {id}"));
}
