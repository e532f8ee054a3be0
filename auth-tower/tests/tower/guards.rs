//! `RequireAuth`, `RequireRole` and `RequirePermission`, each trusting the token and each asking the store.

use std::convert::Infallible;
use std::future::Ready;
use std::task::{Context, Poll, Waker};

use auth_core::{Auth, Identity, LoggedIn, MemoryStore, Role, User};
use auth_tower::{RequireAuth, RequirePermission, RequireRole};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service};

use crate::common::{self, Answer, Plugged, SUPPORT, call, can, get};

/// Says who is asking. It insists on being ready when it is called, as a service with a limit does.
#[derive(Debug)]
pub(crate) struct WhoAmI {
    ready: bool,
}

impl Clone for WhoAmI {
    fn clone(&self) -> Self {
        // What was promised to one is not promised to its clone.
        Self { ready: false }
    }
}

impl Service<Request<Full<Bytes>>> for WhoAmI {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        assert!(self.ready, "called without being ready");
        self.ready = false;
        let text = match request.extensions().get::<Identity>() {
            Some(who) => format!("{} {} {}", who.user_id, who.session_id, who.role),
            None => "nobody".to_owned(),
        };
        std::future::ready(Ok(Response::new(Full::from(text))))
    }
}

pub(crate) fn whoami() -> WhoAmI {
    WhoAmI { ready: false }
}

pub(crate) fn bearing(token: &str) -> Request<Full<Bytes>> {
    let mut request = get("/api/orders");
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

pub(crate) fn required() -> Answer {
    Answer::json(401, &[("www-authenticate", "Bearer")], r#"{"error":"Access token required"}"#)
}

pub(crate) fn invalid() -> Answer {
    let challenge = ("www-authenticate", "Bearer error=\"invalid_token\"");
    Answer::json(401, &[challenge], r#"{"error":"Invalid or expired token"}"#)
}

pub(crate) fn insufficient() -> Answer {
    Answer::json(403, &[], r#"{"error":"Insufficient permissions"}"#)
}

/// What the inner service says of the one who has logged in.
fn welcome(auth: &Auth<MemoryStore>, session: &LoggedIn, role: &Role) -> Answer {
    let identity = auth.authenticate(session.access_token.expose()).unwrap();
    let body = format!("{} {} {role}", session.user.id, identity.session_id);
    Answer { status: 200, headers: Vec::new(), body }
}

/// The same test of all six guards.
macro_rules! with_each_guard {
    ($auth:expr, |$guard:ident| $test:block) => {{
        let auth = $auth;
        {
            let $guard = RequireAuth::new(auth.clone()).layer(whoami());
            $test
        }
        {
            let $guard = RequireAuth::new(auth.clone()).current().layer(whoami());
            $test
        }
        {
            let $guard = RequireRole::new(auth.clone(), Role::ADMIN).layer(whoami());
            $test
        }
        {
            let $guard = RequireRole::new(auth.clone(), Role::ADMIN).current().layer(whoami());
            $test
        }
        {
            let $guard = RequirePermission::new(auth.clone(), can::ReadOrders).layer(whoami());
            $test
        }
        {
            let $guard = RequirePermission::new(auth.clone(), can::ReadOrders).current().layer(whoami());
            $test
        }
    }};
}

#[tokio::test]
async fn a_good_token_becomes_an_identity() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let expected = welcome(&auth, &session, &Role::ADMIN);
    with_each_guard!(auth, |guard| {
        assert_eq!(call(&guard, bearing(session.access_token.expose())).await, expected);
    });
}

#[tokio::test]
async fn without_a_bearer_token_there_is_no_way_in() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    with_each_guard!(auth, |guard| {
        assert_eq!(call(&guard, get("/api/orders")).await, required());
        let mut basic = get("/api/orders");
        basic.headers_mut().insert("authorization", "Basic YTpi".parse().unwrap());
        assert_eq!(call(&guard, basic).await, required());
        // Neither the cookie nor the query is a place for an access token.
        let token = session.access_token.expose();
        let mut elsewhere = get(&format!("/api/orders?access_token={token}"));
        elsewhere.headers_mut().insert("cookie", format!("access_token={token}").parse().unwrap());
        assert_eq!(call(&guard, elsewhere).await, required());
    });
}

#[tokio::test]
async fn a_token_that_is_not_good_is_told_so() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let cut = &session.access_token.expose()[1..];
    with_each_guard!(auth, |guard| {
        assert_eq!(call(&guard, bearing(cut)).await, invalid());
        assert_eq!(call(&guard, bearing(session.refresh.token.expose())).await, invalid());
        assert_eq!(call(&guard, bearing(&"a".repeat(10_000))).await, invalid());
    });
}

#[tokio::test]
async fn two_authorization_headers_are_one_too_many() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let expected = Answer::json(400, &[], r#"{"error":"Authorization must be sent only once"}"#);
    with_each_guard!(auth, |guard| {
        let mut request = bearing(session.access_token.expose());
        let again = request.headers()["authorization"].clone();
        request.headers_mut().append("authorization", again);
        assert_eq!(call(&guard, request).await, expected);
    });
}

#[tokio::test]
async fn a_refusal_of_head_has_headers_and_no_body() {
    let auth = common::auth(MemoryStore::new());
    with_each_guard!(auth, |guard| {
        let head = Request::head("/api/orders").body(Full::default()).unwrap();
        assert_eq!(call(&guard, head).await, Answer { body: String::new(), ..required() });
    });
}

#[tokio::test]
async fn after_a_logout_only_the_current_guards_are_shut() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    auth.logout(session.refresh.token.expose()).await.unwrap();

    let trusting = RequireAuth::new(auth.clone()).layer(whoami());
    assert_eq!(call(&trusting, bearing(token)).await, welcome(&auth, &session, &Role::ADMIN));
    let asking = RequireAuth::new(auth.clone()).current().layer(whoami());
    assert_eq!(call(&asking, bearing(token)).await, invalid());
    let asking = RequireRole::new(auth, Role::ADMIN).current().layer(whoami());
    assert_eq!(call(&asking, bearing(token)).await, invalid());
}

#[tokio::test]
async fn after_a_demotion_only_the_current_guards_are_shut() {
    let store = MemoryStore::new();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    store.put_user(User { role: Role::USER, ..session.user.clone() }, None);

    let trusting = RequireRole::new(auth.clone(), Role::ADMIN).layer(whoami());
    assert_eq!(call(&trusting, bearing(token)).await, welcome(&auth, &session, &Role::ADMIN));
    let asking = RequireRole::new(auth.clone(), Role::ADMIN).current().layer(whoami());
    assert_eq!(call(&asking, bearing(token)).await, insufficient());
    // Who is let in by the store's word has the store's role.
    let asking = RequireAuth::new(auth.clone()).current().layer(whoami());
    assert_eq!(call(&asking, bearing(token)).await, welcome(&auth, &session, &Role::USER));
}

#[tokio::test]
async fn another_role_is_not_enough() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    let trusting = RequireRole::new(auth.clone(), SUPPORT).layer(whoami());
    assert_eq!(call(&trusting, bearing(token)).await, insufficient());
    let asking = RequireRole::new(auth, SUPPORT).current().layer(whoami());
    assert_eq!(call(&asking, bearing(token)).await, insufficient());
}

#[tokio::test]
async fn a_store_that_is_down_shuts_the_current_guards_without_a_401() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    let asking = RequireAuth::new(auth.clone()).current().layer(whoami());
    let trusting = RequireAuth::new(auth).layer(whoami());

    store.unplug();
    let expected = Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#);
    assert_eq!(call(&asking, bearing(token)).await, expected);
    assert_eq!(call(&trusting, bearing(token)).await.status, 200);
    store.repair();
    assert_eq!(call(&asking, bearing(token)).await.status, 200);
}

/// A service that has no room.
#[derive(Clone)]
struct Crowded;

impl Service<Request<Full<Bytes>>> for Crowded {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[test]
fn a_guard_waits_for_the_inner_service() {
    let auth = common::auth(MemoryStore::new());
    let mut context = Context::from_waker(Waker::noop());
    assert!(RequireAuth::new(auth.clone()).layer(Crowded).poll_ready(&mut context).is_pending());
    assert!(RequireAuth::new(auth).current().layer(Crowded).poll_ready(&mut context).is_pending());
}
