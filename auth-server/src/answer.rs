//! The answers that the server gives itself, in the form that the routes give theirs.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// A body of JSON with the standard headers.
pub fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// An error in the one form that errors have.
pub fn error(status: StatusCode, sentence: &'static str) -> Response<Full<Bytes>> {
    json(status, serde_json::json!({ "error": sentence }).to_string())
}

/// 405, and what would have been right.
pub fn wrong_method(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Where no host is named, or more than one.
pub const NO_ONE_HOST: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "Exactly one Host header required");

/// Where the head is larger, or has more fields in it, than anybody needs.
pub const TOO_LARGE_A_HEAD: (StatusCode, &str) =
    (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request header fields too large");

/// Where the body was too slow in coming.
pub const TOO_SLOW: (StatusCode, &str) = (StatusCode::REQUEST_TIMEOUT, "Request timeout");

/// 400: no host is named, or more than one.
pub fn no_one_host() -> Response<Full<Bytes>> {
    error(NO_ONE_HOST.0, NO_ONE_HOST.1)
}

/// 431: a larger head, or more fields in it, than anybody needs.
pub fn too_large_a_head() -> Response<Full<Bytes>> {
    error(TOO_LARGE_A_HEAD.0, TOO_LARGE_A_HEAD.1)
}

/// 408: the body was too slow in coming. What is left of it is not waited for.
pub fn too_slow() -> Response<Full<Bytes>> {
    let mut response = error(TOO_SLOW.0, TOO_SLOW.1);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// 500: a bug.
pub fn broken() -> Response<Full<Bytes>> {
    error(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
}

/// 503: not now.
pub fn unavailable() -> Response<Full<Bytes>> {
    let mut response = error(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
