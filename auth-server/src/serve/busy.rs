//! Whether a connection has a request that is being answered.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::{Service, ServiceExt, service_fn};

/// How many requests of one connection are being answered just now.
///
/// A request counts from the moment that its head has been read until its answer is there to be
/// written. Everything else that a connection may do counts as idling: sending half a head, pings
/// and settings, or not reading.
#[derive(Clone, Debug)]
pub(super) struct Busy(Arc<watch::Sender<usize>>);

/// One of them.
struct InFlight(Arc<watch::Sender<usize>>);

impl Busy {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// The service, with its requests counted.
    pub(super) fn counted<S, B>(
        self,
        service: S,
    ) -> impl Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        B: Send,
    {
        service_fn(move |request| {
            let answer = service.clone().oneshot(request);
            let one = InFlight::begin(&self.0);
            async move {
                let answer = answer.await;
                drop(one);
                answer
            }
        })
    }

    /// Returns once there has been none for so long.
    pub(super) async fn idle_for(&self, time: Duration) {
        let mut count = self.0.subscribe();
        loop {
            // It fails only where the sender is gone, which is ours.
            let _none_left = count.wait_for(|count| *count == 0).await.is_ok();
            if timeout(time, count.changed()).await.is_err() {
                return;
            }
        }
    }
}

impl InFlight {
    fn begin(count: &Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(Arc::clone(count))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
