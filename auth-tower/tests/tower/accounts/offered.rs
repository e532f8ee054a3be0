//! With accounts and without.

use auth_core::MemoryStore;
use auth_tower::AuthRoutes;
use http::Method;

use super::{Team, every, refusal};
use crate::bare::Bare;
use crate::common::{self, Answer, ask, call, get};

#[tokio::test]
async fn without_accounts_there_is_nothing_but_the_five_endpoints() {
    let auth = common::auth(Bare::default());
    let token = common::log_in(&auth).await.access_token.expose().to_owned();
    let routes = AuthRoutes::new(auth);
    let id = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";
    for (method, path) in every(id, id) {
        let answer = call(&routes, ask(method, &path, &token, "{}")).await;
        if path.ends_with("/me") {
            let expected = Answer::json(405, &[("allow", "GET, HEAD")], r#"{"error":"Method not allowed"}"#);
            assert_eq!(answer, expected);
        } else {
            assert_eq!(answer, refusal(404, "Not found"), "{method} {path}");
        }
    }
    assert_eq!(call(&routes, ask("GET", "/api/auth/me", &token, "")).await.status, 200);
}

#[tokio::test]
async fn with_accounts_each_path_says_its_methods() {
    let team = Team::open(MemoryStore::new()).await;
    for (path, allow) in [
        ("/api/auth/me", "GET, HEAD, PATCH"),
        ("/api/auth/sessions", "GET, HEAD, DELETE"),
        ("/api/auth/sessions/x", "DELETE"),
        ("/api/auth/password", "POST"),
        ("/api/auth/users", "GET, HEAD, POST"),
        ("/api/auth/users/x", "GET, HEAD, PATCH, DELETE"),
        ("/api/auth/users/x/sessions", "GET, HEAD, DELETE"),
        ("/api/auth/users/x/sessions/x", "DELETE"),
    ] {
        let mut request = get(path);
        *request.method_mut() = Method::PUT;
        let expected = Answer::json(405, &[("allow", allow)], r#"{"error":"Method not allowed"}"#);
        assert_eq!(call(&team.routes, request).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_clone_offers_what_its_original_does() {
    let team = Team::open(MemoryStore::new()).await;
    let shown = format!("{:?}", team.routes);
    assert!(shown.contains("Accounts"), "{shown}");
    assert_eq!(call(&team.routes.clone().clone(), get("/api/auth/users")).await.status, 401);
}
