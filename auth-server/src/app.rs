//! The service: what stands around the routes, in one straight line.
//!
//! Every request passes through [`guarded`], which gives it an id, a deadline and a line in the
//! log, and turns a panic into an answer. Inside, the base path belongs to the routes, and all
//! else to [`health`].

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use auth_core::store::Store;
use auth_tower::{AuthLayer, AuthRoutes, LayerBody};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Body;
use http_body_util::{Either, Full};
use tokio::time::timeout;
use tower::{Layer, Service, ServiceExt, service_fn};
use tracing::Instrument;

use crate::access::{AccessLine, RequestId};
use crate::answer;
use crate::health::{self, Ready};
use crate::serve::Limits;
use crate::timely::Timely;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole service: the routes, the health of process and database, and the guard around them.
pub fn app<S, R, B>(
    routes: AuthRoutes<S>,
    database: R,
    limits: Limits,
) -> impl Service<
    Request<B>,
    Response = Response<AnswerBody<LayerBody<Full<Bytes>>>>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send
+ 'static
where
    S: Store,
    R: Ready,
    B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
{
    let outside = service_fn(move |request: Request<Timely<B>>| {
        let database = database.clone();
        async move { Ok::<_, Infallible>(health::outside(request, database).await) }
    });
    let inside = guarded(AuthLayer::new(routes.clone()).layer(outside), limits);
    service_fn(move |request: Request<B>| {
        // The guard's own answers are for pages of trusted origins, too.
        let cors = routes.cors_headers(&request);
        let answer = inside.clone().oneshot(request);
        async move {
            let mut response = answer.await?;
            cors.add_to(response.headers_mut());
            Ok(response)
        }
    })
}

/// The body of an answer: the service's, or one of the guard's own.
pub type AnswerBody<B> = Either<B, Full<Bytes>>;

/// Puts the guard around a service.
pub fn guarded<S, B, A>(
    inner: S,
    limits: Limits,
) -> impl Service<Request<B>, Response = Response<AnswerBody<A>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static
where
    S: Service<Request<Timely<B>>, Response = Response<A>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body + Send + Unpin + 'static,
    A: Send + 'static,
{
    service_fn(move |request| {
        let inner = inner.clone();
        let id = RequestId::new();
        // The level at which no filter can hide the id of a request from its other events.
        let span = tracing::error_span!("request", %id);
        async move { Ok(guard(inner, limits, &id, request).await) }.instrument(span)
    })
}

async fn guard<S, B, A>(
    inner: S,
    limits: Limits,
    id: &RequestId,
    request: Request<B>,
) -> Response<AnswerBody<A>>
where
    S: Service<Request<Timely<B>>, Response = Response<A>, Error = Infallible>,
    B: Body + Unpin,
{
    let line = AccessLine::begin(&request);
    let (head, body) = request.into_parts();
    let (body, lateness) = Timely::new(body, limits.body);
    let work = unwinding(inner.oneshot(Request::from_parts(head, body)));
    let own = match timeout(limits.request, work).await {
        // Whatever the service made of a body that broke off: it broke off because it was late.
        Ok(_) if lateness.is_late() => answer::too_slow(),
        Ok(Ok(Ok(response))) => return line.end(with_id(response.map(Either::Left), id)),
        Ok(Err(_panic)) => answer::broken(),
        Err(_elapsed) => {
            tracing::error!("a request took too long and was given up");
            answer::unavailable()
        }
    };
    line.end(with_id(own.map(Either::Right), id))
}

fn with_id<B>(mut response: Response<B>, id: &RequestId) -> Response<B> {
    let value = HeaderValue::try_from(id.to_string()).expect("a UUID is a header value");
    response.headers_mut().insert(REQUEST_ID, value);
    response
}

/// Awaits `work`, and stops a panic here. It has been logged when it happened.
async fn unwinding<F: Future>(work: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        // After a panic the future is dropped and not polled again, so nothing broken is seen.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

#[cfg(test)]
mod tests;
