//! Rate, errors and duration of requests, by what was asked.
//!
//! A label holds what the server has a word for and nothing that a client sent: a path is told by
//! its template, and whatever is not known shares one name. So there is a bounded number of series,
//! whoever asks for what.

use std::borrow::Cow;
use std::convert::Infallible;

use http::{Request, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;
use tower::{Service, ServiceExt, service_fn};

use crate::route::{Route, answered};

/// From an answer out of memory to the longest that one may take, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What is counted of requests. Clones share their figures.
#[derive(Clone, Debug)]
pub struct Requests {
    answered: Family<Answered, Counter>,
    durations: Family<Taken, Histogram>,
    in_flight: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: Cow<'static, str>,
    method: &'static str,
    status: Cow<'static, str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Taken {
    route: Cow<'static, str>,
    method: &'static str,
    class: &'static str,
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let requests = Self {
            answered: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            in_flight: Gauge::default(),
        };
        registry.register(
            "http_requests",
            "Requests by route, method and status; the status gone stands for clients that went away",
            requests.answered.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "How long it took until an answer was there to be sent",
            Unit::Seconds,
            requests.durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            requests.in_flight.clone(),
        );
        requests
    }

    /// Counts the requests to `inner`, which have been [`named`](crate::route::named). Where nothing is
    /// counted, they are passed through.
    pub fn count<S, B, A>(
        this: Option<Self>,
        inner: S,
    ) -> impl Service<Request<B>, Response = Response<A>, Error = Infallible, Future: Send> + Clone + Send + 'static
    where
        S: Service<Request<B>, Response = Response<A>, Error = Infallible, Future: Send>
            + Clone
            + Send
            + 'static,
        B: Send + 'static,
        A: Send + 'static,
    {
        service_fn(move |request: Request<B>| {
            let one = this.as_ref().map(|requests| requests.begin(&request));
            let answer = inner.clone().oneshot(request);
            async move {
                let response = answer.await?;
                if let Some(one) = one {
                    one.end(response.status().as_u16());
                }
                Ok(response)
            }
        })
    }

    fn begin<B>(&self, request: &Request<B>) -> InFlight {
        self.in_flight.inc();
        let route = request.extensions().get().map_or(Cow::Borrowed("unknown"), Route::label);
        let method = answered(request.method()).unwrap_or("other");
        InFlight { requests: self.clone(), route, method, begun: Instant::now(), status: None }
    }
}

/// A request that is being answered; counted when it has been, or when its client has gone.
struct InFlight {
    requests: Requests,
    route: Cow<'static, str>,
    method: &'static str,
    begun: Instant,
    status: Option<u16>,
}

impl InFlight {
    fn end(mut self, status: u16) {
        self.status = Some(status);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let Self { requests, route, method, begun, status } = self;
        let taken = Taken { route: route.clone(), method, class: class(*status) };
        let status = status.map_or(Cow::Borrowed("gone"), |status| status.to_string().into());
        let answered = Answered { route: std::mem::take(route), method, status };
        requests.in_flight.dec();
        requests.answered.get_or_create(&answered).inc();
        requests.durations.get_or_create(&taken).observe(begun.elapsed().as_secs_f64());
    }
}

fn class(status: Option<u16>) -> &'static str {
    match status {
        Some(100..200) => "1xx",
        Some(200..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(_) => "5xx",
        None => "gone",
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[test]
    fn no_method_and_no_path_that_a_client_invents_makes_a_series() {
        let requests = Requests::register(&mut Registry::default());
        for name in ["PUT", "TRACE", "get", "BREW", "X-SECRET"] {
            let request = Request::builder().method(name).uri("/hunter2").body(()).expect("a request");
            let one = requests.begin(&request);
            assert_eq!((one.method, &*one.route), ("other", "unknown"), "{name}");
        }
        let request = Request::patch("/hunter2").body(()).expect("a request");
        assert_eq!(requests.begin(&request).method, "PATCH");
    }

    #[test]
    fn a_class_is_the_first_digit() {
        for (status, expected) in [(204, "2xx"), (308, "3xx"), (429, "4xx"), (503, "5xx")] {
            assert_eq!(class(Some(status)), expected);
        }
        assert_eq!(class(None), "gone");
    }

    #[tokio::test]
    async fn a_client_that_went_away_is_counted_and_no_longer_in_flight() {
        let requests = Requests::register(&mut Registry::default());
        let never = service_fn(|_: Request<()>| pending::<Result<Response<()>, Infallible>>());
        let counted = Requests::count(Some(requests.clone()), never);
        let mut request = Request::new(());
        request.extensions_mut().insert(Route::of("", "/login"));
        let mut asked = Box::pin(counted.oneshot(request));
        assert!(futures_once(asked.as_mut()).await.is_none());
        assert_eq!(requests.in_flight.get(), 1);
        drop(asked);
        let gone = Answered { route: "/login".into(), method: "GET", status: "gone".into() };
        assert_eq!((requests.in_flight.get(), requests.answered.get_or_create(&gone).get()), (0, 1));
    }

    /// What a future says when it is asked once.
    async fn futures_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
