//! The routes inside an application: the base path to them, the rest to the inner service.

mod future;

use std::fmt;
use std::task::{Context, Poll};

use auth_core::store::Store;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::LayerBody;
use crate::routes::AuthRoutes;

pub use future::MountFuture;

/// Answers the base path in front of any service.
///
/// `/api/auth` itself and everything under `/api/auth/` is answered by the routes; every other
/// request reaches the inner service as it came, its body unread, and its answer goes back as it
/// is. The layer sees whole paths, so it does not matter whether the routes are
/// [`nested`](AuthRoutes::nested).
///
/// ```
/// use std::convert::Infallible;
///
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::{AuthLayer, AuthRoutes};
/// use bytes::Bytes;
/// use http::{Request, Response, StatusCode};
/// use http_body_util::{Empty, Full};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// let application = service_fn(async |_: Request<Empty<Bytes>>| {
///     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("hello"))))
/// });
/// let service = ServiceBuilder::new().layer(AuthLayer::new(AuthRoutes::new(auth))).service(application);
///
/// let hello = service.clone().oneshot(Request::get("/hello").body(Empty::new())?).await?;
/// assert_eq!(hello.status(), StatusCode::OK);
/// let me = service.oneshot(Request::get("/api/auth/me").body(Empty::new())?).await?;
/// assert_eq!(me.status(), StatusCode::UNAUTHORIZED);
/// # Ok(()) }
/// ```
pub struct AuthLayer<S> {
    routes: AuthRoutes<S>,
}

impl<S> AuthLayer<S> {
    /// A layer that answers the base path of `routes`.
    pub fn new(routes: AuthRoutes<S>) -> Self {
        Self { routes: routes.whole() }
    }
}

impl<S> Clone for AuthLayer<S> {
    fn clone(&self) -> Self {
        Self { routes: self.routes.clone() }
    }
}

impl<S> fmt::Debug for AuthLayer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer").field("routes", &self.routes).finish()
    }
}

impl<S, I> Layer<I> for AuthLayer<S> {
    type Service = Mount<S, I>;

    fn layer(&self, inner: I) -> Mount<S, I> {
        Mount { routes: self.routes.clone(), inner }
    }
}

/// A service with the routes in front of it; made by [`AuthLayer`].
pub struct Mount<S, I> {
    routes: AuthRoutes<S>,
    inner: I,
}

impl<S, I: Clone> Clone for Mount<S, I> {
    fn clone(&self) -> Self {
        Self { routes: self.routes.clone(), inner: self.inner.clone() }
    }
}

impl<S, I: fmt::Debug> fmt::Debug for Mount<S, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount").field("routes", &self.routes).field("inner", &self.inner).finish()
    }
}

impl<S, I, B, R> Service<Request<B>> for Mount<S, I>
where
    S: Store,
    I: Service<Request<B>, Response = Response<R>>,
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<LayerBody<R>>;
    type Error = I::Error;
    type Future = MountFuture<I::Future>;

    /// Ready when the inner service is. Which of the two a request will be for is not known yet,
    /// so the routes wait as well.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.routes.rest(&request).is_some() {
            MountFuture::routes(self.routes.call(request))
        } else {
            MountFuture::inner(self.inner.call(request))
        }
    }
}
