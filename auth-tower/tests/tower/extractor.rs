//! The axum extractors of who is asking, with a guard and without.

use auth_core::MemoryStore;
use auth_tower::{Authenticated, OptionalAuth, RequireAuth};
use axum::Router;
use axum::routing::get;

use crate::common::{self, Answer, Plugged, call, get as request};
use crate::guards::{invalid, required};

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

async fn greet(who: Option<Authenticated>) -> String {
    who.map_or_else(|| "nobody".to_owned(), |Authenticated(who)| who.user_id.to_string())
}

fn greeting() -> Router {
    Router::new().route("/greet", get(greet)).route("/whoami", get(whoami))
}

#[tokio::test]
async fn without_a_guard_it_is_the_servers_mistake() {
    let expected = Answer::json(500, &[], r#"{"error":"Internal server error"}"#);
    for path in ["/whoami", "/greet"] {
        assert_eq!(call(&greeting(), request(path)).await, expected, "{path}");
    }
}

#[tokio::test]
async fn where_a_token_is_optional_who_sends_none_is_nobody_and_who_sends_a_bad_one_is_refused() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    let asked = |path, authorization: &str| {
        let mut request = request(path);
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        request
    };
    let trusting = greeting().route_layer(OptionalAuth::new(auth.clone()));
    let asking = greeting().route_layer(OptionalAuth::new(auth).current());
    for app in [&trusting, &asking] {
        assert_eq!(call(app, request("/greet")).await.body, "nobody");
        assert_eq!(call(app, asked("/greet", "Basic YTpi")).await.body, "nobody");
        let good = call(app, asked("/greet", &format!("Bearer {token}"))).await;
        assert_eq!((good.status, good.body), (200, session.user.id.to_string()));
        assert_eq!(call(app, asked("/greet", &format!("Bearer {token}x"))).await, invalid());
        assert_eq!(call(app, asked("/greet", "Bearer ")).await, required());
        // The handler decides whether it can do without.
        assert_eq!(call(app, request("/whoami")).await, required());
    }

    store.unplug();
    let down = Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#);
    assert_eq!(call(&asking, asked("/greet", &format!("Bearer {token}"))).await, down);
    assert_eq!(call(&asking, request("/greet")).await.body, "nobody");
}
