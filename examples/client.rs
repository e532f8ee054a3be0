//! What the examples' tests call with: one request over a connection of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request over a connection of its own; the status and all that follows it.
pub(crate) async fn call(to: SocketAddr, head: &str, body: &str) -> (String, String) {
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
pub(crate) async fn login(to: SocketAddr) -> (String, String) {
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
