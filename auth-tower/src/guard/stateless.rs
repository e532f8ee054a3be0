//! The guard that trusts a token until it expires: judged on the spot.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use tower_service::Service;

use crate::body::{AuthBody, LayerBody};

use super::{Authority, Guarded, Stateless, rule};

impl<I, A, B, R> Service<Request<B>> for Guarded<I, A, Stateless>
where
    A: Authority,
    I: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<LayerBody<R>>;
    type Error = I::Error;
    type Future = StatelessFuture<I::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let answer = match self.rule.judge(request.headers()) {
            Ok(admitted) => {
                admitted.announce(request.extensions_mut());
                Answer::Inner { future: self.inner.call(request) }
            }
            Err(denial) => Answer::No { response: Some(rule::turn_away(&denial, request.method())) },
        };
        StatelessFuture { answer }
    }
}

pin_project_lite::pin_project! {
    /// The answer of a [`Stateless`] guard on its way.
    #[derive(Debug)]
    pub struct StatelessFuture<F> {
        #[pin]
        answer: Answer<F>,
    }
}

pin_project_lite::pin_project! {
    #[project = AnswerProjection]
    #[derive(Debug)]
    enum Answer<F> {
        No { response: Option<Response<AuthBody>> },
        Inner { #[pin] future: F },
    }
}

impl<F, R, E> Future for StatelessFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<LayerBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project().answer.project() {
            AnswerProjection::No { response } => {
                let response = response.take().expect("a future is not polled after it is ready");
                Ok(response.map(LayerBody::own))
            }
            AnswerProjection::Inner { future } => {
                ready!(future.poll(context)).map(|response| response.map(LayerBody::inner))
            }
        })
    }
}
