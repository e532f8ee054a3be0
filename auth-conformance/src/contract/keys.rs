//! `GET /jwks.json`: the public keys of access tokens.

use http::header::{CONTENT_LENGTH, ORIGIN};
use http::{HeaderName, Method, StatusCode};

use super::client::{Ask, Client};
use super::{Door, Settings};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const NONE: &str = r#"{"keys":[]}"#;

/// Where a secret signs, there is no key to publish, and the secret is not.
pub async fn a_secret_is_no_key_to_publish<D: Door>(door: D) {
    for settings in [Settings::development(), Settings::production()] {
        let client = Client::open(&door, settings).await;
        client.send(Ask::get("/jwks.json")).await.is(StatusCode::OK, NONE).leaves_cookie();
    }
}

/// Anyone may read the keys: without a token or with a bad one, from another site, by whatever query.
pub async fn anyone_may_read_the_keys<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for ask in [
        Ask::get("/jwks.json").bearer("x.y.z"),
        Ask::get("/jwks.json").cookie("x"),
        Ask::get("/jwks.json").and(ORIGIN, "https://evil.example").and(SEC_FETCH_SITE, "cross-site"),
    ] {
        client.send(ask).await.is(StatusCode::OK, NONE).leaves_cookie();
    }
}

/// HEAD is GET without the body.
pub async fn head_of_the_keys_is_get_without_a_body<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    let answer = client.send(Ask::new(Method::HEAD, "/jwks.json")).await;
    answer.is(StatusCode::OK, "").leaves_cookie();
    let length = answer.values(&CONTENT_LENGTH);
    assert!(length.is_empty() || length == ["11"], "{}", answer.told("the length that GET would have"));
}
