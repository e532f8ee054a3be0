//! The routes elsewhere: under another base path, and behind a router that takes it off.

use auth_core::MemoryStore;
use auth_tower::{AuthLayer, BasePath};
use http::Request;
use http_body_util::Full;
use tower::{Layer, service_fn};

use super::Team;
use crate::common::{Answer, ask, call};

const NEW: &str = r#"{"email":"new@example.com","name":"New","role":"USER","password":"StrongPassword123!"}"#;

/// The id in an answer that begins with it.
fn id(answer: &Answer) -> &str {
    answer.body.split('"').nth(3).unwrap()
}

#[tokio::test]
async fn a_new_account_is_said_to_be_where_it_is() {
    let team = Team::open(MemoryStore::new()).await;
    let routes = team.routes.with_base_path(BasePath::parse("/v1/people").unwrap());
    let application = service_fn(async |_: Request<Full<bytes::Bytes>>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(Full::<bytes::Bytes>::from("hello")))
    });
    let service = AuthLayer::new(routes).layer(application);
    let created = call(&service, ask("POST", "/v1/people/users", &team.admin.token, NEW)).await;
    assert_eq!(created.status, 201);
    let place = format!("/v1/people/users/{}", id(&created));
    assert_eq!(created.header("location"), Some(place.as_str()));
    let found = call(&service, ask("GET", &place, &team.admin.token, "")).await;
    assert_eq!((found.status, &found.body), (200, &created.body));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn behind_a_router_it_is_the_whole_path_that_is_said() {
    use axum::Router;

    let team = Team::open(MemoryStore::new()).await;
    let app: Router = Router::new().nest_service("/api/auth", team.routes.nested());
    let created = call(&app, ask("POST", "/api/auth/users", &team.admin.token, NEW)).await;
    let place = format!("/api/auth/users/{}", id(&created));
    assert_eq!((created.status, created.header("location")), (201, Some(place.as_str())));
    let found = call(&app, ask("GET", &format!("{place}?x=1"), &team.admin.token, "")).await;
    assert_eq!((found.status, &found.body), (200, &created.body));
    // The query is there behind a router as well.
    let page = call(&app, ask("GET", "/api/auth/users?search=new%40", &team.admin.token, "")).await;
    assert_eq!(page.body, format!(r#"{{"users":[{}],"nextCursor":null}}"#, created.body));
    // And a slash too many is seen.
    let lost = call(&app, ask("GET", "/api/auth//users", &team.admin.token, "")).await;
    assert_eq!(lost.status, 404);
}
