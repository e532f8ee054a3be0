//! The console over HTTP: its page, its files, their headers, and that it can be turned off.

use auth_server::console::POLICY;
use bytes::Bytes;
use http::Method;
use http::header::IF_NONE_MATCH;

use crate::client::{Answer, Client, SERVERS_OWN, request};
use crate::process::{Server, Store};

/// The page, and what it is made of.
const FILES: &[(&str, &str, &str)] = &[
    ("/console", "text/html; charset=utf-8", include_str!("../../src/console/assets/index.html")),
    ("/console/app.js", "text/javascript; charset=utf-8", include_str!("../../src/console/assets/app.js")),
    (
        "/console/words.js",
        "text/javascript; charset=utf-8",
        include_str!("../../src/console/assets/words.js"),
    ),
    ("/console/style.css", "text/css; charset=utf-8", include_str!("../../src/console/assets/style.css")),
    ("/console/icon.svg", "image/svg+xml", include_str!("../../src/console/assets/icon.svg")),
    (
        "/console/settings.json",
        "application/json",
        r#"{"basePath":"/api/auth","bootstrap":"open","passwordMinLength":8,"roles":["ADMIN","USER"]}"#,
    ),
];

async fn ask(client: &Client, method: Method, path: &str, tag: Option<&str>) -> Answer {
    let mut request = request(method, path);
    if let Some(tag) = tag {
        request = request.header(IF_NONE_MATCH, tag);
    }
    client.send(request.body(Bytes::new()).unwrap()).await
}

/// Status, whole body and every header, but for the tag, the id of the request and the date.
#[track_caller]
fn is(answer: &Answer, status: u16, body: &str, own: &[(&str, &str)]) {
    assert_eq!((answer.status, answer.body.as_str()), (status, body));
    let mut told: Vec<_> = answer
        .response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .filter(|(name, _)| !["etag", "x-request-id", "date"].contains(name))
        .collect();
    told.sort_unstable();
    let replaced = |name: &str| own.iter().any(|(replacement, _)| *replacement == name);
    let servers = SERVERS_OWN.into_iter().filter(|(name, _)| !replaced(name));
    let mut expected: Vec<_> = servers.chain(own.iter().copied()).collect();
    expected.push(("x-content-type-options", "nosniff"));
    expected.sort_unstable();
    assert_eq!(told, expected);
}

/// The page's own policy, where it is the page.
fn policy(path: &str) -> Vec<(&'static str, &'static str)> {
    match path {
        "/console" => {
            vec![("content-security-policy", POLICY), ("cross-origin-opener-policy", "same-origin")]
        }
        _ => Vec::new(),
    }
}

#[test]
fn the_page_may_load_its_own_and_call_its_own_and_nothing_else() {
    assert_eq!(
        POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_there_and_a_browser_that_has_it_is_not_sent_it_again() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let client = server.client();
    for (path, content_type, body) in FILES {
        let length = body.len().to_string();
        let mut whole = policy(path);
        whole.extend([
            ("content-type", *content_type),
            ("content-length", &length),
            ("cache-control", "no-cache"),
        ]);
        let answer = ask(&client, Method::GET, path, None).await;
        is(&answer, 200, body, &whole);
        is(&ask(&client, Method::HEAD, path, None).await, 200, "", &whole);

        let tag = answer.header("etag").expect("a tag");
        let mut kept = policy(path);
        kept.push(("cache-control", "no-cache"));
        for method in [Method::GET, Method::HEAD] {
            let again = ask(&client, method, path, Some(tag)).await;
            is(&again, 304, "", &kept);
            assert_eq!(again.header("etag"), Some(tag));
        }
        is(&ask(&client, Method::GET, path, Some("\"of another version\"")).await, 200, body, &whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_paths_match_exactly_and_take_get_and_head() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let client = server.client();
    let elsewhere = ask(&client, Method::GET, "/console/", None).await;
    is(
        &elsewhere,
        308,
        "",
        &[("location", "/console"), ("content-length", "0"), ("cache-control", "no-store")],
    );
    for path in ["/console/index.html", "/console/app.js/", "/Console", "/console/..%2fapp.js", "/consoles"] {
        client.get(path).await.is(404, r#"{"error":"Not found"}"#);
    }
    for path in ["/console", "/console/", "/console/app.js", "/console/settings.json"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            let refused = ask(&client, method, path, None).await;
            refused.is(405, r#"{"error":"Method not allowed"}"#);
            assert_eq!(refused.header("allow"), Some("GET, HEAD"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turned_off_it_is_like_any_path_that_is_not_there() {
    let store = Store::sqlite();
    let server = Server::start_with(&store.url(), &[("NODE_ENV", "test"), ("CONSOLE", "off")]);
    let client = server.client();
    for path in FILES.iter().map(|(path, ..)| *path).chain(["/console/"]) {
        for method in [Method::GET, Method::POST] {
            ask(&client, method, path, None).await.is(404, r#"{"error":"Not found"}"#);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_it_promises_tls_and_offers_no_bootstrap_that_is_closed() {
    let store = Store::sqlite();
    let server = Server::start_with(&store.url(), &[("NODE_ENV", "production"), ("ROLES", "SUPPORT")]);
    let page = server.client().get("/console").await;
    assert_eq!(page.header("strict-transport-security"), Some("max-age=63072000"));
    let settings = server.client().get("/console/settings.json").await;
    let told = r#"{"basePath":"/api/auth","bootstrap":"closed","passwordMinLength":8,"roles":["ADMIN","SUPPORT","USER"]}"#;
    assert_eq!((settings.status, settings.body.as_str()), (200, told));
}
