//! Everybody gets everything.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use tokio::net::TcpListener;

use client::call;

#[path = "../../../client.rs"]
#[expect(dead_code, reason = "there is no login yet")]
mod client;

#[tokio::test]
async fn before_the_fifteen_lines_everybody_sees_the_orders() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, super::app()).into_future());

    let (head, body) = call(to, "GET /api/orders HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body, "everybody's orders");
}
