//! The application as a client meets it, over a socket.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::{AccountChange, AccountState, Auth, MemoryStore, Role};
use auth_testing::{TestKit, signed_in_as};
use poem::Server;
use poem::listener::TcpAcceptor;

use client::{call, login};

#[path = "../../client.rs"]
mod client;

async fn start() -> (SocketAddr, Auth<MemoryStore>) {
    let auth = TestKit::new().auth(MemoryStore::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
    tokio::spawn(Server::new_with_acceptor(acceptor).run(example_poem_recipe::app(auth.clone())));
    (address, auth)
}

fn orders(token: &str) -> String {
    format!("GET /api/orders HTTP/1.1\r\nAuthorization: Bearer {token}")
}

#[tokio::test]
async fn who_logs_in_reaches_the_orders_and_who_does_not_is_refused() {
    let (to, _) = start().await;
    let (token, id) = login(to).await;
    let (head, body) = call(to, &orders(&token), "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, format!("the orders of {id}"));

    let (head, body) = call(to, "GET /api/orders HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(head.contains("\r\nwww-authenticate: Bearer\r\n"), "{head}");
    assert_eq!(body, r#"{"error":"Access token required"}"#);
}

#[tokio::test]
async fn a_disabled_account_is_refused_at_once() {
    let (to, auth) = start().await;
    let ann = signed_in_as(&auth, Role::USER).await;
    let leave = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    auth.as_operator().change(ann.user.id, leave).await.unwrap();
    let (head, body) = call(to, &orders(ann.access_token.expose()), "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert_eq!(body, r#"{"error":"Invalid or expired token"}"#);
}

#[tokio::test]
async fn the_routes_answer_for_themselves_whatever_is_sent() {
    let (to, _) = start().await;
    let (head, body) = call(to, "PUT /api/auth/login HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 405 ") && head.contains("\r\nallow: POST\r\n"), "{head}");
    assert_eq!(body, r#"{"error":"Method not allowed"}"#);
    let (head, body) = call(to, "POST /api/auth/login HTTP/1.1", &" ".repeat(16 * 1024 + 1)).await;
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
    assert_eq!(body, r#"{"error":"Request body must be at most 16 KiB"}"#);
    let (head, body) = call(to, "GET /api/auth/nowhere HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 404 "), "{head}");
    assert_eq!(body, r#"{"error":"Not found"}"#);
}
