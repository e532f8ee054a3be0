//! The application as a client meets it, over a socket: what the tests in process cannot see.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::MemoryStore;
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
async fn an_admin_adds_a_colleague_who_sees_from_where_they_are_logged_in() {
    let to = start(MemoryStore::new()).await;
    let (admin, _) = login(to).await;
    let colleague =
        r#"{"email":"ann@example.com","name":"Ann","role":"USER","password":"correct horse battery"}"#;
    let create = format!("POST /api/auth/users HTTP/1.1\r\nAuthorization: Bearer {admin}");
    let (head, body) = call(to, &create, colleague).await;
    assert!(head.starts_with("HTTP/1.1 201 "), "{head}");
    let created: serde_json::Value = serde_json::from_str(&body).unwrap();
    let place = format!("\r\nlocation: /api/auth/users/{}\r\n", created["id"].as_str().unwrap());
    assert!(head.contains(&place), "{head}");

    let (_, body) = call(to, "POST /api/auth/login HTTP/1.1\r\nUser-Agent: example", colleague).await;
    let entry: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(entry["user"]["name"], "Ann");
    let bearer = format!("Authorization: Bearer {}", entry["accessToken"].as_str().unwrap());
    let (head, body) = call(to, &format!("GET /api/auth/sessions HTTP/1.1\r\n{bearer}"), "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(body.contains(r#""userAgent":"example","ipAddress":"127.0.0.1","current":true"#), "{body}");
}
