//! A request in the making.

use std::pin::Pin;

use auth_core::AccessToken;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde::Serialize;

use super::jar::HOST_NAME;
use super::{Answer, Client};

/// A request in the making; it is sent by `.await`.
///
/// ```
/// # use auth_core::MemoryStore;
/// # use auth_testing::TestKit;
/// # use auth_tower::AuthRoutes;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let client = TestKit::new().client(AuthRoutes::new(TestKit::new().auth(MemoryStore::new())));
/// let answer = client.post("/api/auth/logout").header("origin", "https://elsewhere.example").await;
/// assert_eq!(answer.text(), r#"{"error":"Cross-origin request refused"}"#);
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request is sent by `.await`"]
pub struct Ask {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    bearer: Bearer,
}

/// Which access token a request carries.
#[derive(Debug)]
enum Bearer {
    /// The one the client keeps.
    Kept,
    This(AccessToken),
    None,
}

impl Ask {
    pub(super) fn new(client: Client, method: Method, path: &str) -> Self {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(HOST_NAME))]);
        Self { client, method, path: path.to_owned(), headers, body: Bytes::new(), bearer: Bearer::Kept }
    }

    /// Adds a header, beside those of the same name; `host` and `content-type` take the place of theirs.
    ///
    /// # Panics
    ///
    /// Where it cannot be a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
        let value = HeaderValue::from_str(value).expect("the value of a header");
        if name == HOST || name == CONTENT_TYPE {
            self.headers.remove(&name);
        }
        self.headers.append(name, value);
        self
    }

    /// With this body.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// With this as JSON.
    ///
    /// # Panics
    ///
    /// Where it has no form in JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("it has a form in JSON");
        self.header("content-type", "application/json").body(body)
    }

    /// With this access token instead of the client's.
    pub fn bearer(self, access_token: &str) -> Self {
        Self { bearer: Bearer::This(AccessToken::new(access_token)), ..self }
    }

    /// Without an access token.
    pub fn without_bearer(self) -> Self {
        Self { bearer: Bearer::None, ..self }
    }

    async fn send(self) -> Answer {
        let Self { client, method, path, mut headers, body, bearer } = self;
        {
            let kept = client.kept();
            let bearer = match &bearer {
                Bearer::Kept => kept.access_token.as_ref(),
                Bearer::This(token) => Some(token),
                Bearer::None => None,
            };
            if let Some(token) = bearer {
                let value = format!("Bearer {}", token.expose());
                headers.append(AUTHORIZATION, value.parse().expect("a token can be a header's value"));
            }
            if let Some(cookies) = kept.jar.sent(&path, client.scheme, client.clock.now()) {
                headers.append(COOKIE, cookies.parse().expect("cookies were a header's value before"));
            }
        }
        let mut request = Request::new(body);
        *request.uri_mut() = path.parse().expect("a path, maybe with a query");
        *request.method_mut() = method.clone();
        *request.headers_mut() = headers;
        let answer = Answer::new(format!("{method} {path}"), (client.app)(request).await);
        client.keep(&method, &path, &answer);
        answer
    }
}

impl Client {
    /// Remembers what an answer says: its cookies, and the access token or that there is none any more.
    fn keep(&self, method: &Method, path: &str, answer: &Answer) {
        let mut kept = self.kept();
        kept.jar.take(answer.headers(), path, self.scheme, self.clock.now());
        if method != Method::POST {
            return;
        }
        match (path.strip_prefix(&self.base_path), answer.status()) {
            (Some("/login" | "/refresh"), StatusCode::OK) => {
                let token = answer.json()["accessToken"].as_str().map(AccessToken::new);
                kept.access_token = token.or(kept.access_token.take());
            }
            (Some("/logout"), StatusCode::OK) | (Some("/refresh"), StatusCode::UNAUTHORIZED) => {
                kept.access_token = None;
            }
            _ => {}
        }
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
