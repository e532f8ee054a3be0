//! The two tokens: a signed one that services verify by themselves, and an opaque one that only
//! this crate reads.

mod access;
mod bootstrap;
mod device;
mod keys;
mod refresh;
mod seal;

pub(crate) use access::{AccessTokens, Subject};
pub(crate) use bootstrap::BootstrapLock;
pub(crate) use device::{Device, DeviceTokens, REMEMBERED};
pub use keys::{KeyFlaw, SigningSecret};
pub(crate) use refresh::{Presented, RefreshTokens, hash_of};

use crate::entropy::{Entropy, EntropyError};

/// What a session's refresh tokens carry and the database does not.
pub(crate) type SessionSecret = zeroize::Zeroizing<[u8; 16]>;

/// Draws the secret of a new session.
pub(crate) fn draw_secret(entropy: &dyn Entropy) -> Result<SessionSecret, EntropyError> {
    let mut secret = SessionSecret::default();
    entropy.fill(&mut *secret)?;
    Ok(secret)
}
