//! What an `Auth` holds: all that the flows work with.

use std::sync::Arc;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::hashing::Passwords;
use crate::policy::Policy;
use crate::token::{AccessTokens, BootstrapLock, RefreshTokens};

pub(crate) struct Parts<S> {
    pub(crate) store: S,
    pub(crate) policy: Policy,
    pub(crate) passwords: Passwords,
    pub(crate) access: AccessTokens,
    pub(crate) refresh: RefreshTokens,
    pub(crate) bootstrap: Option<BootstrapLock>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}
