//! HTTP/2 with an honest client, as a proxy speaks it: in clear, and with prior knowledge.

use bytes::Bytes;
use http::header::{COOKIE, ORIGIN};
use http::{Method, Request, Response};
use serde_json::json;
use tokio::net::TcpStream;

use crate::client::{Answer, EMAIL, PASSWORD, SERVERS_OWN};
use crate::process::{Server, Store};
use crate::secrets::Secrets;

/// One connection, for several requests.
struct Connection {
    requests: h2::client::SendRequest<Bytes>,
    secrets: Secrets,
}

impl Connection {
    async fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let (requests, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self { requests, secrets: server.client().secrets }
    }

    /// Sends it, and reads the whole answer.
    async fn send(&self, request: Request<Bytes>) -> Answer {
        self.secrets.note_request(&request);
        let (head, body) = request.into_parts();
        let mut requests = self.requests.clone().ready().await.unwrap();
        let (answer, mut upload) =
            requests.send_request(Request::from_parts(head, ()), body.is_empty()).unwrap();
        if !body.is_empty() {
            // A refusal of the head may be there before the body is sent, and then the stream is closed
            // (RFC 9113 §8.1). What counts is the answer.
            let _refused_already = upload.send_data(body, true);
        }
        let (head, mut download) = answer.await.unwrap().into_parts();
        let mut body = Vec::new();
        while let Some(chunk) = download.data().await {
            body.extend(chunk.unwrap());
        }
        let response = Response::from_parts(head, Bytes::from(body));
        self.secrets.note_response(&response);
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        Answer { status: response.status().as_u16(), body, response }
    }
}

fn request(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(format!("http://localhost{path}"))
}

fn refresh() -> http::request::Builder {
    request(Method::POST, "/api/auth/refresh")
}

fn with(request: http::request::Builder) -> Request<Bytes> {
    request.body(Bytes::new()).unwrap()
}

const NO_COOKIE: &str = r#"{"error":"Refresh token required"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoints_answer_on_http_2_and_a_cookie_may_come_in_pieces() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    assert_eq!(server.client().bootstrap().await.status, 201);
    let connection = Connection::open(&server).await;

    let body = json!({"email": EMAIL, "password": PASSWORD}).to_string();
    let login = request(Method::POST, "/api/auth/login").header("content-type", "application/json");
    let login = connection.send(login.body(body.into()).unwrap()).await;
    assert_eq!(login.status, 200, "{}", login.body);
    let (token, cookie) = (login.access_token(), login.cookie().unwrap());
    for (name, value) in SERVERS_OWN {
        assert_eq!(login.header(name), Some(value), "{name}");
    }

    let me = request(Method::GET, "/api/auth/me").header("authorization", format!("Bearer {token}"));
    assert_eq!(connection.send(with(me)).await.status, 200);

    // A client may send each pair in a field of its own, to compress them better (RFC 9113 §8.2.3).
    let pieces = refresh()
        .header(COOKIE, "theme=dark")
        .header(COOKIE, format!("refresh_token={cookie}"))
        .header(COOKIE, "language=en");
    let refreshed = connection.send(with(pieces)).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let cookie = refreshed.cookie().unwrap();

    // Twice is once too often, there as here.
    let twice = refresh()
        .header(COOKIE, format!("refresh_token={cookie}"))
        .header(COOKIE, format!("refresh_token={cookie}"));
    assert_eq!(connection.send(with(twice)).await.status, 400);
    connection.send(with(refresh().header(COOKIE, "theme=dark"))).await.is(401, NO_COOKIE);

    // The cross-site rule finds the host where HTTP/2 has it.
    let from = |origin| with(refresh().header(ORIGIN, origin));
    connection.send(from("http://localhost")).await.is(401, NO_COOKIE);
    let refused = r#"{"error":"Cross-origin request refused"}"#;
    connection.send(from("http://elsewhere")).await.is(403, refused);

    let after = refresh().header(COOKIE, format!("refresh_token={cookie}"));
    let after = connection.send(with(after)).await;
    assert_eq!(after.status, 200, "nothing was consumed: {}", after.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_on_http_1_is_refused_on_http_2() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let connection = Connection::open(&server).await;
    let fields = |number| {
        let health = request(Method::GET, "/healthz");
        with((0..number).fold(health, |request, _| request.header("x", "a")))
    };
    connection.send(fields(64)).await.is(200, r#"{"status":"ok"}"#);
    connection.send(fields(65)).await.is(431, r#"{"error":"Request header fields too large"}"#);

    let packed = request(Method::POST, "/api/auth/login").header("content-type", "application/json");
    let packed = packed.header("content-encoding", "gzip").body("{}".into()).unwrap();
    assert_eq!(connection.send(packed).await.status, 415);

    let large = request(Method::POST, "/api/auth/login").header("content-type", "application/json");
    let large = large.body(vec![b' '; 16 * 1024 + 1].into()).unwrap();
    assert_eq!(connection.send(large).await.status, 413);

    let tunnel = Request::builder().method(Method::CONNECT).uri("localhost:1").body(Bytes::new()).unwrap();
    connection.send(tunnel).await.is(404, r#"{"error":"Not found"}"#);
    connection.send(fields(0)).await.is(200, r#"{"status":"ok"}"#);
}
