//! Whole requests: method, target, headers and body, as a client could send them, to the routes with
//! those of accounts.
//!
//! An input looks like a request on the wire, with line feeds alone. `{ACCESS}`, `{REFRESH}` and
//! `{PASSWORD}` in it stand for what the admin has; a line `empty` before the request leaves the
//! admin away, so that bootstrap is open.

#![no_main]

use auth_core::MemoryStore;
use auth_fuzz::{PASSWORD, World, auth, wait};
use auth_tower::AuthRoutes;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tower_service::Service;

fuzz_target!(|data: &[u8]| {
    match data.strip_prefix(b"empty\n") {
        Some(data) => {
            if let Some(request) = read(data) {
                send(AuthRoutes::new(auth(MemoryStore::new())).with_events(), request);
            }
        }
        None => {
            if data.len() < 32 * 1024 {
                to_the_admins_system(data);
            }
        }
    }
});

fn to_the_admins_system(data: &[u8]) {
    let world = World::new();
    let told = [("{ACCESS}", world.access()), ("{REFRESH}", world.refresh()), ("{PASSWORD}", PASSWORD)];
    let filled = told
        .iter()
        .fold(data.to_vec(), |data, (name, value)| replaced(&data, name.as_bytes(), value.as_bytes()));
    let knows_a_secret = filled != data;
    let Some(request) = read(&filled) else { return };
    let status = send(AuthRoutes::new(world.auth.clone()).with_events(), request);
    if !knows_a_secret {
        let logged_out = status == StatusCode::OK; // whatever cookie is presented at /logout
        assert!(status.is_client_error() || logged_out, "a stranger got {status}");
        world.insist_that_the_session_lives();
    }
}

/// Sends it, and insists on what every answer must be.
fn send(mut routes: AuthRoutes<MemoryStore>, request: Request<Full<Bytes>>) -> StatusCode {
    let asked = format!("{} {} {:?}", request.method(), request.uri(), request.headers());
    let head = request.method() == Method::HEAD;
    let keys = request.uri().path() == "/api/auth/jwks.json";
    let Ok(response) = wait(routes.call(request));
    let (parts, body) = Response::into_parts(response);
    let Ok(body) = wait(body.collect());
    let body = body.to_bytes();
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().expect("text"));

    assert_eq!(header("content-type"), Some("application/json"), "{asked}");
    let kept = if keys && parts.status == StatusCode::OK { "public, max-age=300" } else { "no-store" };
    assert_eq!(header("cache-control"), Some(kept), "{asked}");
    assert_eq!(header("x-content-type-options"), Some("nosniff"), "{asked}");
    assert_eq!(header("www-authenticate").is_some(), parts.status == StatusCode::UNAUTHORIZED, "{asked}");
    assert_eq!(header("allow").is_some(), parts.status == StatusCode::METHOD_NOT_ALLOWED, "{asked}");
    assert!(
        matches!(parts.status.as_u16(), 200 | 201 | 204 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415),
        "{asked}"
    );
    if head || parts.status == StatusCode::NO_CONTENT {
        assert!(body.is_empty(), "{asked}");
    } else {
        let json: Value = serde_json::from_slice(&body).expect("the body is JSON");
        let fields = json.as_object().expect("the body is an object");
        if !parts.status.is_success() {
            assert!(fields.len() == 1 && fields["error"].is_string(), "{asked}: {json}");
        }
    }
    parts.status
}

/// A request, if it is one that an HTTP server would pass on.
fn read(data: &[u8]) -> Option<Request<Full<Bytes>>> {
    let end = data.windows(2).position(|pair| pair == b"\n\n").unwrap_or(data.len());
    let (head, body) = (&data[..end], data.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines.next()?.splitn(2, |byte| *byte == b' ');
    let mut request = Request::new(Full::from(Bytes::copy_from_slice(body)));
    *request.method_mut() = Method::from_bytes(words.next()?).ok()?;
    *request.uri_mut() = Uri::try_from(words.next()?).ok()?;
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    Some(request)
}

fn replaced(data: &[u8], name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = rest.windows(name.len()).position(|window| window == name) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(value);
        rest = &rest[at + name.len()..];
    }
    out.extend_from_slice(rest);
    out
}
