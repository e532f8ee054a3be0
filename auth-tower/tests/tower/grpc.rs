//! Refusals in gRPC's words: around each guard, and only where gRPC is spoken.

use std::convert::Infallible;

use auth_core::{MemoryStore, Role};
use auth_tower::{GrpcRefusals, RequireAuth, RequireRole};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, ServiceBuilder, service_fn};

use crate::common::{self, Answer, Plugged, SUPPORT, call};
use crate::guards::{bearing, insufficient, required, whoami};

fn grpc(mut request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    request.headers_mut().insert("content-type", "application/grpc+proto".parse().unwrap());
    request
}

fn told(more: &[(&str, &str)]) -> Answer {
    let always = [("cache-control", "no-store"), ("content-type", "application/grpc")];
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut headers: Vec<_> = always.iter().chain(more).map(own).collect();
    headers.sort();
    Answer { status: 200, headers, body: String::new() }
}

#[tokio::test]
async fn a_guard_refuses_in_the_language_of_whoever_asks() {
    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let session = common::log_in(&auth).await;
    let token = session.access_token.expose();
    let everyone = ServiceBuilder::new().layer(GrpcRefusals).layer(RequireAuth::new(auth.clone()).current());
    let everyone = everyone.service(whoami());
    let support = GrpcRefusals.layer(RequireRole::new(auth, SUPPORT).layer(whoami()));

    let mut nobody = bearing(token);
    nobody.headers_mut().remove("authorization");
    assert_eq!(call(&everyone, nobody.clone()).await, required());
    let unauthenticated = told(&[
        ("grpc-message", "Access token required"),
        ("grpc-status", "16"),
        ("www-authenticate", "Bearer"),
    ]);
    assert_eq!(call(&everyone, grpc(nobody)).await, unauthenticated);

    assert_eq!(call(&support, bearing(token)).await, insufficient());
    let denied = told(&[("grpc-message", "Insufficient permissions"), ("grpc-status", "7")]);
    assert_eq!(call(&support, grpc(bearing(token))).await, denied);

    assert_eq!(call(&everyone, grpc(bearing(token))).await.body, call(&everyone, bearing(token)).await.body);
    store.unplug();
    let unavailable = told(&[
        ("grpc-message", "Service unavailable"),
        ("grpc-retry-pushback-ms", "1000"),
        ("grpc-status", "14"),
        ("retry-after", "1"),
    ]);
    assert_eq!(call(&everyone, grpc(bearing(token))).await, unavailable);
}

#[tokio::test]
async fn what_the_application_answers_is_its_own() {
    let auth = common::auth(MemoryStore::new());
    let session = common::log_in(&auth).await;
    let own = service_fn(async |_: Request<Full<Bytes>>| {
        let mut answer = Response::new(Full::<Bytes>::from("no"));
        *answer.status_mut() = http::StatusCode::FORBIDDEN;
        Ok::<_, Infallible>(answer)
    });
    let guarded = GrpcRefusals.layer(RequireRole::new(auth, Role::ADMIN).layer(own));
    let answer = call(&guarded, grpc(bearing(session.access_token.expose()))).await;
    assert_eq!(answer, Answer { status: 403, headers: Vec::new(), body: "no".to_owned() });
}
