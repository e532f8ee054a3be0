//! The axum extractor, with a guard and without.

use auth_core::MemoryStore;
use auth_tower::{Authenticated, RequireAuth};
use axum::Router;
use axum::routing::get;

use crate::common::{self, Answer, call, get as request};

async fn whoami(Authenticated(who): Authenticated) -> String {
    who.user_id.to_string()
}

#[tokio::test]
async fn behind_a_guard_it_says_who_is_asking() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let app: Router =
        Router::new().route("/whoami", get(whoami)).route_layer(RequireAuth::new(auth).current());
    let mut request = request("/whoami");
    assert_eq!(call(&app, request.clone()).await.status, 401);
    let bearer = format!("Bearer {}", session.access_token.expose());
    request.headers_mut().insert("authorization", bearer.parse().unwrap());
    let answer = call(&app, request).await;
    assert_eq!((answer.status, answer.body), (200, session.user.id.to_string()));
}

#[tokio::test]
async fn without_a_guard_it_is_the_servers_mistake() {
    let app: Router = Router::new().route("/whoami", get(whoami));
    let expected = Answer::json(500, &[], r#"{"error":"Internal server error"}"#);
    assert_eq!(call(&app, request("/whoami")).await, expected);
}
