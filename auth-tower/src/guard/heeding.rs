//! The guard that trusts a token unless it has heard otherwise, and asks the store where it has heard
//! nothing for too long.

use std::future::ready;
use std::task::{Context, Poll};

use auth_core::store::SessionStore;
use auth_core::{Auth, Revocations};
use http::{Request, Response};
use tower_service::Service;

use crate::body::LayerBody;

use super::{CurrentFuture, Guarded};

/// The kind of guard that trusts an access token for as long as nothing else is known, and that knows of
/// ended sessions and changed users within the delay of its [`Revocations`].
#[derive(Clone, Debug)]
pub struct Heeding {
    revocations: Revocations,
}

impl Heeding {
    pub(super) fn new(revocations: &Revocations) -> Self {
        Self { revocations: revocations.clone() }
    }
}

impl<I, S, B, R> Service<Request<B>> for Guarded<I, Auth<S>, Heeding>
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

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.rule.judge_heeding(request.headers(), &self.kind.revocations) {
            Ok(Some(admitted)) => {
                admitted.announce(request.extensions_mut());
                CurrentFuture::inner(self.inner.call(request))
            }
            Ok(None) => self
                .wait(request, |rule, presented| Box::pin(async move { rule.judge_now(presented?).await })),
            Err(denial) => self.wait(request, |_, _| Box::pin(ready(Err(denial)))),
        }
    }
}
