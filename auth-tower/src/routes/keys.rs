//! The public keys of access tokens, for whoever verifies them.

use auth_core::Jwks;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response, StatusCode};

use crate::body::AuthBody;
use crate::refuse;

/// Where they are, below the base path.
pub(super) const PATH: &str = "/jwks.json";
/// Where everyone looks for them first.
pub(super) const WELL_KNOWN: &str = "/.well-known/jwks.json";

/// For how long an answer may be kept. A key that is new has to be published for longer before it
/// signs, and nothing else here may be kept at all.
pub(super) const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The answer with these keys.
pub(super) fn published(keys: &Jwks) -> Response<AuthBody> {
    let mut response = refuse::bytes(StatusCode::OK, keys.to_json().into_bytes());
    response.headers_mut().insert(CACHE_CONTROL, KEPT);
    response
}
