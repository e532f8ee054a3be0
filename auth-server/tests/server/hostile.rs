//! Requests that are no requests, over a raw socket: what each is answered with, how many answers
//! the connection gives, and that the server serves on.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::SERVERS_OWN;
use crate::process::{Server, Store};

/// Sent behind each: answered as well where the connection is still in step, and not where it was
/// closed. A request hidden in the first one would be a third answer.
const HONEST: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// A POST to a route that reads a body and has no use for it: 401 where the body was read to its
/// end.
const POST: &str = "POST /api/auth/logout HTTP/1.1\r\nHost: x\r\n";
const GET: &str = "GET /healthz HTTP/1.1\r\n";
const HIDDEN: &str = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";

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

/// Each shape with its head's fields and what follows, and the statuses of the answers.
fn shapes() -> Vec<(&'static str, String, Vec<u16>)> {
    let posts = |fields: &str, rest: &str| format!("{POST}{fields}\r\n{rest}");
    let gets = |fields: &str| format!("{GET}{fields}\r\n");
    let chunked = |rest: &str| posts("Transfer-Encoding: chunked\r\n", rest);
    let login = |fields: &str, body: &str| {
        let length = body.len();
        format!(
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let host = "Host: x\r\n";
    vec![
        ("an honest body", posts("Content-Length: 2\r\n", "{}"), vec![401, 200]),
        ("honest chunks", chunked("2\r\n{}\r\n0\r\n\r\n"), vec![401, 200]),
        // How long the body is. With both, the chunks count and the connection is closed behind the
        // answer (RFC 9112 §6.1), so nothing hides in what the other length would have been.
        (
            "a length, and chunks",
            posts("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{HIDDEN}")),
            vec![401],
        ),
        (
            "chunks, and a length",
            posts("Transfer-Encoding: chunked\r\nContent-Length: 40\r\n", &format!("0\r\n\r\n{HIDDEN}")),
            vec![401],
        ),
        ("two lengths that differ", posts("Content-Length: 2\r\nContent-Length: 0\r\n", "{}"), vec![400]),
        ("two lengths that agree", posts("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), vec![401, 200]),
        ("a list of lengths", posts("Content-Length: 2, 2\r\n", "{}"), vec![400]),
        ("a length with a sign", posts("Content-Length: +2\r\n", "{}"), vec![400]),
        ("a negative length", posts("Content-Length: -2\r\n", "{}"), vec![400]),
        ("a hexadecimal length", posts("Content-Length: 0x2\r\n", "{}"), vec![400]),
        ("an empty length", posts("Content-Length:\r\n", "{}"), vec![400]),
        ("a length beyond 64 bits", posts("Content-Length: 18446744073709551616\r\n", "{}"), vec![400]),
        ("a length of 64 bits", posts("Content-Length: 18446744073709551615\r\n", "{}"), vec![431]),
        ("chunks that are not last", posts("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), vec![400]),
        (
            "chunks, then none",
            posts("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
            vec![400],
        ),
        ("an unknown transfer coding", posts("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), vec![400]),
        (
            "a vertical tab before chunked",
            posts("Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"),
            vec![400],
        ),
        (
            "chunks on HTTP/1.0",
            format!("POST /api/auth/logout HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
            vec![400],
        ),
        // Chunks.
        ("a chunk size that overflows", chunked("fffffffffffffffff\r\n"), vec![400]),
        ("a chunk size of no number", chunked("xyz\r\n"), vec![400]),
        ("a chunk size with a sign", chunked("+2\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("no chunk size", chunked("\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk size that ends in LF", chunked("2\n{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk longer than it says", chunked("2\r\n{}{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk extension with LF in it", chunked("2;a=\n\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("trailers without end", chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(65))), vec![400]),
        // Lines and fields.
        ("a folded field", gets("Host: x\r\nX: a\r\n b\r\n"), vec![400]),
        ("a first field that is folded", gets(" X: a\r\nHost: x\r\n"), vec![400]),
        ("space before the colon", gets("Host: x\r\nX : a\r\n"), vec![400]),
        ("space before the colon of a length", posts("Content-Length : 2\r\n", "{}"), vec![400]),
        ("a field without a colon", gets("Host: x\r\nX\r\n"), vec![400]),
        ("a field without a name", gets("Host: x\r\n: a\r\n"), vec![400]),
        ("a bare CR in a field", gets("Host: x\r\nX: a\rY: b\r\n"), vec![400]),
        ("a NUL in a field", gets("Host: x\r\nX: a\0b\r\n"), vec![400]),
        // A recipient may take LF alone for the end of a line (RFC 9112 §2.2); it does so everywhere.
        ("bare LFs", "GET /healthz HTTP/1.1\nHost: x\n\n".to_owned(), vec![200, 200]),
        ("empty lines before it", format!("\r\n\r\n{}", gets(host)), vec![200, 200]),
        ("no host", gets(""), vec![400, 200]),
        ("two hosts", gets("Host: x\r\nHost: y\r\n"), vec![400, 200]),
        // The first line.
        ("an absolute target", format!("GET http://x/healthz HTTP/1.1\r\n{host}\r\n"), vec![200, 200]),
        ("a target with a fragment", format!("GET /healthz#a HTTP/1.1\r\n{host}\r\n"), vec![200, 200]),
        ("a target of stars", format!("OPTIONS * HTTP/1.1\r\n{host}\r\n"), vec![404, 200]),
        ("a tunnel", format!("CONNECT x:1 HTTP/1.1\r\n{host}\r\n"), vec![404, 200]),
        ("two spaces", format!("GET  /healthz HTTP/1.1\r\n{host}\r\n"), vec![400]),
        ("a third word", format!("GET /healthz HTTP/1.1 x\r\n{host}\r\n"), vec![400]),
        ("no version", "GET /healthz\r\n\r\n".to_owned(), vec![400]),
        ("another version", format!("GET /healthz HTTP/3.0\r\n{host}\r\n"), vec![400]),
        ("a broken preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_owned(), vec![400]),
        (
            "an upgrade to HTTP/2",
            gets(
                "Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            ),
            vec![200, 200],
        ),
        // Sizes.
        ("64 fields", gets(&format!("{host}{}", "X: a\r\n".repeat(63))), vec![200, 200]),
        ("65 fields", gets(&format!("{host}{}", "X: a\r\n".repeat(64))), vec![431]),
        ("a head of nearly 16 KiB", gets(&format!("{host}X: {}\r\n", "a".repeat(16_000))), vec![200, 200]),
        ("a field of 16 KiB", gets(&format!("{host}X: {}\r\n", "a".repeat(16_384))), vec![431]),
        ("a field of 200 KiB", gets(&format!("{host}X: {}\r\n", "a".repeat(200_000))), vec![431]),
        ("a target of 20 KiB", format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(20_000)), vec![431]),
        ("a target of 70 KiB", format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(70_000)), vec![431]),
        // No body is unpacked: neither what says so, nor what is.
        ("a compressed body", login("Content-Encoding: gzip\r\n", "{}"), vec![415, 200]),
        ("a body compressed twice", login("Content-Encoding: identity, br\r\n", "{}"), vec![415, 200]),
        ("a body that is as it is", login("Content-Encoding: identity\r\n", "{}"), vec![400, 200]),
        (
            "chunks of a compressed body",
            posts("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
            vec![401, 200],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_gets_its_answer_and_hides_no_other() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let mut wrong = Vec::new();
    for (what, request, expected) in shapes() {
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
