//! The service: what stands around the routes, in one straight line.
//!
//! Every request passes through [`guarded`], which gives it an id, a deadline, a span and a line in the
//! log, turns a panic into an answer, and completes the answer's headers. Inside, the base path belongs to the routes, and all
//! else to [`pages`](crate::pages) and [`health`].

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use auth_core::store::Store;
use auth_tower::{AuthLayer, AuthRoutes, LayerBody};
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderName, HeaderValue, Request, Response, Version};
use http_body::Body;
use http_body_util::{Either, Full};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::{Layer, Service, ServiceExt, service_fn};
use tracing::Instrument;

use crate::access::{AccessLine, RequestId};
use crate::config::Mode;
use crate::health::{self, Ready};
use crate::pages::Pages;
use crate::serve::Limits;
use crate::timely::Timely;
use crate::trace::ServerSpan;
use crate::{answer, headers};

#[cfg(not(panic = "unwind"))]
compile_error!("one panic would end the whole server: leave `panic = \"unwind\"` in every profile");

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The largest head of a request, in bytes: a bearer token of 8 KiB, a cookie and the usual company.
///
/// The connection sees to it that not much more than that is ever held; the guard counts exactly,
/// and alike on HTTP/1 and HTTP/2.
pub(crate) const LARGEST_HEAD: u32 = 16 * 1024;

/// The most fields in the head of a request. On HTTP/1 hyper counts them; HTTP/2 has no such limit
/// of its own, so the guard does.
pub(crate) const MOST_FIELDS: usize = 64;

/// The whole service: the routes, the pages, the health of process and database, and the guard around
/// them.
pub fn app<S, R, B>(
    routes: AuthRoutes<S>,
    pages: Pages,
    database: R,
    limits: Limits,
    mode: Mode,
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
        let page = pages.answer(&request);
        let database = database.clone();
        async move {
            Ok::<_, Infallible>(match page {
                Some(page) => page,
                None => health::outside(request, database).await,
            })
        }
    });
    let inside = guarded(AuthLayer::new(routes.clone()).layer(outside), limits, mode);
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
    mode: Mode,
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
    let places = Arc::new(Semaphore::new(limits.requests));
    service_fn(move |request| {
        let inner = inner.clone();
        let place = Arc::clone(&places).try_acquire_owned();
        let id = RequestId::new();
        let mut request: Request<B> = request;
        let work = ServerSpan::begin(&request);
        // The level at which no filter can hide the id of a request from its other events.
        let span = tracing::error_span!("request", %id, trace_id = work.trace().map(tracing::field::display));
        let in_work = work.span().clone();
        async move {
            if let Some(id) = auth_core::RequestId::new(&id.to_string()) {
                request.extensions_mut().insert(id);
            }
            let line = AccessLine::begin(&request);
            let mut response = match place {
                Ok(_place) => guard(inner, limits, request).await,
                Err(_) => answer::unavailable().map(Either::Right),
            };
            let id = HeaderValue::try_from(id.to_string()).expect("a UUID is a header value");
            response.headers_mut().insert(REQUEST_ID, id);
            headers::complete(response.headers_mut(), mode);
            work.answered(response.status());
            Ok(line.end(response))
        }
        .instrument(in_work)
        .instrument(span)
    })
}

async fn guard<S, B, A>(inner: S, limits: Limits, request: Request<B>) -> Response<AnswerBody<A>>
where
    S: Service<Request<Timely<B>>, Response = Response<A>, Error = Infallible>,
    B: Body + Unpin,
{
    if let Some(refused) = refused(&request) {
        return refused.map(Either::Right);
    }
    let (head, body) = request.into_parts();
    let (body, lateness) = Timely::new(body, limits.body);
    let work = unwinding(inner.oneshot(Request::from_parts(head, body)));
    let own = match timeout(limits.request, work).await {
        // Whatever the service made of a body that broke off: it broke off because it was late.
        Ok(_) if lateness.is_late() => answer::too_slow(),
        Ok(Ok(Ok(response))) => return response.map(Either::Left),
        Ok(Err(_panic)) => answer::broken(),
        Err(_elapsed) => {
            tracing::error!("a request took too long and was given up");
            answer::unavailable()
        }
    };
    own.map(Either::Right)
}

/// The answer to a head that is too large or has too many fields, or of which a proxy may have read
/// another host than we would (RFC 9112 §3.2).
fn refused<B>(request: &Request<B>) -> Option<Response<Full<Bytes>>> {
    let fields = request.headers();
    if fields.len() > MOST_FIELDS || size(request) > LARGEST_HEAD as usize {
        return Some(answer::too_large_a_head());
    }
    let hosts = fields.get_all(HOST).iter().count();
    let missing = hosts == 0 && request.version() == Version::HTTP_11;
    (missing || hosts > 1).then(answer::no_one_host)
}

/// What the head came to in bytes, as HTTP/1 writes it: `: ` and a line break for each field.
fn size<B>(request: &Request<B>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    target
        + request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
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
