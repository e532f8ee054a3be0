//! What the guard does with services that misbehave. Time is tokio's, and stands still.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use auth_core::{Auth, MemoryStore};
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

/// Status, headers but the id, body, and the seconds that the answer took.
async fn ask<S, B>(service: S, request: Request<B>) -> (u16, Vec<String>, String, u64)
where
    S: Service<Request<Timely<B>>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body + Send + Unpin + 'static,
{
    let begun = Instant::now();
    let Ok(response) = guarded(service, Limits::default()).oneshot(request).await;
    let seconds = begun.elapsed().as_secs();
    let (mut head, body) = response.into_parts();
    let id = head.headers.remove(REQUEST_ID).expect("an id");
    assert_eq!(uuid::Uuid::try_parse(id.to_str().expect("text")).expect("a UUID").get_version_num(), 7);
    let headers =
        head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")));
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    (head.status.as_u16(), headers.collect(), body, seconds)
}

fn standard(more: &[&str]) -> Vec<String> {
    ["content-type: application/json", "cache-control: no-store", "x-content-type-options: nosniff"]
        .iter()
        .chain(more)
        .map(|line| (*line).to_owned())
        .collect()
}

fn get() -> Request<Empty<Bytes>> {
    Request::get("/").header("x-request-id", "chosen-by-a-stranger").body(Empty::new()).expect("a request")
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
    let request = Request::post("/").body(Silence).expect("a request");
    let body = r#"{"error":"Request timeout"}"#.to_owned();
    assert_eq!(ask(service, request).await, (408, standard(&["connection: close"]), body, 10));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_want_the_body_does_not_wait_for_it() {
    let service =
        service_fn(async |_: Request<Timely<Silence>>| Ok(answer::error(StatusCode::NOT_FOUND, "Not found")));
    let request = Request::post("/").body(Silence).expect("a request");
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

/// A database that is always there.
#[derive(Clone)]
struct There;

impl Ready for There {
    async fn is_ready(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_trusted_origin_may_read_what_the_guard_says() {
    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("strong secrets");
    let origins = TrustedOrigins::parse("https://app.example.com").expect("an origin");
    let app = app(AuthRoutes::new(auth).with_trusted_origins(origins), There, Limits::default());
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
