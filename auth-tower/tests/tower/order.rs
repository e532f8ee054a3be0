//! In which order a request is judged: of several mistakes, which one is told.

use auth_core::{Auth, Bootstrap, MemoryStore, Policy};
use auth_tower::AuthRoutes;
use http::Method;

use crate::common::{self, Answer, CREDENTIALS, call, post};

fn refusal(status: u16, sentence: &str) -> Answer {
    Answer::json(status, &[], &format!(r#"{{"error":"{sentence}"}}"#))
}

#[tokio::test]
async fn of_many_mistakes_the_first_in_order_is_told() {
    let routes = AuthRoutes::new(common::auth(MemoryStore::new()));
    let mut request = post("/api/auth/login/", &"x".repeat(16 * 1024 + 1));
    *request.method_mut() = Method::PUT;
    let headers = request.headers_mut();
    headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
    headers.insert("content-encoding", "gzip".parse().unwrap());
    headers.insert("content-type", "text/plain".parse().unwrap());
    headers.insert("cookie", "refresh_token=a; refresh_token=b".parse().unwrap());

    assert_eq!(call(&routes, request.clone()).await, refusal(404, "Not found"));
    *request.uri_mut() = "/api/auth/login".parse().unwrap();
    let body = r#"{"error":"Method not allowed"}"#;
    assert_eq!(call(&routes, request.clone()).await, Answer::json(405, &[("allow", "POST")], body));
    *request.method_mut() = Method::POST;
    assert_eq!(call(&routes, request.clone()).await, refusal(403, "Cross-origin request refused"));
    request.headers_mut().remove("sec-fetch-site");
    let sentence = "Content-Encoding must be identity or absent";
    assert_eq!(call(&routes, request.clone()).await, refusal(415, sentence));
    request.headers_mut().remove("content-encoding");
    let sentence = "Content-Type must be application/json in UTF-8";
    assert_eq!(call(&routes, request.clone()).await, refusal(415, sentence));
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let sentence = "Cookie refresh_token must be sent only once";
    assert_eq!(call(&routes, request.clone()).await, refusal(400, sentence));
    request.headers_mut().remove("cookie");
    assert_eq!(call(&routes, request.clone()).await, refusal(413, "Request body must be at most 16 KiB"));
    *request.body_mut() = "x".into();
    assert_eq!(call(&routes, request.clone()).await, refusal(400, "Request body must be a JSON object"));
    *request.body_mut() = r#"{"email":"nobody","password":""}"#.into();
    assert_eq!(call(&routes, request.clone()).await, refusal(400, "password must not be empty"));
    *request.body_mut() = r#"{"email":"nobody","password":"x"}"#.into();
    let sentence = "email must be an address such as name@example.com";
    assert_eq!(call(&routes, request.clone()).await, refusal(400, sentence));
    *request.body_mut() = CREDENTIALS.into();
    let body = r#"{"error":"Invalid email or password"}"#;
    assert_eq!(call(&routes, request).await, Answer::json(401, &[("www-authenticate", "Bearer")], body));
}

#[tokio::test]
async fn without_its_cookie_an_oversized_body_is_told_first() {
    let routes = AuthRoutes::new(common::auth(MemoryStore::new()));
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        let answer = call(&routes, post(path, &"x".repeat(16 * 1024 + 1))).await;
        assert_eq!(answer, refusal(413, "Request body must be at most 16 KiB"));
        let body = r#"{"error":"Refresh token required"}"#;
        let expected = Answer::json(401, &[("www-authenticate", "Bearer")], body);
        assert_eq!(call(&routes, post(path, &"x".repeat(16 * 1024))).await, expected);
    }
}

#[tokio::test]
async fn closed_bootstrap_looks_at_no_body_but_its_size() {
    let auth = Auth::builder(MemoryStore::new())
        .random_secrets()
        .policy(Policy { bootstrap: Bootstrap::Closed, ..Policy::default() })
        .build()
        .unwrap();
    let routes = AuthRoutes::new(auth);
    for body in ["", "x", "{}", CREDENTIALS] {
        let mut request = post("/api/auth/bootstrap", body);
        request.headers_mut().remove("content-type");
        assert_eq!(call(&routes, request).await, refusal(403, "Bootstrap is disabled"), "{body}");
    }
    let answer = call(&routes, post("/api/auth/bootstrap", &"x".repeat(16 * 1024 + 1))).await;
    assert_eq!(answer, refusal(413, "Request body must be at most 16 KiB"));
}
