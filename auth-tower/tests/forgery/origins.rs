//! Pages of other sites that make a browser send something.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use super::answer::Answer;
use super::table::Forged;
use super::world::{
    EMAIL, HOST, PASSWORD, People, credentials, post, request, with, with_bearer, with_cookie,
};

pub(crate) fn table(people: &People) -> Vec<Forged> {
    let refused = || Answer::refused(403, "Cross-origin request refused");
    let mut forged = Vec::new();
    for (nth, origin) in origins().into_iter().enumerate() {
        // Each origin is tried at one of the doors in turn, the telling ones at all of them.
        for (which, request) in targets(people).into_iter().enumerate() {
            if nth < 6 || which == nth % 6 {
                let what = format!(
                    "{} {} from Origin {:?}",
                    request.method(),
                    request.uri(),
                    String::from_utf8_lossy(&origin)
                );
                forged.push(Forged::new(what, with(request, "origin", &origin), refused()));
            }
        }
    }
    for site in [
        "cross-site",
        "same-site",
        "Same-Origin",
        "SAME-ORIGIN",
        "same-origin ,none",
        "same-origin, none",
        "none,same-origin",
        "None",
        "\"same-origin\"",
        "same_origin",
        "same-origin;x",
        "",
        "0",
        "null",
        "true",
        "nonsense",
        "s\u{e4}me-origin",
    ] {
        for (which, request) in targets(people).into_iter().enumerate() {
            if ["cross-site", "same-site"].contains(&site) || which == site.len() % 6 {
                let what = format!("{} {} from Sec-Fetch-Site {site:?}", request.method(), request.uri());
                forged.push(Forged::new(what, with(request, "sec-fetch-site", site), refused()));
            }
        }
    }
    forged.extend(
        marks_together(people).into_iter().map(|(what, request)| Forged::new(what, request, refused())),
    );
    forged
}

/// What a page of another site would like to have done: with the admin's cookie, and even with the
/// admin's token.
fn targets(people: &People) -> [Request<Full<Bytes>>; 6] {
    let asking = |request| with_bearer(request, &people.admin.access);
    let change = format!(r#"{{"currentPassword":"{PASSWORD}","newPassword":"another fine Password 7"}}"#);
    let account = credentials("new@example.com", r#","name":"New","role":"ADMIN""#);
    [
        with_cookie(post("/refresh", ""), &people.admin.refresh),
        with_cookie(post("/logout", ""), &people.admin.refresh),
        with_cookie(post("/login", &credentials(EMAIL, "")), &people.admin.refresh),
        asking(post("/password", &change)),
        asking(post("/users", &account)),
        asking(request("DELETE", "/api/auth/sessions", "")),
    ]
}

/// Everything that nearly is the origin `https://auth.example.com`, which `Host` names.
fn origins() -> Vec<Vec<u8>> {
    let mut origins: Vec<Vec<u8>> = Vec::new();
    for host in [
        "evil.example",
        "example.com",
        "www.example.com",
        "xauth.example.com",
        "x.auth.example.com",
        "auth.example.com.evil.example",
        "auth.example.co",
        "auth.example.comx",
        "auth-example.com",
        "authXexample.com",
        "auth.example.com.",
        "auth..example.com",
        ".auth.example.com",
        "auth.example.com@evil.example",
        "evil.example@auth.example.com",
        "auth.example.com:80@evil.example",
        "auth.example.com%2eevil.example",
        "auth.example.com%00.evil.example",
        "auth%2eexample.com",
        "auth.example.com\\@evil.example",
        "auth.example.com/",
        "auth.example.com/x",
        "auth.example.com?x",
        "auth.example.com#x",
        "auth.example.com ",
        "auth.example.com,",
        "auth.example.com https://auth.example.com",
        "auth.example.com, https://evil.example",
        "auth.example.com:",
        "auth.example.com:0",
        "auth.example.com:80",
        "auth.example.com:444",
        "auth.example.com:4430",
        "auth.example.com:+443",
        "auth.example.com: 443",
        "auth.example.com:443x",
        "auth.example.com:0x1bb",
        "auth.example.com:99999",
        "auth.example.com:443:443",
        "[auth.example.com",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.0.0.1",
        "localhost",
        "xn--auth-example-com",
        "*",
        "*.example.com",
        "",
        "/",
        ":443",
    ] {
        origins.push(format!("https://{host}").into_bytes());
    }
    for origin in [
        "null",
        "",
        "*",
        "undefined",
        "self",
        "auth.example.com",
        "//auth.example.com",
        "https:auth.example.com",
        "https:/auth.example.com",
        "https:///auth.example.com",
        "https//auth.example.com",
        "https:\\\\auth.example.com",
        "HTTPS://auth.example.com",
        "http://auth.example.com:443",
        "ws://auth.example.com",
        "wss://auth.example.com",
        "ftp://auth.example.com",
        "file://auth.example.com",
        "file://",
        "data:text/html,x",
        "blob:https://auth.example.com/x",
        "javascript://auth.example.com",
        "chrome-extension://auth.example.com",
        "moz-extension://auth.example.com",
        "app://auth.example.com",
        "android-app://auth.example.com",
        "about:blank",
        "https://\u{430}uth.example.com",
        "https://auth\u{3002}example\u{3002}com",
        "https://auth.example.com\u{200b}",
        "\u{feff}https://auth.example.com",
    ] {
        origins.push(origin.as_bytes().to_vec());
    }
    origins.push(b"https://auth.example.com\xff".to_vec());
    origins
}

/// Marks that contradict each other, or are there twice.
fn marks_together(people: &People) -> Vec<(String, Request<Full<Bytes>>)> {
    let own = format!("https://{HOST}");
    let marks: [(&str, &[(&'static str, &str)]); 10] = [
        (
            "one's own origin, but the browser says cross-site",
            &[("origin", &own), ("sec-fetch-site", "cross-site")],
        ),
        (
            "one's own origin, but the browser says same-site",
            &[("origin", &own), ("sec-fetch-site", "same-site")],
        ),
        ("one's own origin twice", &[("origin", &own), ("origin", &own)]),
        ("one's own origin and another's", &[("origin", &own), ("origin", "https://evil.example")]),
        ("another's origin and one's own", &[("origin", "https://evil.example"), ("origin", &own)]),
        ("same-origin twice", &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]),
        (
            "same-origin and cross-site",
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        ),
        ("another Host beside the first", &[("origin", &own), ("host", "evil.example")]),
        ("the same Host twice", &[("origin", &own), ("host", HOST)]),
        ("a forwarded host", &[("origin", "https://evil.example"), ("x-forwarded-host", "evil.example")]),
    ];
    let mut requests = Vec::new();
    for (what, headers) in marks {
        for (nth, request) in targets(people).into_iter().enumerate().take(3) {
            let request = headers.iter().fold(request, |request, (name, value)| with(request, name, value));
            requests.push((format!("{what}, {nth}"), request));
        }
    }
    requests
}
