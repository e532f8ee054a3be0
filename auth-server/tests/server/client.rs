//! A small HTTP client: one connection for each request.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::secrets::Secrets;

pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// What the server adds to every answer, the contract's and its own.
pub(crate) const SERVERS_OWN: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
];

/// Calls one server, and remembers the secrets that pass by.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) secrets: Secrets,
}

/// What came back, in whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) response: Response<Bytes>,
}

impl Client {
    /// Sends a request and reads the answer; an error where the connection broke.
    pub(crate) async fn try_send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        self.secrets.note_request(&request);
        let stream = TcpStream::connect(self.address).await.map_err(|error| error.to_string())?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        let connection = tokio::spawn(connection);
        let answer = async {
            let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        let answer = answer.await.map_err(|error: hyper::Error| format!("{error:?}"));
        connection.abort();
        let answer = answer?;
        self.secrets.note_response(&answer);
        Ok(answer)
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Answer {
        let response = self.try_send(request).await.expect("an answer");
        let body = String::from_utf8(response.body().to_vec()).expect("UTF-8");
        Answer { status: response.status().as_u16(), body, response }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path).body(Bytes::new()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(post(path, body)).await
    }

    pub(crate) async fn bootstrap(&self) -> Answer {
        self.post("/api/auth/bootstrap", &json!({"email": EMAIL, "password": PASSWORD, "name": "Admin"}))
            .await
    }

    pub(crate) async fn login(&self) -> Answer {
        self.post("/api/auth/login", &json!({"email": EMAIL, "password": PASSWORD})).await
    }

    pub(crate) async fn refresh(&self, cookie: &str) -> Answer {
        self.send(with_cookie("/api/auth/refresh", cookie)).await
    }

    pub(crate) async fn logout(&self, cookie: &str) -> Answer {
        self.send(with_cookie("/api/auth/logout", cookie)).await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        self.bearing("/api/auth/me", token).await
    }

    /// What a proxy is told.
    pub(crate) async fn check(&self, token: &str) -> Answer {
        self.bearing("/api/auth/check", token).await
    }

    async fn bearing(&self, path: &str, token: &str) -> Answer {
        let request = request(Method::GET, path).header(AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Bytes::new()).unwrap()).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn access_token(&self) -> String {
        self.json()["accessToken"].as_str().expect("an access token").to_owned()
    }

    /// The value of the refresh cookie, where one is set.
    pub(crate) fn cookie(&self) -> Option<String> {
        let header = self.response.headers().get(SET_COOKIE)?.to_str().unwrap();
        let value = header.strip_prefix("refresh_token=")?.split(';').next()?;
        Some(value.to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts status and whole body, and the headers that every answer has.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        for (name, value) in SERVERS_OWN {
            assert_eq!(self.header(name), Some(value), "{name}");
        }
        assert!(self.header("x-request-id").is_some());
    }

    /// Asserts 503, and that nobody is logged out by it.
    #[track_caller]
    pub(crate) fn is_unavailable(&self) {
        self.is(503, r#"{"error":"Service unavailable"}"#);
        assert_eq!(self.header("set-cookie"), None);
        assert_eq!(self.header("retry-after"), Some("1"));
    }
}

pub(crate) fn request(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(HOST, "localhost")
}

pub(crate) fn post(path: &str, body: &Value) -> Request<Bytes> {
    let request = request(Method::POST, path).header(CONTENT_TYPE, "application/json");
    request.body(body.to_string().into()).unwrap()
}

pub(crate) fn with_cookie(path: &str, cookie: &str) -> Request<Bytes> {
    let cookie = format!("refresh_token={cookie}");
    request(Method::POST, path).header(COOKIE, cookie).body(Bytes::new()).unwrap()
}
