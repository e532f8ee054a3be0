//! A password is about to be looked at.

use crate::audit;
use crate::email::Email;
use crate::error::{Error, Fault, Refusal};
use crate::event::Cause;
use crate::id::UserId;
use crate::observer::Observation;
use crate::parts::Call;
use crate::store::Existence;
use crate::throttle::{Attempt, Obstacle, Refused};

impl<S> Call<'_, S> {
    /// Whether anything may be guessed from where this call comes from.
    pub(super) fn check_address(&self) -> Result<(), Refusal> {
        self.throttle
            .check_address(self.client.ip_address, self.clock.now())
            .map_err(|refused| self.refuse(refused, None, None))
    }

    fn refuse(&self, refused: Refused, user: Option<UserId>, email: Option<&Email>) -> Refusal {
        self.observe(Observation::Throttled(refused.cause));
        if refused.is_news {
            self.tell(audit::throttled(user, email, refused.cause));
        }
        refused.into()
    }
}

/// A place for one attempt. Whoever gives it up before the verdict, by hanging up say, has guessed
/// wrong as far as their address and the events are concerned; the count has it already.
pub(super) struct Guess<'a, S> {
    call: Call<'a, S>,
    email: &'a Email,
    attempt: Option<Attempt>,
}

impl<'a, S> Guess<'a, S> {
    /// Takes a place for one attempt at the password of `email`, or is refused.
    pub(super) async fn begin(
        call: Call<'a, S>,
        email: &'a Email,
        device: Option<[u8; 16]>,
        user: Option<UserId>,
    ) -> Result<Self, Error> {
        let begun = call.throttle.begin(email, device, call.client.ip_address, &*call.clock).await;
        match begun {
            Ok(attempt) => Ok(Self { call, email, attempt: Some(attempt) }),
            Err(Obstacle::Failed(fault)) => Err(fault.into()),
            Err(Obstacle::Refused(refused)) => Err(call.refuse(refused, user, Some(email)).into()),
        }
    }

    /// The password was right.
    pub(super) async fn succeeded(mut self) -> Result<(), Fault> {
        match self.attempt.take() {
            Some(attempt) => self.call.throttle.succeeded(attempt, self.call.clock.now()).await,
            None => Ok(()),
        }
    }

    /// The password was wrong.
    pub(super) async fn failed(mut self, account: Existence) -> Result<(), Fault> {
        match self.attempt.take() {
            Some(attempt) => self.call.throttle.failed(attempt, account, self.call.clock.now()).await,
            None => Ok(()),
        }
    }

    /// The password was not looked at, because something broke.
    pub(super) async fn abandoned(mut self) {
        if let Some(attempt) = self.attempt.take() {
            self.call.throttle.abandoned(attempt, self.call.clock.now()).await;
        }
    }
}

impl<S> Drop for Guess<'_, S> {
    fn drop(&mut self) {
        if self.attempt.take().is_some() {
            self.call.throttle.address_failed(self.call.client.ip_address, self.call.clock.now());
            self.call.tell(audit::login_failed(None, self.email, Cause::GivenUp));
        }
    }
}
