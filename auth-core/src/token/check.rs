//! One key that verifies, of whatever kind, with the one algorithm that it is for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::keys::SigningSecret;

const SECRET_LABEL: &[u8] = b"auth-core access key id\0";

/// A key that verifies. A token names it by `id` and must name its algorithm, too: so a public
/// key is never taken for a secret.
#[derive(Clone)]
pub(super) struct Check {
    pub(super) id: String,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl Check {
    pub(super) fn of_secret(secret: &SigningSecret) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&secret.fingerprint(SECRET_LABEL)[..6]),
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// Whether a token with this header is for this key to judge.
    pub(super) fn is_for(&self, algorithm: &str, key_id: Option<&str>) -> bool {
        name(self.algorithm) == Some(algorithm) && key_id.is_none_or(|id| id == self.id)
    }

    /// Whether `signature`, in base64url, is of `message`.
    pub(super) fn holds(&self, message: &str, signature: &str) -> bool {
        settle_on_one_backend();
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm)
            .unwrap_or(false)
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
