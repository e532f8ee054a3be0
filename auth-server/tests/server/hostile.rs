//! Requests that are no requests, over a raw socket: what each is answered with, how many answers
//! the connection gives, and that the server serves on.

mod shapes;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::SERVERS_OWN;
use crate::process::{Server, Store};

/// Sent behind each: answered as well where the connection is still in step, and not where it was
/// closed. A request hidden in the first one would be a third answer.
const HONEST: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Everything that comes back, to the end.
async fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let (mut answers, mut requests) = stream.split();
    let writes = async {
        // It may hang up before it has read all of it.
        let _hung_up = requests.write_all(bytes).await;
    };
    let mut seen = Vec::new();
    let reads = async {
        // What it did not want to read makes the end a reset, behind the answers.
        let _reset = answers.read_to_end(&mut seen).await;
    };
    tokio::join!(writes, reads);
    String::from_utf8(seen).unwrap()
}

fn statuses(answers: &str) -> Vec<u16> {
    let lines = answers.split("HTTP/1.1 ").skip(1);
    lines.map(|answer| answer[..3].parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_gets_its_answer_and_hides_no_other() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let mut wrong = Vec::new();
    for (what, request, expected) in shapes::all() {
        let answers = exchange(&server, format!("{request}{HONEST}").as_bytes()).await;
        if statuses(&answers) != expected {
            wrong.push(format!("{what}: {:?} and not {expected:?}", statuses(&answers)));
        }
        server.client().get("/healthz").await.is(200, r#"{"status":"ok"}"#);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What cannot be read is answered by hyper, before there is a request that the guard could see.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_what_is_no_request_is_empty_and_ends_the_connection() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let answer = exchange(&server, b"nonsense\r\n\r\n").await;
    let lines: Vec<_> = answer.lines().filter(|line| !line.starts_with("date: ")).collect();
    assert_eq!(lines, ["HTTP/1.1 400 Bad Request", "connection: close", "content-length: 0", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_of_the_server() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let client = server.client();
    client.get("/healthz").await.is(200, r#"{"status":"ok"}"#);
    client.get("/readyz").await.is(200, r#"{"status":"ready"}"#);
    client.get("/nowhere").await.is(404, r#"{"error":"Not found"}"#);
    client.get("/api/auth/nowhere").await.is(404, r#"{"error":"Not found"}"#);
    client.get("/api/auth/login").await.is(405, r#"{"error":"Method not allowed"}"#);
    client.get("/api/auth/me").await.is(401, r#"{"error":"Access token required"}"#);
    client.refresh("x").await.is(401, r#"{"error":"Invalid or expired token"}"#);
    assert_eq!(client.get("/healthz").await.header("strict-transport-security"), None);

    // As bytes, those of the guard as well.
    let answer = exchange(&server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    for (name, value) in SERVERS_OWN {
        assert!(answer.contains(&format!("\r\n{name}: {value}\r\n")), "{name} in {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_production_promises_tls() {
    let store = Store::sqlite();
    let server = Server::start_with(&store.url(), &[("NODE_ENV", "production")]);
    for path in ["/healthz", "/nowhere", "/api/auth/me"] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000"), "{path}");
    }
}
