//! A client that speaks to an app as a browser's `fetch` or curl would.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};

use super::answer::Answer;
use super::token::Jwt;
use super::{App, Door, Settings};

pub(super) const HOST_NAME: &str = "auth.example.com";
pub(super) const EMAIL: &str = "admin@example.com";
pub(super) const PASSWORD: &str = "StrongPassword123!";
pub(super) const ADMIN: &str =
    r#"{"email":"admin@example.com","password":"StrongPassword123!","name":"Admin"}"#;
pub(super) const CREDENTIALS: &str = r#"{"email":"admin@example.com","password":"StrongPassword123!"}"#;
pub(super) const CREATED: &str = r#"{"message":"Admin user created successfully"}"#;
pub(super) const LOGGED_OUT: &str = r#"{"message":"Logged out successfully"}"#;

/// A request in the making.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    /// A request to a path below the base path, such as `/login`.
    pub(super) fn new(method: Method, path: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(HOST_NAME));
        Self { method, path: format!("/api/auth{path}"), headers, body: Bytes::new() }
    }

    pub(super) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(super) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn patch(path: &str) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(super) fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a header beside those of the same name.
    pub(super) fn and(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header's value"));
        self
    }

    /// Puts a header in place of those of the same name.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.remove(&name);
        self.and(name, value)
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn json(self, body: &str) -> Self {
        self.with(CONTENT_TYPE, "application/json").body(body.to_owned())
    }

    /// With the refresh token in its cookie.
    pub(super) fn cookie(self, refresh_token: &str) -> Self {
        self.and(COOKIE, &format!("refresh_token={refresh_token}"))
    }

    pub(super) fn bearer(self, access_token: &str) -> Self {
        self.and(AUTHORIZATION, &format!("Bearer {access_token}"))
    }
}

/// What a login gave out.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) user_id: String,
}

impl Session {
    /// Insists on a login that worked, and takes what it gave out.
    pub(super) fn of(login: &Answer) -> Self {
        login.is_login();
        Self {
            access: login.text("accessToken"),
            refresh: login.issued_cookie(),
            user_id: login.text_at("/user/id"),
        }
    }

    /// The id of the session, as its access token has it.
    pub(super) fn id(&self) -> String {
        let claims = Jwt::parse(&self.access).claims;
        claims["sid"].as_str().expect("the sid is text").to_owned()
    }
}

/// A client of one app.
pub(super) struct Client<A> {
    app: Arc<A>,
    settings: Settings,
}

impl<A: App> Client<A> {
    /// A client of an app of its own, without a user.
    pub(super) async fn open<D: Door<App = A>>(door: &D, settings: Settings) -> Self {
        let app = door.open(settings.clone()).await;
        Self { app: Arc::new(app), settings }
    }

    /// A client of an app of its own, with the admin of the contract's examples.
    pub(super) async fn with_admin<D: Door<App = A>>(door: &D, settings: Settings) -> Self {
        let client = Self::open(door, settings).await;
        client.send(Ask::post("/bootstrap").json(ADMIN)).await.is(StatusCode::CREATED, CREATED);
        client
    }

    /// Sends a request; its future can be awaited in place or sent into a race.
    pub(super) fn send(&self, ask: Ask) -> impl Future<Output = Answer> + Send + use<A> {
        let (app, settings) = (Arc::clone(&self.app), self.settings.clone());
        async move {
            let shown = format!("{} {}", ask.method, ask.path);
            let mut request = Request::new(ask.body);
            *request.uri_mut() = ask.path.parse().expect("the path is a URI in origin form");
            *request.method_mut() = ask.method;
            *request.headers_mut() = ask.headers;
            Answer::new(shown, settings, app.call(request).await)
        }
    }

    pub(super) async fn login(&self) -> Session {
        self.login_as(CREDENTIALS).await
    }

    pub(super) async fn login_as(&self, credentials: &str) -> Session {
        Session::of(&self.send(Ask::post("/login").json(credentials)).await)
    }

    pub(super) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.send(Ask::post("/refresh").cookie(refresh_token)).await
    }

    /// Refreshes, insists that it works and hands a refresh token out, and returns that.
    pub(super) async fn refreshed(&self, refresh_token: &str) -> String {
        let answer = self.refresh(refresh_token).await;
        answer.is_refreshed();
        answer.issued_cookie()
    }

    pub(super) async fn logout(&self, refresh_token: &str) -> Answer {
        self.send(Ask::post("/logout").cookie(refresh_token)).await
    }

    pub(super) async fn me(&self, access_token: &str) -> Answer {
        self.send(Ask::get("/me").bearer(access_token)).await
    }
}
