//! One key that verifies, of whatever kind, with the one algorithm that it is for.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::header::Header;
use super::keys::{HmacSha256, SigningSecret};
use super::memo::Memo;

const SECRET_LABEL: &[u8] = b"auth-core access key id\0";
/// An HMAC of SHA-256.
const TAG_BYTES: usize = 32;

/// A key that verifies. A token names it by `id` and must name its algorithm, too: so a public
/// key is never taken for a secret.
#[derive(Clone)]
pub(super) struct Check {
    pub(super) id: String,
    pub(super) algorithm: Algorithm,
    /// The header, as it is encoded, of the tokens that are made here with this key.
    header: String,
    key: Key,
}

#[derive(Clone)]
enum Key {
    /// The state in which the key has been taken up already.
    Secret(HmacSha256),
    Public {
        key: DecodingKey,
        verified: Arc<Memo>,
    },
}

impl Check {
    pub(super) fn of_secret(secret: &SigningSecret) -> Self {
        let id = URL_SAFE_NO_PAD.encode(&secret.fingerprint(SECRET_LABEL)[..6]);
        Self::new(id, Algorithm::HS256, Key::Secret(secret.mac()))
    }

    pub(super) fn of_public(id: String, algorithm: Algorithm, key: DecodingKey) -> Self {
        Self::new(id, algorithm, Key::Public { key, verified: Arc::default() })
    }

    fn new(id: String, algorithm: Algorithm, key: Key) -> Self {
        let header =
            Header::of_ours(name(algorithm).expect("keys are for the algorithms that have a name"), &id);
        Self { header: header.encode(), id, algorithm, key }
    }

    /// Whether a token with this header is for this key to judge.
    pub(super) fn is_for(&self, algorithm: &str, key_id: Option<&str>) -> bool {
        name(self.algorithm) == Some(algorithm) && key_id.is_none_or(|id| id == self.id)
    }

    /// The header, in base64url, of the tokens that are made here with this key.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    /// Whether `signature`, in base64url, is of `message`.
    pub(super) fn holds(&self, message: &str, signature: &str) -> bool {
        match &self.key {
            Key::Secret(mac) => {
                let mut tag = [0; TAG_BYTES];
                let whole = URL_SAFE_NO_PAD.decode_slice(signature, &mut tag) == Ok(TAG_BYTES);
                whole && mac.clone().chain_update(message).verify_slice(&tag).is_ok()
            }
            Key::Public { key, verified } => verified.holds(message, signature, || {
                settle_on_one_backend();
                jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, self.algorithm)
                    .unwrap_or(false)
            }),
        }
    }
}

/// The name of an algorithm that tokens may be signed with; there are four.
pub(super) const fn name(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::HS256 => Some("HS256"),
        Algorithm::EdDSA => Some("EdDSA"),
        Algorithm::ES256 => Some("ES256"),
        Algorithm::RS256 => Some("RS256"),
        _ => None,
    }
}

/// Names the backend. Left alone, `jsonwebtoken` panics at its first use where both are compiled
/// in, and any crate in an application's graph may have asked for the other one.
pub(super) fn settle_on_one_backend() {
    #[cfg(feature = "aws-lc-rs")]
    use jsonwebtoken::crypto::aws_lc as backend;
    #[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
    use jsonwebtoken::crypto::rust_crypto as backend;

    // An application that has chosen already is right.
    let _chosen_before = backend::DEFAULT_PROVIDER.install_default();
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
compile_error!("auth-core signs with one of two backends: enable the feature `rust-crypto` or `aws-lc-rs`");
