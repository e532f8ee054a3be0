//! Paths that are not there, and methods that are not taken.

use http::Uri;

use super::answer::Answer;
use super::table::Forged;
use super::world::{EMAIL, People, credentials, request, with, with_bearer, with_cookie};

const BASE: &str = "/api/auth";
/// Each with the methods that it takes, as `Allow` lists them.
const PLACES: [(&str, &str); 14] = [
    ("/login", "POST"),
    ("/refresh", "POST"),
    ("/logout", "POST"),
    ("/bootstrap", "POST"),
    ("/check", "GET, HEAD"),
    ("/jwks.json", "GET, HEAD"),
    ("/password", "POST"),
    ("/me", "GET, HEAD, PATCH"),
    ("/sessions", "GET, HEAD, DELETE"),
    ("/sessions/x", "DELETE"),
    ("/users", "GET, HEAD, POST"),
    ("/users/x", "GET, HEAD, PATCH, DELETE"),
    ("/users/x/sessions", "GET, HEAD, DELETE"),
    ("/users/x/sessions/y", "DELETE"),
];

pub(crate) fn table(people: &People) -> Vec<Forged> {
    let mut forged = other_methods(people);
    for path in other_paths() {
        for method in ["GET", "POST"] {
            forged.push(sent(people, method, &path, Answer::refused(404, "Not found")));
        }
    }
    forged
}

/// A request that would do something if it were taken for what it resembles: it has a good token, a
/// good cookie and a good body.
fn sent(people: &People, method: &str, target: &str, expected: Answer) -> Forged {
    let request = with(request(method, target, credentials(EMAIL, "")), "content-type", "application/json");
    let request = with_cookie(with_bearer(request, &people.admin.access), &people.admin.refresh);
    Forged::new(format!("{method} {target}"), request, expected)
}

fn other_methods(people: &People) -> Vec<Forged> {
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PURGE",
        "QUERY", "PRI", "BREW", "get", "post", "Post", "POST2", "X-POST", "_",
    ];
    let mut forged = Vec::new();
    for (place, allowed) in PLACES {
        for method in methods.into_iter().filter(|method| !allowed.split(", ").any(|good| good == *method)) {
            let refused = Answer::refused(405, "Method not allowed").with("allow", allowed);
            let expected = if method == "HEAD" { refused.without_body() } else { refused };
            forged.push(sent(people, method, &format!("{BASE}{place}"), expected));
        }
    }
    forged
}

/// Every place, spoiled in every way that some server tidies up; and what other software has.
fn other_paths() -> Vec<String> {
    let mut paths = Vec::new();
    for (place, _) in PLACES {
        let name = &place[1..];
        let first = name.as_bytes()[0];
        let rest = &name[1..];
        let spoiled = [
            format!("{BASE}{place}/"),
            format!("{BASE}{place}//"),
            format!("{BASE}/{place}"),
            format!("{BASE}//{place}"),
            format!("{BASE}/.{place}"),
            format!("{BASE}/x/..{place}"),
            format!("{BASE}/..{place}"),
            format!("{BASE}/%2e{place}"),
            format!("{BASE}/%2e%2e/auth{place}"),
            format!("{BASE}%2f{name}"),
            format!("{BASE}%5c{name}"),
            format!("{BASE}/{}{rest}", char::from(first.to_ascii_uppercase())),
            format!("{BASE}/%{first:02x}{rest}"),
            format!("{BASE}/%{first:02X}{rest}"),
            format!("{BASE}/%25{first:02x}{rest}"),
            format!("{BASE}{}", place.to_uppercase()),
            format!("/{place}"),
            format!("/api{place}"),
            format!("/API/AUTH{place}"),
            format!("/api/Auth{place}"),
            format!("/api//auth{place}"),
            format!("//api/auth{place}"),
            format!("/api/auth/api/auth{place}"),
            format!("/x{BASE}{place}"),
            format!("/api/authx{place}"),
            format!("/api/./auth{place}"),
            format!("/%61pi/auth{place}"),
        ];
        paths.extend(spoiled);
        // Below these, dots are an id like any other text, and are told from one when it is looked up.
        if !["/sessions", "/users", "/users/x/sessions"].contains(&place) {
            paths.extend([format!("{BASE}{place}/."), format!("{BASE}{place}/..")]);
        }
    }
    // The ids are any text, so what is behind one of those is part of it.
    for name in ["login", "refresh", "logout", "bootstrap", "check", "password", "me", "sessions", "users"] {
        for behind in [
            ";",
            ";x=y",
            ";jsessionid=1",
            "%00",
            "%20",
            "%09",
            "%0d%0a",
            "%3f",
            "%23",
            ".",
            "..",
            ".json",
            ".php",
            "~",
            ",",
            ":",
            "@",
            "!",
            "$",
            "*",
            "=",
            "&x=y",
        ] {
            paths.push(format!("{BASE}/{name}{behind}"));
        }
    }
    for other in [
        "",
        "/",
        "//",
        "/.",
        "/..",
        "/*",
        "/register",
        "/signup",
        "/token",
        "/session",
        "/user",
        "/admin",
        "/roles",
        "/healthz",
        "/metrics",
        "/.env",
        "/.git/config",
        "/login/now",
        "/me/sessions",
        "/check/orders",
        "/me/password",
        "/users//sessions",
        "/users/x/sessions/y/z",
        "/users/x/roles",
        "/sessions/x/y",
        "/password/reset",
    ] {
        paths.push(format!("{BASE}{other}"));
    }
    paths.extend(
        ["/", "*", "/login", "/api", "/api/", "/api/aut", "/wp-login.php", "/.well-known/jwks.json"]
            .map(str::to_owned),
    );
    paths.retain(|path| path.parse::<Uri>().is_ok());
    paths.sort();
    paths.dedup();
    paths
}
