//! A request body that must arrive in time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body that breaks off when the time for all of it is up.
#[derive(Debug)]
pub struct Timely<B> {
    body: B,
    deadline: Pin<Box<Sleep>>,
    lateness: Lateness,
}

/// Tells, after the service has answered, whether its body was late.
#[derive(Clone, Debug, Default)]
pub struct Lateness(Arc<AtomicBool>);

/// Why a body broke off.
#[derive(Debug, thiserror::Error)]
pub enum BrokenOff<E> {
    /// Its time was up.
    #[error("the body was too slow in coming")]
    Late,
    /// Something else.
    #[error(transparent)]
    Other(E),
}

impl<B> Timely<B> {
    /// Gives `body` so much time, from now on.
    pub fn new(body: B, patience: Duration) -> (Self, Lateness) {
        let lateness = Lateness::default();
        (Self { body, deadline: Box::pin(sleep(patience)), lateness: lateness.clone() }, lateness)
    }
}

impl Lateness {
    /// Whether the body was late.
    pub fn is_late(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<B: Body + Unpin> Body for Timely<B> {
    type Data = B::Data;
    type Error = BrokenOff<B::Error>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(BrokenOff::Other)));
        }
        if self.deadline.as_mut().poll(context).is_ready() {
            self.lateness.0.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err(BrokenOff::Late)));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
