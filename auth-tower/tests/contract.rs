//! The HTTP contract, through each of the three ways to mount the routes, with those of accounts;
//! and the five endpoints alone. With the feature `openapi`, each answer is held against the document
//! besides.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

#[cfg(feature = "openapi")]
mod described;

use std::convert::Infallible;

use auth_conformance::contract::{App, Door, Settings};
use auth_core::MemoryStore;
use auth_tower::{AuthLayer, AuthRoutes, Mount, TrustedOrigins};
#[cfg(feature = "axum")]
use axum::Router;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt};

/// A service in process, called directly.
struct Behind<V>(V);

impl<V, B> App for Behind<V>
where
    V: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    V::Future: Send,
    B: Body<Data = Bytes, Error: std::fmt::Debug> + Send,
{
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let response = self.0.clone().oneshot(request.map(Full::new)).await;
        let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }
}

fn endpoints(settings: &Settings) -> AuthRoutes<MemoryStore> {
    let origins = TrustedOrigins::parse(&settings.trusted_origins().join(",")).unwrap();
    let store = MemoryStore::new();
    let auth = settings.builder(store.clone()).events(store).build().unwrap();
    let routes = AuthRoutes::new(auth).with_trusted_origins(origins);
    if settings.secure_cookies() { routes } else { routes.insecure_cookies() }
}

fn configured(settings: &Settings) -> AuthRoutes<MemoryStore> {
    endpoints(settings).with_events()
}

/// The five endpoints, without accounts.
struct Bare;

impl Door for Bare {
    type App = Behind<AuthRoutes<MemoryStore>>;

    async fn open(&self, settings: Settings) -> Self::App {
        Behind(endpoints(&settings))
    }
}

/// The routes as a service of their own.
struct Alone;

#[cfg(not(feature = "openapi"))]
impl Door for Alone {
    type App = Behind<AuthRoutes<MemoryStore>>;

    async fn open(&self, settings: Settings) -> Self::App {
        Behind(configured(&settings))
    }
}

/// An app whose answers are what its document says.
#[cfg(feature = "openapi")]
struct Described<A>(A, std::sync::Arc<described::Document>);

#[cfg(feature = "openapi")]
impl<A: App> App for Described<A> {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let asked = described::Asked::by(&request);
        let response = self.0.call(request).await;
        self.1.covers(&asked, &response);
        response
    }
}

#[cfg(feature = "openapi")]
impl Door for Alone {
    type App = Described<Behind<AuthRoutes<MemoryStore>>>;

    async fn open(&self, settings: Settings) -> Self::App {
        let routes = configured(&settings).with_openapi(auth_tower::OpenApi::default());
        let app = Behind(routes);
        let served = app.call(Request::get("/api/auth/openapi.json").body(Bytes::new()).unwrap()).await;
        let document = described::Document::read(served.into_body());
        Described(app, document)
    }
}

/// The routes in front of an application that would answer everything with a teapot.
struct InFront;

#[derive(Clone)]
struct Teapot;

impl Service<Request<Full<Bytes>>> for Teapot {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        std::future::ready(Ok(response))
    }
}

impl Door for InFront {
    type App = Behind<Mount<MemoryStore, Teapot>>;

    async fn open(&self, settings: Settings) -> Self::App {
        Behind(AuthLayer::new(configured(&settings)).layer(Teapot))
    }
}

/// The routes in an axum router, which takes the base path off.
#[cfg(feature = "axum")]
struct Nested;

#[cfg(feature = "axum")]
impl Door for Nested {
    type App = Behind<Router>;

    async fn open(&self, settings: Settings) -> Self::App {
        Behind(Router::new().nest_service("/api/auth", configured(&settings).nested()))
    }
}

mod bare {
    use super::Bare;

    async fn door() -> Bare {
        Bare
    }

    auth_conformance::contract_tests!(door);
}

mod alone {
    use super::Alone;

    async fn door() -> Alone {
        Alone
    }

    auth_conformance::contract_tests!(door);
    auth_conformance::account_contract_tests!(door);
}

mod in_front {
    use super::InFront;

    async fn door() -> InFront {
        InFront
    }

    auth_conformance::contract_tests!(door);
    auth_conformance::account_contract_tests!(door);
}

// Without the feature, axum hides a slash too many from us.
#[cfg(feature = "axum")]
mod nested {
    use super::Nested;

    async fn door() -> Nested {
        Nested
    }

    auth_conformance::contract_tests!(door);
    auth_conformance::account_contract_tests!(door);
}
