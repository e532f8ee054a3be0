//! In which order a request about accounts is judged.

use auth_core::MemoryStore;
use http::Method;

use super::{Team, every, refusal};
use crate::common::{Answer, ask, call, get};

fn required() -> Answer {
    Answer::json(401, &[("www-authenticate", "Bearer")], r#"{"error":"Access token required"}"#)
}

fn invalid() -> Answer {
    let challenge = [("www-authenticate", "Bearer error=\"invalid_token\"")];
    Answer::json(401, &challenge, r#"{"error":"Invalid or expired token"}"#)
}

#[tokio::test]
async fn of_many_mistakes_the_first_in_order_is_told() {
    let team = Team::open(MemoryStore::new()).await;
    let mut request = ask("PUT", "/api/auth/users/x/", "x", &"x".repeat(16 * 1024 + 1));
    let headers = request.headers_mut();
    headers.append("authorization", "Bearer x".parse().unwrap());
    headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
    headers.insert("content-encoding", "gzip".parse().unwrap());
    headers.insert("content-type", "text/plain".parse().unwrap());
    let told = async |request: &http::Request<_>| call(&team.routes, request.clone()).await;

    assert_eq!(told(&request).await, refusal(404, "Not found"));
    *request.uri_mut() = "/api/auth/users/x".parse().unwrap();
    let methods = [("allow", "GET, HEAD, PATCH, DELETE")];
    assert_eq!(told(&request).await, Answer::json(405, &methods, r#"{"error":"Method not allowed"}"#));
    *request.method_mut() = Method::PATCH;
    assert_eq!(told(&request).await, refusal(403, "Cross-origin request refused"));
    request.headers_mut().remove("sec-fetch-site");
    assert_eq!(told(&request).await, refusal(400, "Authorization must be sent only once"));
    request.headers_mut().remove("authorization");
    assert_eq!(told(&request).await, required());
    let bearer = |token: &str| format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer("x"));
    assert_eq!(told(&request).await, invalid());
    request.headers_mut().insert("authorization", bearer(&team.user.token));
    assert_eq!(told(&request).await, refusal(403, "Insufficient permissions"));
    request.headers_mut().insert("authorization", bearer(&team.admin.token));
    assert_eq!(told(&request).await, refusal(415, "Content-Encoding must be identity or absent"));
    request.headers_mut().remove("content-encoding");
    assert_eq!(told(&request).await, refusal(415, "Content-Type must be application/json in UTF-8"));
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    assert_eq!(told(&request).await, refusal(413, "Request body must be at most 16 KiB"));
    *request.body_mut() = "x".into();
    assert_eq!(told(&request).await, refusal(400, "Request body must be a JSON object"));
    *request.body_mut() = r#"{"role":"user","disabled":null}"#.into();
    assert_eq!(told(&request).await, refusal(400, "disabled must be true or false"));
    *request.body_mut() = r#"{"role":"user"}"#.into();
    assert_eq!(told(&request).await, refusal(400, "role must be one of the roles of this system"));
    *request.body_mut() = "{}".into();
    assert_eq!(told(&request).await, refusal(404, "Not found"));
    *request.uri_mut() = format!("/api/auth/users/{}", team.user.id).parse().unwrap();
    assert_eq!(told(&request).await.status, 200);
}

#[tokio::test]
async fn an_ignored_body_keeps_to_the_size_limit_and_says_nothing() {
    let team = Team::open(MemoryStore::new()).await;
    let path = "/api/auth/users/x?current=x";
    let mut request = ask("DELETE", path, &team.admin.token, &"x".repeat(16 * 1024 + 1));
    request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let answer = call(&team.routes, request.clone()).await;
    assert_eq!(answer, refusal(413, "Request body must be at most 16 KiB"));
    *request.body_mut() = "x".repeat(16 * 1024).into();
    assert_eq!(call(&team.routes, request.clone()).await, refusal(404, "Not found"));
    // The size comes before the query.
    *request.uri_mut() = "/api/auth/sessions?current=x".parse().unwrap();
    assert_eq!(call(&team.routes, request.clone()).await, refusal(400, "current must be true or false"));
    *request.body_mut() = "x".repeat(16 * 1024 + 1).into();
    assert_eq!(call(&team.routes, request).await, refusal(413, "Request body must be at most 16 KiB"));
}

#[tokio::test]
async fn another_sites_page_changes_nothing_and_reads_what_the_browser_lets_it() {
    let team = Team::open(MemoryStore::new()).await;
    for (method, path) in every(&team.user.id.to_string(), &team.user.session.to_string()) {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let mut request = ask(method, &path, &team.admin.token, "{}");
            request.headers_mut().insert("host", "example.com".parse().unwrap());
            request.headers_mut().insert(name, value.parse().unwrap());
            let answer = call(&team.routes, request).await;
            if method == "GET" {
                assert_eq!(answer.status, 200, "{method} {path}");
            } else {
                assert_eq!(answer, refusal(403, "Cross-origin request refused"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn head_says_what_get_says_without_its_body() {
    let team = Team::open(MemoryStore::new()).await;
    let mut asked = 0;
    for (method, path) in every(&team.user.id.to_string(), "x") {
        if method == "GET" {
            asked += 1;
            let whole = call(&team.routes, ask("GET", &path, &team.admin.token, "")).await;
            let head = call(&team.routes, ask("HEAD", &path, &team.admin.token, "")).await;
            assert_eq!((whole.status, head.status), (200, 200), "{path}");
            assert_eq!(head, Answer { body: String::new(), ..whole }, "{path}");
        }
    }
    assert_eq!(asked, 4);
    let head = call(&team.routes, ask("HEAD", "/api/auth/users", &team.user.token, "")).await;
    assert_eq!(head, Answer { body: String::new(), ..refusal(403, "Insufficient permissions") });
}

#[tokio::test]
async fn without_a_token_nothing_is_told_of_bodies_queries_and_ids() {
    let team = Team::open(MemoryStore::new()).await;
    for (method, path) in every("x", "x") {
        let mut request = get(&format!("{path}?limit=x&current=x"));
        *request.method_mut() = method.parse().unwrap();
        *request.body_mut() = "x".repeat(16 * 1024 + 1).into();
        assert_eq!(call(&team.routes, request).await, required(), "{method} {path}");
    }
}
