//! A system to attack: an admin and a user without rights, both logged in.

use auth_conformance::contract::Settings;
use auth_core::MemoryStore;
use auth_tower::AuthRoutes;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::Value;
use tower::ServiceExt;

use super::answer::Answer;

pub(crate) const HOST: &str = "auth.example.com";
pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "StrongPassword123!";
pub(crate) const EVE: &str = "eve@example.com";

/// What one person has after a login.
pub(crate) struct Session {
    pub(crate) user_id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// The two who are logged in: what forgeries are made of.
pub(crate) struct People {
    pub(crate) admin: Session,
    /// An attacker with an account.
    pub(crate) eve: Session,
}

pub(crate) struct World {
    routes: AuthRoutes<MemoryStore>,
    pub(crate) people: People,
}

impl World {
    /// A fresh system. Every refresh rotates in it, and a token that was used is never good again:
    /// so whatever uses one up is noticed.
    pub(crate) async fn new() -> Self {
        let settings = Settings::development().without_grace().without_late_retry();
        let routes = AuthRoutes::new(settings.auth(MemoryStore::new()).unwrap()).with_accounts();
        let admin = credentials(EMAIL, r#","name":"Admin""#);
        assert_eq!(send(&routes, post("/bootstrap", &admin)).await.status, 201);
        let admin = log_in(&routes, EMAIL).await;
        let eve = credentials(EVE, r#","name":"Eve","role":"USER""#);
        assert_eq!(send(&routes, with_bearer(post("/users", &eve), &admin.access)).await.status, 201);
        let eve = log_in(&routes, EVE).await;
        Self { routes, people: People { admin, eve } }
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        send(&self.routes, request).await
    }

    /// Whether both sessions live.
    pub(crate) async fn knows_everyone(&self) -> bool {
        for (person, role) in [(&self.people.admin, "ADMIN"), (&self.people.eve, "USER")] {
            let me = self.send(with_bearer(get("/me"), &person.access)).await;
            let me: Value = serde_json::from_str(&me.body).unwrap();
            if (&me["id"], &me["role"]) != (&Value::from(person.user_id.as_str()), &Value::from(role)) {
                return false;
            }
        }
        true
    }

    /// Whether both can refresh, twice, with what they had, and the admin can log in again.
    pub(crate) async fn serves(self) -> bool {
        for person in [&self.people.admin, &self.people.eve] {
            let renewed = self.send(with_cookie(post("/refresh", ""), &person.refresh)).await;
            if renewed.status != 200 || cookie_of(&renewed) == person.refresh {
                return false;
            }
            let again = self.send(with_cookie(post("/refresh", ""), &cookie_of(&renewed))).await;
            if again.status != 200 {
                return false;
            }
        }
        send(&self.routes, post("/login", &credentials(EMAIL, ""))).await.status == 200
    }
}

/// A body with which this person logs in, and `more`.
pub(crate) fn credentials(email: &str, more: &str) -> String {
    format!(r#"{{"email":"{email}","password":"{PASSWORD}"{more}}}"#)
}

pub(crate) fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let builder = Request::builder().method(method).uri(path).header("host", HOST);
    builder.body(Full::from(body.into())).unwrap()
}

pub(crate) fn get(path: &str) -> Request<Full<Bytes>> {
    request("GET", &format!("/api/auth{path}"), "")
}

/// A POST below the base path, its body JSON.
pub(crate) fn post(path: &str, body: &str) -> Request<Full<Bytes>> {
    let request = request("POST", &format!("/api/auth{path}"), body.to_owned());
    with(request, "content-type", "application/json")
}

/// With one more header.
pub(crate) fn with(
    mut request: Request<Full<Bytes>>,
    name: &'static str,
    value: impl AsRef<[u8]>,
) -> Request<Full<Bytes>> {
    let value = http::HeaderValue::from_bytes(value.as_ref()).unwrap();
    request.headers_mut().append(name, value);
    request
}

pub(crate) fn with_bearer(request: Request<Full<Bytes>>, token: &str) -> Request<Full<Bytes>> {
    with(request, "authorization", format!("Bearer {token}"))
}

pub(crate) fn with_cookie(request: Request<Full<Bytes>>, token: &str) -> Request<Full<Bytes>> {
    with(request, "cookie", format!("refresh_token={token}"))
}

/// The refresh token that an answer hands out.
fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.refresh_cookie().unwrap();
    let value = cookie.strip_prefix("refresh_token=").unwrap();
    value.split(';').next().unwrap().to_owned()
}

async fn send(routes: &AuthRoutes<MemoryStore>, request: Request<Full<Bytes>>) -> Answer {
    let response = routes.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    Answer::of(response).await
}

async fn log_in(routes: &AuthRoutes<MemoryStore>, email: &str) -> Session {
    let answer = send(routes, post("/login", &credentials(email, ""))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    Session {
        user_id: body["user"]["id"].as_str().unwrap().to_owned(),
        access: body["accessToken"].as_str().unwrap().to_owned(),
        refresh: cookie_of(&answer),
    }
}
