//! The public keys of an installation that signs with keys, below the base path and where everyone looks first.

use std::convert::Infallible;

use auth_core::{AccessKeys, Auth, Jwks, MemoryStore, OsEntropy, SigningAlgorithm, SigningKey};
use auth_tower::{AuthLayer, AuthRoutes, BasePath};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, service_fn};

use crate::common::{self, Answer, call, get, post};

const WELL_KNOWN: &str = "/.well-known/jwks.json";

fn key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::Es256, &OsEntropy).unwrap()
}

fn auth(keys: &AccessKeys) -> Auth<MemoryStore> {
    let auth = common::auth(MemoryStore::new());
    auth.replace_access_keys(keys).unwrap();
    auth
}

fn published(keys: &AccessKeys) -> Answer {
    let mut answer = Answer::json(200, &[], &keys.jwks().to_json());
    for (name, value) in &mut answer.headers {
        if name == "cache-control" {
            "public, max-age=300".clone_into(value);
        }
    }
    answer
}

async fn teapot(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("teapot")))
}

#[tokio::test]
async fn the_keys_are_published_and_follow_a_rotation() {
    let (old, new) = (key(), key());
    let keys = AccessKeys::new().signing_key(old.clone());
    let auth = auth(&keys);
    let routes = AuthRoutes::new(auth.clone());
    assert_eq!(call(&routes, get("/api/auth/jwks.json")).await, published(&keys));
    let both = AccessKeys::new().signing_key(new).verifying_key(old.public().clone());
    auth.replace_access_keys(&both).unwrap();
    let answer = call(&routes, get("/api/auth/jwks.json")).await;
    assert_eq!(answer, published(&both));
    assert_eq!(Jwks::parse(answer.body.as_bytes()).unwrap(), auth.jwks());
    let head = call(&routes, common::ask("HEAD", "/api/auth/jwks.json", "x", "")).await;
    assert_eq!(head, Answer { body: String::new(), ..published(&both) });
}

#[tokio::test]
async fn the_well_known_place_is_answered_where_it_was_asked_for() {
    let keys = AccessKeys::new().signing_key(key());
    let routes = AuthRoutes::new(auth(&keys));
    let nothing = Answer::json(404, &[], r#"{"error":"Not found"}"#);
    assert_eq!(call(&routes, get(WELL_KNOWN)).await, nothing);
    let layer = AuthLayer::new(routes.clone()).layer(service_fn(teapot));
    assert_eq!(call(&layer, get(WELL_KNOWN)).await.body, "teapot");

    let routes = routes.with_base_path(BasePath::parse("/v1/session").unwrap()).with_well_known_keys();
    assert_eq!(call(&routes, get(WELL_KNOWN)).await, published(&keys));
    assert_eq!(call(&routes, get("/v1/session/jwks.json")).await, published(&keys));
    let layer = AuthLayer::new(routes).layer(service_fn(teapot));
    assert_eq!(call(&layer, get(WELL_KNOWN)).await, published(&keys));
    let refused = Answer::json(405, &[("allow", "GET, HEAD")], r#"{"error":"Method not allowed"}"#);
    assert_eq!(call(&layer, post(WELL_KNOWN, "{}")).await, refused);
    for theirs in ["/.well-known/jwks.json/", "/.well-known/", "/.well-known/jwks", "//.well-known/jwks.json"]
    {
        assert_eq!(call(&layer, get(theirs)).await.body, "teapot", "{theirs}");
    }
}
