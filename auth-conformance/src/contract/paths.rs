//! Methods and paths.

use std::collections::BTreeSet;

use http::header::ALLOW;
use http::{Method, StatusCode};

use super::client::{Ask, CREDENTIALS, Client};
use super::{Door, Settings};

const POSTED: [&str; 4] = ["/login", "/refresh", "/logout", "/bootstrap"];

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).expect("a method")
}

/// A known path refuses every other method, and says which it allows.
pub async fn another_method_is_not_allowed<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for path in POSTED {
        for name in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            let answer = client.send(Ask::new(method(name), path)).await;
            answer
                .refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
                .has(&ALLOW, &["POST"])
                .leaves_cookie();
        }
        let answer = client.send(Ask::new(Method::HEAD, path)).await;
        answer.has_status(StatusCode::METHOD_NOT_ALLOWED).has(&ALLOW, &["POST"]).leaves_cookie();
    }
    for path in ["/check", "/jwks.json"] {
        for name in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            let answer = client.send(Ask::new(method(name), path)).await;
            answer
                .refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
                .has(&ALLOW, &["GET, HEAD"])
                .leaves_cookie();
        }
    }
    for name in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let answer = client.send(Ask::new(method(name), "/me")).await;
        answer.refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").leaves_cookie();
        let allowed = answer.values(&ALLOW).join(",");
        let mut allowed: BTreeSet<_> = allowed.split(',').map(str::trim).collect();
        // With the account routes, a name can be changed there.
        allowed.remove("PATCH");
        assert_eq!(allowed, BTreeSet::from(["GET", "HEAD"]), "in either order");
    }
}

/// Any other path under the base path is not found, by any method.
pub async fn an_unknown_path_is_not_found<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for path in ["/", "/nothing", "/register", "/login/now", "/me/sessions", "/api/auth/login", "/healthz"] {
        for name in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = client.send(Ask::new(method(name), path)).await;
            answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
        }
    }
}

/// A path is matched exactly: no trailing slash, no decoding, no case folding, no tidying up.
pub async fn a_path_is_matched_exactly<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for path in [
        "/login/",
        "//login",
        "/./login",
        "/x/../login",
        "/Login",
        "/LOGIN",
        "/%6cogin",
        "/%6Cogin",
        "/login%20",
        "/login%00",
        "/login;x",
        "/logi",
        "/loginx",
    ] {
        let answer = client.send(Ask::post(path).json(CREDENTIALS)).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
    let access = client.login().await.access;
    for path in ["/me/", "/ME", "/m%65", "/check/", "/check/orders", "/check%3Frole=ADMIN"] {
        let answer = client.send(Ask::get(path).bearer(&access)).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
}
