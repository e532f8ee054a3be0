//! The application as a client meets it, over a socket.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::MemoryStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(example_hyper_only::serve(listener, MemoryStore::new()));
    address
}

/// One request over a connection of its own; the status and all that follows it.
async fn call(to: SocketAddr, head: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {to}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

const ADMIN: &str = r#"{"email":"admin@example.com","password":"StrongPassword123!","name":"Admin"}"#;

/// Creates the first admin and logs them in; their access token and their id.
async fn login(to: SocketAddr) -> (String, String) {
    let (head, body) = call(to, "POST /api/auth/bootstrap HTTP/1.1", ADMIN).await;
    assert!(head.starts_with("HTTP/1.1 201 "), "{head}");
    assert_eq!(body, r#"{"message":"Admin user created successfully"}"#);

    let (head, body) = call(to, "POST /api/auth/login HTTP/1.1", ADMIN).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.contains("; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=604800\r\n"),
        "the cookie is one for development: {head}"
    );
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&body["accessToken"]), text(&body["user"]["id"]))
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
