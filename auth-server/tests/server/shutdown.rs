//! Being told to stop.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{EMAIL, PASSWORD};
use crate::process::{Server, Store};

/// Sends the head of a login, tells the server to stop, and only then sends the body: the request
/// is in flight when the signal comes, however fast the machine is.
async fn a_request_in_flight_survives(signal: &str) {
    let store = Store::sqlite();
    let mut server = Server::start(&store.url());
    assert_eq!(server.client().bootstrap().await.status, 201);

    let body = format!(r#"{{"email":"{EMAIL}","password":"{PASSWORD}"}}"#);
    let head = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut busy = TcpStream::connect(server.address()).await.unwrap();
    busy.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body when it has read the head: from here on it is in flight.
    let mut asked = [0; 25];
    busy.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let mut idle = TcpStream::connect(server.address()).await.unwrap();

    server.signal(signal);
    server.wait_for("no longer accepting connections; finishing what is in flight");
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap_or(0), 0, "what idles is closed at once");
    assert!(TcpStream::connect(server.address()).await.is_err(), "nobody else is let in");

    busy.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("accessToken"), "{answer}");

    let (status, took) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_a_request_in_flight_finish() {
    a_request_in_flight_survives("TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_ctrl_c() {
    a_request_in_flight_survives("INT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_insists_ends_it_at_once() {
    let store = Store::sqlite();
    let mut server = Server::start(&store.url());
    let mut busy = TcpStream::connect(server.address()).await.unwrap();
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    busy.write_all(head.as_bytes()).await.unwrap();
    busy.read_exact(&mut [0; 25]).await.unwrap();

    server.signal("TERM");
    server.wait_for("no longer accepting connections; finishing what is in flight");
    // One that comes at once is an echo of the first; so keep asking.
    while server.is_running() {
        server.signal("TERM");
    }
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(1));
}
