//! `AuthLayer` in front of someone's application: what is not ours passes through untouched.

use std::convert::Infallible;
use std::future::Ready;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use auth_core::MemoryStore;
use auth_tower::{AuthLayer, AuthRoutes, BasePath};
use bytes::{Buf, Bytes};
use http::{HeaderMap, Request, Response, Version};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tokio::sync::mpsc;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::common::{self, Answer, call, get, post};

fn layer() -> AuthLayer<MemoryStore> {
    AuthLayer::new(AuthRoutes::new(common::auth(MemoryStore::new())))
}

async fn hello(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

/// A type of data that is not `Bytes`.
#[derive(Debug)]
struct Chunk(Bytes);

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl Buf for Chunk {
    fn remaining(&self) -> usize {
        self.0.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.0.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.0.advance(count);
    }
}

/// A body whose frames come one at a time, from whoever holds the other end.
struct Stream(mpsc::Receiver<Result<Frame<Chunk>, &'static str>>);

impl Body for Stream {
    type Data = Chunk;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Chunk>, &'static str>>> {
        self.0.poll_recv(context)
    }
}

/// Sends each request's body, method, path and headers back.
async fn echo(request: Request<Stream>) -> Result<Response<Stream>, Infallible> {
    let (parts, body) = request.into_parts();
    let mut response = Response::new(body);
    response.headers_mut().extend(parts.headers);
    response.headers_mut().insert("x-target", parts.uri.to_string().parse().unwrap());
    *response.version_mut() = parts.version;
    Ok(response)
}

#[tokio::test]
async fn a_stream_passes_through_frame_by_frame() {
    let service = layer().layer(service_fn(echo));
    let (sender, receiver) = mpsc::channel(1);
    let request = Request::put("http://a.com/api/files?x=%20")
        .version(Version::HTTP_2)
        .header("x-one", "1")
        .header("x-one", "2")
        .body(Stream(receiver))
        .unwrap();
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    let headers: Vec<_> =
        response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(headers, [("x-one", "1"), ("x-one", "2"), ("x-target", "http://a.com/api/files?x=%20")]);

    // Each frame arrives before the next is sent: nothing is collected on the way.
    let mut body = response.into_body();
    for word in ["one", "two"] {
        sender.send(Ok(Frame::data(Chunk(Bytes::from(word))))).await.unwrap();
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap().0, word);
    }
    let trailers = HeaderMap::from_iter([(http::header::ETAG, "x".parse().unwrap())]);
    sender.send(Ok(Frame::trailers(trailers.clone()))).await.unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap().into_trailers().unwrap(), trailers);
    sender.send(Err("broken off")).await.unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap_err(), "broken off");
    drop(sender);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn the_routes_read_and_answer_bodies_of_any_type() {
    let service = layer().layer(service_fn(echo));
    let (sender, receiver) = mpsc::channel(8);
    for piece in common::CREDENTIALS.as_bytes().chunks(30) {
        sender.send(Ok(Frame::data(Chunk(Bytes::copy_from_slice(piece))))).await.unwrap();
    }
    drop(sender);
    let request = Request::post("/api/auth/bootstrap")
        .header("content-type", "application/json")
        .body(Stream(receiver))
        .unwrap();
    let expected = Answer::json(201, &[], r#"{"message":"Admin user created successfully"}"#);
    assert_eq!(call(&service, request).await, expected);
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let service = layer().layer(service_fn(echo));
    let (sender, receiver) = mpsc::channel(8);
    sender.send(Ok(Frame::data(Chunk(Bytes::from(common::CREDENTIALS))))).await.unwrap();
    sender.send(Err("broken off")).await.unwrap();
    let request = Request::post("/api/auth/bootstrap")
        .header("content-type", "application/json")
        .body(Stream(receiver))
        .unwrap();
    let expected = Answer::json(400, &[], r#"{"error":"Request body could not be read"}"#);
    assert_eq!(call(&service, request).await, expected);
}

#[tokio::test]
async fn only_the_base_path_is_answered() {
    let service = layer().layer(service_fn(hello));
    let nothing = Answer::json(404, &[], r#"{"error":"Not found"}"#);
    for ours in
        ["/api/auth", "/api/auth/", "/api/auth/x", "/api/auth/login/", "/api/auth?x", "/api/auth/Login"]
    {
        assert_eq!(call(&service, get(ours)).await, nothing, "{ours}");
    }
    for theirs in
        ["/", "/api", "/api/authors", "/api/auth.html", "/API/auth/login", "/api/%61uth/login", "/login"]
    {
        assert_eq!(call(&service, post(theirs, "{}")).await.body, "hello", "{theirs}");
    }
}

#[tokio::test]
async fn another_base_path_moves_the_routes_and_the_cookie() {
    let auth = common::auth(MemoryStore::new());
    common::log_in(&auth).await;
    let routes =
        AuthRoutes::new(auth).with_base_path(BasePath::parse("/v1/session").unwrap()).insecure_cookies();
    // A layer sees whole paths, whatever the routes were told.
    let service = AuthLayer::new(routes.nested()).layer(service_fn(hello));
    assert_eq!(call(&service, get("/api/auth/me")).await.body, "hello");
    let answer = call(&service, post("/v1/session/login", common::CREDENTIALS)).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.refresh_cookie().unwrap();
    let attributes = "; HttpOnly; SameSite=Strict; Path=/v1/session; Max-Age=604800";
    assert!(cookie.starts_with("refresh_token=") && cookie.ends_with(attributes), "{cookie}");
}

/// A service that is never ready, or broken.
#[derive(Clone)]
struct Unready(Poll<Result<(), &'static str>>);

impl Service<Request<Full<Bytes>>> for Unready {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        std::future::ready(Err("called without being ready"))
    }
}

#[test]
fn the_inner_services_readiness_is_the_layers() {
    for readiness in [Poll::Pending, Poll::Ready(Err("broken")), Poll::Ready(Ok(()))] {
        let mut service = layer().layer(Unready(readiness));
        assert_eq!(service.poll_ready(&mut Context::from_waker(Waker::noop())), readiness);
    }
}

#[tokio::test]
async fn an_error_of_the_inner_service_stays_its_own() {
    let service = layer().layer(service_fn(async |_: Request<Full<Bytes>>| {
        Err::<Response<Full<Bytes>>, _>("the application failed")
    }));
    assert_eq!(service.clone().oneshot(get("/x")).await.unwrap_err(), "the application failed");
    assert_eq!(service.oneshot(get("/api/auth/me")).await.unwrap().status(), 401);
}
