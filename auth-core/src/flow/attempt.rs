//! A password is about to be looked at.

use crate::audit;
use crate::email::Email;
use crate::error::{Error, Refusal};
use crate::id::UserId;
use crate::parts::Call;
use crate::throttle::{Attempt, Obstacle, Refused};

impl<S> Call<'_, S> {
    /// Takes a place for one attempt at the password of `email`, or is refused.
    pub(super) async fn begin(
        &self,
        email: &Email,
        device: Option<[u8; 16]>,
        user: Option<UserId>,
    ) -> Result<Attempt, Error> {
        let begun = self.throttle.begin(email, device, self.client.ip_address, &*self.clock).await;
        begun.map_err(|obstacle| match obstacle {
            Obstacle::Failed(fault) => fault.into(),
            Obstacle::Refused(refused) => self.refuse(refused, user, Some(email)).into(),
        })
    }

    /// Whether anything may be guessed from where this call comes from.
    pub(super) fn check_address(&self) -> Result<(), Refusal> {
        self.throttle
            .check_address(self.client.ip_address, self.clock.now())
            .map_err(|refused| self.refuse(refused, None, None))
    }

    fn refuse(&self, refused: Refused, user: Option<UserId>, email: Option<&Email>) -> Refusal {
        if refused.is_news {
            self.tell(audit::throttled(user, email, refused.cause));
        }
        refused.into()
    }
}
