//! What the guard does with services that misbehave. Time is tokio's, and stands still.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use auth_core::store::UserStore;
use auth_core::{
    Auth, Email, MemoryStore, Name, NewUser, PasswordHash, PasswordVerifier, Role, Timestamp, UserId,
    Verification,
};
use auth_tower::TrustedOrigins;
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, Empty};
use tokio::time::{Instant, sleep};

use super::*;

/// A body of which nothing ever comes.
struct Silence;

impl Body for Silence {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// Status, headers but the id in alphabetical order, body, and the seconds that the answer took.
async fn ask<S, B>(service: S, request: Request<B>) -> (u16, Vec<String>, String, u64)
where
    S: Service<Request<Timely<B>>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body + Send + Unpin + 'static,
{
    let begun = Instant::now();
    let Ok(response) = guarded(service, Limits::default(), Mode::Production).oneshot(request).await;
    let seconds = begun.elapsed().as_secs();
    let (mut head, body) = response.into_parts();
    let id = head.headers.remove(REQUEST_ID).expect("an id");
    assert_eq!(uuid::Uuid::try_parse(id.to_str().expect("text")).expect("a UUID").get_version_num(), 7);
    let headers =
        head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    (head.status.as_u16(), headers, body, seconds)
}

/// What the guard adds to every answer, in production.
const GUARDS_OWN: [&str; 6] = [
    "content-security-policy: default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy: same-origin",
    "permissions-policy: camera=(), geolocation=(), microphone=()",
    "referrer-policy: no-referrer",
    "x-frame-options: DENY",
    "strict-transport-security: max-age=63072000",
];

fn standard(more: &[&str]) -> Vec<String> {
    let routes_own =
        ["content-type: application/json", "cache-control: no-store", "x-content-type-options: nosniff"];
    sorted(routes_own.iter().chain(more).chain(&GUARDS_OWN))
}

fn sorted<'a>(lines: impl Iterator<Item = &'a &'a str>) -> Vec<String> {
    let mut lines: Vec<_> = lines.map(|line| (*line).to_owned()).collect();
    lines.sort();
    lines
}

fn with_host(request: http::request::Builder) -> http::request::Builder {
    request.header(HOST, "localhost")
}

fn get() -> Request<Empty<Bytes>> {
    with_host(Request::get("/"))
        .header("x-request-id", "chosen-by-a-stranger")
        .body(Empty::new())
        .expect("a request")
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_passes_through() {
    let service = service_fn(async |_| Ok(answer::json(StatusCode::OK, "{}")));
    assert_eq!(ask(service, get()).await, (200, standard(&[]), "{}".to_owned(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_is_given_up_after_fifteen_seconds() {
    let service = service_fn(async |_| {
        sleep(Duration::from_secs(16)).await;
        Ok(answer::json(StatusCode::OK, "{}"))
    });
    let body = r#"{"error":"Service unavailable"}"#.to_owned();
    assert_eq!(ask(service, get()).await, (503, standard(&["retry-after: 1"]), body, 15));
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_is_given_up_after_ten_seconds_whatever_the_service_says() {
    let service = service_fn(async |request: Request<Timely<Silence>>| {
        let broken_off = request.into_body().collect().await.err().map(|error| error.to_string());
        assert_eq!(broken_off.as_deref(), Some("the body was too slow in coming"));
        Ok(answer::error(StatusCode::BAD_REQUEST, "Request body could not be read"))
    });
    let request = with_host(Request::post("/")).body(Silence).expect("a request");
    let body = r#"{"error":"Request timeout"}"#.to_owned();
    assert_eq!(ask(service, request).await, (408, standard(&["connection: close"]), body, 10));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_want_the_body_does_not_wait_for_it() {
    let service =
        service_fn(async |_: Request<Timely<Silence>>| Ok(answer::error(StatusCode::NOT_FOUND, "Not found")));
    let request = with_host(Request::post("/")).body(Silence).expect("a request");
    assert_eq!(ask(service, request).await, (404, standard(&[]), r#"{"error":"Not found"}"#.to_owned(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_answer() {
    async fn panics(_: Request<Timely<Empty<Bytes>>>) -> Result<Response<Full<Bytes>>, Infallible> {
        tokio::task::yield_now().await;
        panic!("on purpose")
    }
    let body = r#"{"error":"Internal server error"}"#.to_owned();
    assert_eq!(ask(service_fn(panics), get()).await, (500, standard(&[]), body, 0));
}

/// A body whose reading is a bug.
struct Trap;

impl Body for Trap {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("on purpose")
    }
}

#[tokio::test(start_paused = true)]
async fn so_is_a_panic_while_the_body_is_read() {
    let service = service_fn(async |request: Request<Timely<Trap>>| {
        let _never = request.into_body().collect().await;
        Ok(answer::json(StatusCode::OK, "{}"))
    });
    let request = with_host(Request::post("/")).body(Trap).expect("a request");
    let body = r#"{"error":"Internal server error"}"#.to_owned();
    assert_eq!(ask(service, request).await, (500, standard(&[]), body, 0));
}

/// Takes a hash of its kind for an occasion to fail.
struct Faulty;

impl PasswordVerifier for Faulty {
    fn recognises(&self, stored: &PasswordHash) -> bool {
        stored.expose() == "$faulty$"
    }

    fn verify(&self, _: &PasswordHash, _: &[u8]) -> Verification {
        panic!("on purpose")
    }
}

/// A database that answers.
#[derive(Clone, Copy)]
struct Up;

impl Ready for Up {
    async fn is_ready(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_trusted_origin_may_read_what_the_guard_says() {
    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("strong secrets");
    let origins = TrustedOrigins::parse("https://app.example.com").expect("an origin");
    let app = app(
        AuthRoutes::new(auth).with_trusted_origins(origins),
        Pages::default(),
        Up,
        Limits::default(),
        Mode::Test,
    );
    for (path, origin, allowed) in [
        ("/api/auth/login", "https://app.example.com", Some("https://app.example.com")),
        ("/api/auth/login", "https://localhost", None),
        ("/elsewhere", "https://app.example.com", None),
    ] {
        let request = Request::post(path).header("host", "localhost").header("origin", origin);
        let request = request.header("content-type", "application/json").body(Silence).expect("a request");
        let Ok(response) = app.clone().oneshot(request).await;
        let late = if path == "/elsewhere" { StatusCode::NOT_FOUND } else { StatusCode::REQUEST_TIMEOUT };
        assert_eq!(response.status(), late, "{path} {origin}");
        let header =
            |name| response.headers().get(name).map(|value: &HeaderValue| value.to_str().expect("text"));
        assert_eq!(header("access-control-allow-origin"), allowed, "{path} {origin}");
        let varies = (path != "/elsewhere").then_some("Origin");
        assert_eq!(header("vary"), varies, "{path} {origin}");
    }
}

#[tokio::test]
async fn and_a_panic_on_a_hashing_thread_of_which_both_live_on() {
    let store = MemoryStore::new();
    let admin = NewUser {
        id: UserId::from_bytes([1; 16]),
        email: Email::parse("admin@example.com").expect("an address"),
        name: Name::parse("Admin").expect("a name"),
        role: Role::ADMIN,
        password: PasswordHash::new("$faulty$"),
    };
    store.create_first_admin(&admin, Timestamp::from_millis(0)).await.expect("it answers");
    let auth = Auth::builder(store).random_secrets().verifier(Faulty).build().expect("the parts fit");
    let app = app(AuthRoutes::new(auth), Pages::default(), Up, Limits::default(), Mode::Test);
    for _ in 0..20 {
        let login = with_host(Request::post("/api/auth/login")).header("content-type", "application/json");
        let body = r#"{"email":"admin@example.com","password":"StrongPassword123!"}"#;
        let Ok(response) = app.clone().oneshot(login.body(Full::from(body)).expect("a request")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, r#"{"error":"Internal server error"}"#);
    }
    let health = with_host(Request::get("/readyz")).body(Full::default()).expect("a request");
    let Ok(response) = app.oneshot(health).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_headers_gets_them_and_what_is_set_stays() {
    let service = service_fn(async |_| {
        let mut response = Response::new(Full::new(Bytes::new()));
        response.headers_mut().insert("cache-control", HeaderValue::from_static("max-age=60"));
        response.headers_mut().insert("x-frame-options", HeaderValue::from_static("SAMEORIGIN"));
        Ok(response)
    });
    let (status, headers, ..) = ask(service, get()).await;
    let set = ["cache-control: max-age=60", "x-frame-options: SAMEORIGIN", "x-content-type-options: nosniff"];
    let added = GUARDS_OWN.iter().filter(|line| !line.starts_with("x-frame-options"));
    assert_eq!((status, headers), (200, sorted(set.iter().chain(added))));
}

/// Asks with so many fields of this size, besides Host.
async fn ask_with_fields(number: usize, size: usize) -> (u16, Vec<String>, String, u64) {
    let service = service_fn(async |_| Ok(answer::json(StatusCode::OK, "{}")));
    let mut request = with_host(Request::get("/"));
    for _ in 0..number {
        request = request.header("x", "a".repeat(size));
    }
    ask(service, request.body(Empty::<Bytes>::new()).expect("a request")).await
}

#[tokio::test(start_paused = true)]
async fn there_are_no_more_requests_at_a_time_than_places() {
    let limits = Limits { requests: 1, ..Limits::default() };
    let service = guarded(service_fn(never), limits, Mode::Test);
    let request = || with_host(Request::get("/")).body(Empty::<Bytes>::new()).expect("a request");
    let first = tokio::spawn(service.clone().oneshot(request()));
    tokio::task::yield_now().await;
    let Ok(second) = service.clone().oneshot(request()).await;
    assert_eq!(
        (second.status().as_u16(), &second.headers()["retry-after"]),
        (503, &HeaderValue::from_static("1"))
    );
    first.abort();
    assert!(first.await.is_err());
    let third = tokio::spawn(service.oneshot(request()));
    tokio::task::yield_now().await;
    assert!(!third.is_finished(), "it has its place");
}

/// Answers nothing.
async fn never(_: Request<Timely<Empty<Bytes>>>) -> Result<Response<Full<Bytes>>, Infallible> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn sixty_four_fields_and_sixteen_kibibytes_are_the_most() {
    // `/` and Host take 18 bytes, `x` takes 5 beside its value.
    let rest = 16 * 1024 - 18 - 5;
    for (number, size) in [(63, 1), (1, rest)] {
        assert_eq!(ask_with_fields(number, size).await, (200, standard(&[]), "{}".to_owned(), 0));
    }
    let body = r#"{"error":"Request header fields too large"}"#;
    for (number, size) in [(64, 1), (1, rest + 1)] {
        assert_eq!(ask_with_fields(number, size).await, (431, standard(&[]), body.to_owned(), 0));
    }
}

#[tokio::test(start_paused = true)]
async fn one_host_is_named_and_only_http_2_has_another_place_for_it() {
    let service = service_fn(async |_| Ok(answer::json(StatusCode::OK, "{}")));
    for (hosts, version, status) in [
        (0, Version::HTTP_10, 200),
        (0, Version::HTTP_11, 400),
        (0, Version::HTTP_2, 200),
        (1, Version::HTTP_11, 200),
        (2, Version::HTTP_11, 400),
        (2, Version::HTTP_2, 400),
    ] {
        let mut request = Request::get("/").version(version);
        for _ in 0..hosts {
            request = with_host(request);
        }
        let answer = ask(service, request.body(Empty::<Bytes>::new()).expect("a request")).await;
        let body = if status == 200 { "{}" } else { r#"{"error":"Exactly one Host header required"}"# };
        assert_eq!(answer, (status, standard(&[]), body.to_owned(), 0), "{hosts} in {version:?}");
    }
}
