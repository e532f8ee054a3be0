//! What an `Auth` holds, and one call of a verb: all that the flows work with.

use std::ops::Deref;
use std::sync::Arc;

use crate::auth::Apart;
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::event::{Events, Happening, Quiet};
use crate::hashing::Passwords;
use crate::id::UserId;
use crate::observer::{Observation, Observer};
use crate::policy::Policy;
use crate::throttle::Throttle;
use crate::token::{AccessTokens, BootstrapLock, DeviceTokens, RefreshTokens};

pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) policy: Policy,
    pub(crate) passwords: Passwords,
    pub(crate) access: AccessTokens,
    /// What keys of access tokens must not be, when others take their place.
    pub(crate) apart: Apart,
    pub(crate) refresh: RefreshTokens,
    pub(crate) devices: DeviceTokens,
    pub(crate) throttle: Throttle,
    pub(crate) events: Events,
    /// Who has been told to have asked for what only admins may do.
    pub(crate) denied: Quiet<UserId>,
    /// Who counts, if anybody does.
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) bootstrap: Option<BootstrapLock>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// One call: the parts, and who is calling.
pub(crate) struct Call<'a, S> {
    parts: &'a Parts<S>,
    pub(crate) client: &'a Client,
}

impl<'a, S> Call<'a, S> {
    pub(crate) fn new(parts: &'a Parts<S>, client: &'a Client) -> Self {
        Self { parts, client }
    }

    /// Tells what has happened, to everyone who listens.
    pub(crate) fn tell(&self, happening: Happening) {
        self.events.tell(happening, self.client, self.clock.now());
    }

    /// Has it counted.
    pub(crate) fn observe(&self, observation: Observation) {
        if let Some(observer) = &self.observer {
            observer.observe(observation);
        }
    }
}

impl<S> Clone for Call<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Call<'_, S> {}

impl<S> Deref for Call<'_, S> {
    type Target = Parts<S>;

    fn deref(&self) -> &Parts<S> {
        self.parts
    }
}
