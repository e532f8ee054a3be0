//! Pages of other origins: those that are trusted by name, and their neighbours.

use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderName, ORIGIN, VARY,
};
use http::{Method, StatusCode};

use super::client::{ADMIN, Ask, CREATED, CREDENTIALS, Client, HOST_NAME, LOGGED_OUT, Session};
use super::{Door, Settings};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
pub(super) const APP: &str = "https://app.example.com";
const PORT: &str = "http://localhost:3000";
const ADDRESS: &str = "https://[2001:db8::7]:8443";
const PUNYCODE: &str = "https://xn--mnchen-3ya.example";
const TRUSTED: [&str; 4] = [APP, PORT, ADDRESS, PUNYCODE];

const WITH_BODY: [&str; 2] = ["/login", "/bootstrap"];
const POSTED: [&str; 4] = ["/login", "/refresh", "/logout", "/bootstrap"];

fn trusting() -> Settings {
    Settings::development().with_trusted_origins(TRUSTED)
}

/// What stands near to an origin in one way or another, none of which is that origin.
fn neighbours(origin: &str) -> Vec<String> {
    let (scheme, place) = origin.split_once("://").expect("a scheme");
    let other = if scheme == "https" { "http" } else { "https" };
    let (host, port) = match place.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, port)) => (host, format!(":{port}")),
        None => (place, String::new()),
    };
    let usual = if scheme == "https" { 443 } else { 80 };
    vec![
        format!("{other}://{place}"),
        format!("{scheme}://{host}:{usual}"),
        format!("{scheme}://{host}:8444"),
        format!("{scheme}://{host}{port}0"),
        format!("{scheme}://sub.{place}"),
        format!("{scheme}://x{place}"),
        format!("{scheme}://{host}.{port}"),
        format!("{scheme}://{host}.evil.example{port}"),
        format!("{scheme}://user@{place}"),
        format!("{scheme}://evil.example@{place}"),
        format!("{scheme}://evil.example#{place}"),
        format!("{origin}/"),
        format!("{origin}/app"),
        format!("{origin}?"),
        format!("{origin},{origin}"),
        format!("{origin} {origin}"),
        format!("{origin} https://evil.example"),
        format!("https://evil.example {origin}"),
        origin.to_uppercase(),
        place.to_owned(),
        format!("//{place}"),
        format!("{scheme}:{place}"),
    ]
}

/// Origins that nobody trusts, wherever they come from.
const STRANGE: [&str; 12] = [
    "null",
    "",
    "*",
    "https://example.com",
    "https://münchen.example",
    "http://[::1]:3000",
    "http://127.0.0.1:3000",
    "https://[2001:db8:0::7]:8443",
    "https://[2001:DB8::7]:8443",
    "https://2001:db8::7:8443",
    "file://",
    "chrome-extension://app.example.com",
];

/// A trusted origin may call, to the byte; whatever is like it in some way may not.
pub async fn only_the_exact_origin_is_trusted<D: Door>(door: D) {
    let client = Client::open(&door, trusting()).await;
    let near = TRUSTED.iter().flat_map(|origin| neighbours(origin));
    let others: Vec<_> = near.chain(STRANGE.map(str::to_owned)).collect();
    assert!(others.len() > 90, "a table of some size");
    let logout = |origin: &str| Ask::post("/logout").with(ORIGIN, origin);
    for origin in TRUSTED {
        let answer = client.send(logout(origin)).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Refresh token required").is_for_pages_of(origin);
    }
    for origin in &others {
        let refused = client.send(logout(origin)).await;
        refused.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused").is_for_no_page();
        let me = client.send(Ask::get("/me").with(ORIGIN, origin)).await;
        me.refuses(StatusCode::UNAUTHORIZED, "Access token required").is_for_no_page();
    }
    for (one, other) in [(APP, APP), (APP, "https://evil.example"), ("https://evil.example", APP)] {
        let answer = client.send(logout(one).and(ORIGIN, other)).await;
        answer.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused").is_for_no_page();
    }
}

/// A page of a trusted origin may do all that a page of the same origin may, whatever the browser
/// says of its site, and may read each answer.
pub async fn a_page_of_a_trusted_origin_is_served<D: Door>(door: D) {
    for site in [None, Some("cross-site"), Some("same-site")] {
        let client = Client::open(&door, trusting()).await;
        let from_page = |ask: Ask| {
            let ask = ask.with(ORIGIN, APP);
            client.send(if let Some(site) = site { ask.with(SEC_FETCH_SITE, site) } else { ask })
        };
        let created = from_page(Ask::post("/bootstrap").json(ADMIN)).await;
        created.is(StatusCode::CREATED, CREATED).is_for_pages_of(APP);
        let login = from_page(Ask::post("/login").json(CREDENTIALS)).await;
        let session = Session::of(login.is_for_pages_of(APP));
        from_page(Ask::get("/me").bearer(&session.access)).await.is_user().is_for_pages_of(APP);
        let refreshed = from_page(Ask::post("/refresh").cookie(&session.refresh)).await;
        refreshed.is_for_pages_of(APP).is_refreshed();
        let latest = refreshed.cookie_if_any().unwrap_or(session.refresh);
        let out = from_page(Ask::post("/logout").cookie(&latest)).await;
        out.is(StatusCode::OK, LOGGED_OUT).clears_cookie().is_for_pages_of(APP);
    }
}

/// A page of a trusted origin may read why it was refused, too.
pub async fn a_trusted_origin_may_read_refusals<D: Door>(door: D) {
    let client = Client::with_admin(&door, trusting()).await;
    for (ask, status) in [
        (Ask::post("/login").json("{}"), StatusCode::BAD_REQUEST),
        (Ask::post("/login").json(r#"{"email":"a@example.com","password":"x"}"#), StatusCode::UNAUTHORIZED),
        (Ask::post("/login").json(&"x".repeat(16 * 1024 + 1)), StatusCode::PAYLOAD_TOO_LARGE),
        (Ask::post("/login").body(CREDENTIALS), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Ask::post("/refresh"), StatusCode::UNAUTHORIZED),
        (Ask::post("/refresh").cookie("x"), StatusCode::UNAUTHORIZED),
        (Ask::post("/refresh").cookie("x").cookie("y"), StatusCode::BAD_REQUEST),
        (Ask::post("/bootstrap").json(ADMIN), StatusCode::CONFLICT),
        (Ask::get("/me"), StatusCode::UNAUTHORIZED),
        (Ask::get("/me").bearer("x"), StatusCode::UNAUTHORIZED),
        (Ask::get("/login"), StatusCode::METHOD_NOT_ALLOWED),
        (Ask::new(Method::OPTIONS, "/login"), StatusCode::METHOD_NOT_ALLOWED),
        (Ask::get("/nothing"), StatusCode::NOT_FOUND),
        (Ask::new(Method::HEAD, "/me"), StatusCode::UNAUTHORIZED),
    ] {
        let answer = client.send(ask.with(ORIGIN, APP)).await;
        answer.has_status(status).is_for_pages_of(APP).has(&VARY, &["Origin"]);
    }
}

/// A request without an origin, or of the routes' own, is answered as ever, and says that another
/// origin would have got another answer.
pub async fn others_are_answered_as_ever<D: Door>(door: D) {
    let client = Client::with_admin(&door, trusting()).await;
    let own = format!("https://{HOST_NAME}");
    for ask in [
        Ask::post("/login").json(CREDENTIALS),
        Ask::post("/login").json(CREDENTIALS).with(ORIGIN, &own),
        Ask::post("/login").json(CREDENTIALS).with(SEC_FETCH_SITE, "same-origin"),
    ] {
        client.send(ask).await.is_login().is_for_no_page().has(&VARY, &["Origin"]);
    }
    let session = client.login().await;
    for ask in [Ask::get("/me"), Ask::get("/me").with(ORIGIN, "https://evil.example")] {
        let answer = client.send(ask.bearer(&session.access)).await;
        answer.is_user().is_for_no_page().has(&VARY, &["Origin"]);
    }
    let cross = Ask::post("/login").json(CREDENTIALS).with(SEC_FETCH_SITE, "cross-site");
    let answer = client.send(cross).await;
    answer.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused").is_for_no_page();
}

pub(super) fn preflight(path: &str, origin: &str, method: &str) -> Ask {
    let ask = Ask::new(Method::OPTIONS, path).with(ORIGIN, origin);
    ask.with(ACCESS_CONTROL_REQUEST_METHOD, method).with(SEC_FETCH_SITE, "cross-site")
}

/// A preflight of a trusted origin is told what the path takes.
pub async fn a_preflight_of_a_trusted_origin_is_answered<D: Door>(door: D) {
    let client = Client::open(&door, trusting()).await;
    for origin in TRUSTED {
        for path in POSTED {
            let ask = preflight(path, origin, "POST");
            client.send(ask.clone()).await.permits("POST", origin);
            let asked = ask.with(ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type");
            client.send(asked).await.permits("POST", origin);
        }
    }
    // It says what there is, whatever is asked for; the browser draws the conclusion.
    for method in ["POST", "GET", "DELETE", "nonsense"] {
        client.send(preflight("/login", APP, method)).await.permits("POST", APP);
    }
    let me = client.send(preflight("/me", APP, "GET")).await;
    me.has_status(StatusCode::NO_CONTENT).is_for_pages_of(APP);
    let nowhere = client.send(preflight("/nothing", APP, "GET")).await;
    nowhere.refuses(StatusCode::NOT_FOUND, "Not found").is_for_pages_of(APP);
    // It does nothing: no body is read, no cookie is consumed.
    for path in WITH_BODY {
        client.send(preflight(path, APP, "POST").json(ADMIN)).await.permits("POST", APP);
    }
    client.send(Ask::post("/bootstrap").json(ADMIN)).await.is(StatusCode::CREATED, CREATED);
}

/// A preflight of anyone else, and an `OPTIONS` that is none, get what they got before.
pub async fn another_preflight_is_not_allowed<D: Door>(door: D) {
    for settings in [Settings::development(), trusting()] {
        let trusts = !settings.trusted_origins().is_empty();
        let client = Client::open(&door, settings).await;
        let is_refused = async |ask: Ask| {
            let answer = client.send(ask).await;
            answer.refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").has(&ALLOW, &["POST"]);
            answer
        };
        for origin in ["https://evil.example", "null", "https://auth.example.com", "http://app.example.com"] {
            is_refused(preflight("/login", origin, "POST")).await.is_for_no_page();
        }
        is_refused(preflight("/login", APP, "POST").and(ORIGIN, APP)).await.is_for_no_page();
        let without_origin = Ask::new(Method::OPTIONS, "/login").with(ACCESS_CONTROL_REQUEST_METHOD, "POST");
        is_refused(without_origin).await.is_for_no_page();
        let plain = is_refused(Ask::new(Method::OPTIONS, "/login").with(ORIGIN, APP)).await;
        if trusts {
            plain.is_for_pages_of(APP);
        } else {
            plain.is_for_no_page();
            is_refused(preflight("/login", APP, "POST")).await.is_for_no_page();
        }
    }
}
