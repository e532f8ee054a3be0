//! Accidents: nobody is logged out by an outage, and no internal word gets out.

use auth_tower::{AuthRoutes, TrustedOrigins};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::common::{self, Answer, CREDENTIALS, Plugged, call, get, post};

/// One request to each endpoint, each good enough to reach the store.
fn requests(access: &str, refresh: &str) -> Vec<Request<Full<Bytes>>> {
    let mut all = vec![
        post("/api/auth/login", CREDENTIALS),
        post("/api/auth/refresh", ""),
        post("/api/auth/logout", ""),
        get("/api/auth/me"),
        post("/api/auth/bootstrap", CREDENTIALS),
        get("/api/auth/check"),
        get("/api/auth/check?role=USER"),
    ];
    for request in &mut all {
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {access}").parse().unwrap());
        headers.insert("cookie", format!("refresh_token={refresh}").parse().unwrap());
    }
    all
}

#[tokio::test]
async fn a_store_that_is_down_is_503_on_every_endpoint_and_touches_no_cookie() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let (access, refresh) = (session.access_token.expose(), session.refresh.token.expose());
    let routes = AuthRoutes::new(auth.clone());

    store.unplug();
    let expected = Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#);
    for request in requests(access, refresh) {
        let asked = format!("{} {}", request.method(), request.uri());
        assert_eq!(call(&routes, request).await, expected, "{asked}");
    }

    // Nothing was half done: what was presented is good still.
    store.repair();
    assert_eq!(auth.me(access).await.unwrap(), session.user);
    assert!(auth.refresh(refresh).await.is_ok());
}

#[tokio::test]
async fn a_page_of_a_trusted_origin_may_read_that_it_shall_try_again() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let origins = TrustedOrigins::parse("https://app.example.com").unwrap();
    let routes = AuthRoutes::new(auth).with_trusted_origins(origins);

    store.unplug();
    let more = [
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-origin", "https://app.example.com"),
        ("access-control-expose-headers", "location, retry-after, www-authenticate"),
        ("retry-after", "1"),
        ("vary", "Origin"),
    ];
    let expected = Answer::json(503, &more, r#"{"error":"Service unavailable"}"#);
    for mut request in requests(session.access_token.expose(), session.refresh.token.expose()) {
        request.headers_mut().insert("origin", "https://app.example.com".parse().unwrap());
        let asked = format!("{} {}", request.method(), request.uri());
        assert_eq!(call(&routes, request).await, expected, "{asked}");
    }
}

#[tokio::test]
async fn a_store_that_makes_no_sense_is_500_on_every_endpoint_and_touches_no_cookie() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let routes = AuthRoutes::new(auth);

    store.break_down();
    let expected = Answer::json(500, &[], r#"{"error":"Internal server error"}"#);
    for request in requests(session.access_token.expose(), session.refresh.token.expose()) {
        let asked = format!("{} {}", request.method(), request.uri());
        assert_eq!(call(&routes, request).await, expected, "{asked}");
    }
}
