//! The guards that ask someone, the store or the issuer: the request waits for the answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::store::SessionStore;
use auth_core::{AccessToken, Auth, Verifier};
use http::{Request, Response};
use tower_service::Service;

use crate::body::LayerBody;
use crate::status::{Denial, Rejection};

use super::rule::{self, Admitted, Rule};
use super::{Authority, Current, Guarded, Learning};

impl<I, S, B, R> Service<Request<B>> for Guarded<I, Auth<S>, Current>
where
    I: Service<Request<B>, Response = Response<R>> + Clone,
    S: SessionStore,
{
    type Response = Response<LayerBody<R>>;
    type Error = I::Error;
    type Future = CurrentFuture<I, B>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.wait(request, |rule, presented| Box::pin(async move { rule.judge_now(presented?).await }))
    }
}

impl<I, B, R> Service<Request<B>> for Guarded<I, Verifier, Learning>
where
    I: Service<Request<B>, Response = Response<R>> + Clone,
{
    type Response = Response<LayerBody<R>>;
    type Error = I::Error;
    type Future = CurrentFuture<I, B>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.wait(request, |rule, presented| Box::pin(async move { rule.judge_learning(presented?).await }))
    }
}

/// What was presented for a token, if anything was.
pub(super) type Presented = Result<Option<AccessToken>, Rejection>;

impl<I: Clone, A: Authority, K> Guarded<I, A, K> {
    pub(super) fn wait<B>(
        &mut self,
        request: Request<B>,
        judge: impl FnOnce(Rule<A>, Presented) -> Judging,
    ) -> CurrentFuture<I, B>
    where
        I: Service<Request<B>>,
    {
        // The service that was polled ready is the one to be called; a clone of it need not be.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        let presented = self.rule.presented(request.headers()).map(|token| token.map(AccessToken::new));
        let judging = judge(self.rule.clone(), presented);
        CurrentFuture { stage: Stage::Judging { judging, waiting: Some((ready, request)) } }
    }
}

pub(super) type Judging = Pin<Box<dyn Future<Output = Result<Admitted, Denial>> + Send>>;

pin_project_lite::pin_project! {
    /// The answer of a [`Current`], [`Heeding`](super::Heeding) or [`Learning`] guard on its way.
    pub struct CurrentFuture<I, B>
    where
        I: Service<Request<B>>,
    {
        #[pin]
        stage: Stage<I, B, I::Future>,
    }
}

impl<I, B> CurrentFuture<I, B>
where
    I: Service<Request<B>>,
{
    /// The answer of the inner service, to a request that had to wait for nobody.
    pub(super) fn inner(future: I::Future) -> Self {
        Self { stage: Stage::Inner { future } }
    }
}

pin_project_lite::pin_project! {
    #[project = StageProjection]
    enum Stage<I, B, F> {
        Judging { judging: Judging, waiting: Option<(I, Request<B>)> },
        Inner { #[pin] future: F },
    }
}

impl<I, B, R> Future for CurrentFuture<I, B>
where
    I: Service<Request<B>, Response = Response<R>>,
{
    type Output = Result<Response<LayerBody<R>>, I::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        if let StageProjection::Judging { judging, waiting } = stage.as_mut().project() {
            let judged = ready!(judging.as_mut().poll(context));
            let (mut inner, mut request) = waiting.take().expect("a request is judged once");
            match judged {
                Err(denial) => {
                    let response = rule::turn_away(&denial, request.method());
                    return Poll::Ready(Ok(response.map(LayerBody::own)));
                }
                Ok(admitted) => {
                    admitted.announce(request.extensions_mut());
                    stage.set(Stage::Inner { future: inner.call(request) });
                }
            }
        }
        match stage.project() {
            StageProjection::Inner { future } => {
                future.poll(context).map_ok(|response| response.map(LayerBody::inner))
            }
            StageProjection::Judging { .. } => {
                unreachable!("a request that was judged is with the inner service")
            }
        }
    }
}

impl<I, B> fmt::Debug for CurrentFuture<I, B>
where
    I: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentFuture").finish_non_exhaustive()
    }
}
