//! One of two answers on its way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;

use crate::body::LayerBody;
use crate::routes::RoutesFuture;

pin_project_lite::pin_project! {
    /// The answer of a [`Mount`](super::Mount) on its way.
    #[derive(Debug)]
    pub struct MountFuture<F> {
        #[pin]
        whose: Whose<F>,
    }
}

pin_project_lite::pin_project! {
    #[project = WhoseProjection]
    #[derive(Debug)]
    enum Whose<F> {
        Routes { #[pin] future: RoutesFuture },
        Inner { #[pin] future: F },
    }
}

impl<F> MountFuture<F> {
    pub(super) fn routes(future: RoutesFuture) -> Self {
        Self { whose: Whose::Routes { future } }
    }

    pub(super) fn inner(future: F) -> Self {
        Self { whose: Whose::Inner { future } }
    }
}

impl<F, R, E> Future for MountFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<LayerBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project().whose.project() {
            WhoseProjection::Routes { future } => {
                let Ok(response) = ready!(future.poll(context));
                Ok(response.map(LayerBody::own))
            }
            WhoseProjection::Inner { future } => {
                ready!(future.poll(context)).map(|response| response.map(LayerBody::inner))
            }
        })
    }
}
