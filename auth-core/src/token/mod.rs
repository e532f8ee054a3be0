//! The two tokens: a signed one that services verify by themselves, and an opaque one that only
//! this crate reads.

mod access;
mod access_keys;
mod algorithm;
mod bootstrap;
mod check;
mod device;
mod header;
mod judge;
mod jwks;
mod keys;
mod memo;
mod public_key;
mod refresh;
mod rsa;
mod seal;
mod signing_key;
mod verifier;

pub(crate) use access::{AccessTokens, NothingSigns, Subject};
pub use access_keys::AccessKeys;
pub use algorithm::{SigningAlgorithm, UnknownAlgorithm};
pub(crate) use bootstrap::BootstrapLock;
pub(crate) use device::{Device, DeviceTokens, REMEMBERED};
pub use jwks::{Jwks, JwksFlaw};
pub use keys::{KeyFlaw, SigningSecret};
pub use public_key::PublicKey;
pub(crate) use refresh::{Presented, RefreshTokens, hash_of};

use crate::entropy::{Entropy, EntropyError};
pub use signing_key::{SigningKey, SigningKeyFlaw};
pub use verifier::{KeySource, Learning, Verifier};

/// What a session's refresh tokens carry and the database does not.
pub(crate) type SessionSecret = zeroize::Zeroizing<[u8; 16]>;

/// Draws the secret of a new session.
pub(crate) fn draw_secret(entropy: &dyn Entropy) -> Result<SessionSecret, EntropyError> {
    let mut secret = SessionSecret::default();
    entropy.fill(&mut *secret)?;
    Ok(secret)
}
