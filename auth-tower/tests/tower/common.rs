//! What the tests share: an `Auth` that hashes cheaply, requests, and answers to compare.

use std::convert::Infallible;

use auth_core::store::Store;
use auth_core::{
    Auth, AuthBuilder, Bootstrap, Email, LoggedIn, Login, Name, NewAdmin, Password, Policy, Role, Roles,
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::{Service, ServiceExt};

pub(crate) use crate::plugged::Plugged;

pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "StrongPassword123!";
pub(crate) const CREDENTIALS: &str =
    r#"{"email":"admin@example.com","password":"StrongPassword123!","name":"Admin"}"#;

auth_core::permissions! {
    pub(crate) mod can { ReadOrders = "orders:read", WriteOrders = "orders:write" }
}

/// An `Auth` whose hashes cost next to nothing, with bootstrap open. An admin may read and write
/// orders, the support may read them.
pub(crate) fn auth<S: Store>(store: S) -> Auth<S> {
    builder(store).build().unwrap()
}

/// The same, before it is built.
pub(crate) fn builder<S: Store>(store: S) -> AuthBuilder<S> {
    let roles = Roles::default().with(Role::ADMIN, can::ALL).with(SUPPORT, [can::ReadOrders]);
    Auth::builder(store)
        .random_secrets()
        .policy(Policy { bootstrap: Bootstrap::Open, roles, ..Policy::default() })
        .hashing(auth_testing::cheap_hashing())
}

pub(crate) const SUPPORT: Role = Role::from_static("SUPPORT");

/// The first admin, created and logged in.
pub(crate) async fn log_in<S: Store>(auth: &Auth<S>) -> LoggedIn {
    let email = Email::parse(EMAIL).unwrap();
    let password = Password::parse(PASSWORD).unwrap();
    let name = Name::parse("Admin").unwrap();
    auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), name)).await.unwrap();
    auth.login(Login::new(email, password)).await.unwrap()
}

/// A request with a JSON body.
pub(crate) fn post(path: &str, body: &str) -> Request<Full<Bytes>> {
    Request::post(path).header("content-type", "application/json").body(Full::from(body.to_owned())).unwrap()
}

/// A request without a body.
pub(crate) fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).unwrap()
}

/// Any request of whoever holds the token, its body JSON.
pub(crate) fn ask(method: &str, path: &str, token: &str, body: &str) -> Request<Full<Bytes>> {
    let mut request = post(path, body);
    *request.method_mut() = method.parse().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// All of an answer: its status, its headers sorted by name, its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// An answer of this crate: the headers that all have, and `more`.
    pub(crate) fn json(status: u16, more: &[(&str, &str)], body: &str) -> Self {
        let length = body.len().to_string();
        let always = [
            ("cache-control", "no-store"),
            ("content-length", &length),
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
        ];
        let pairs = always.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut headers: Vec<_> = pairs.collect();
        headers.sort();
        Self { status, headers, body: body.to_owned() }
    }

    pub(crate) async fn of<B>(response: Response<B>) -> Self
    where
        B: Body,
        B::Error: std::fmt::Debug,
    {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: sorted(&parts.headers),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// The value of `Set-Cookie` that is about the refresh token.
    pub(crate) fn refresh_cookie(&self) -> Option<&str> {
        let cookies = self.headers.iter().filter(|(header, _)| header == "set-cookie");
        cookies.map(|(_, value)| value.as_str()).find(|value| value.starts_with("refresh_token="))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

fn sorted(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let mut headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    headers.sort();
    headers
}

/// One request to a service that never fails.
pub(crate) async fn call<V, Q, B>(service: &V, request: Request<Q>) -> Answer
where
    V: Service<Request<Q>, Response = Response<B>, Error = Infallible> + Clone,
    B: Body,
    B::Error: std::fmt::Debug,
{
    let response = service.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    Answer::of(response).await
}
