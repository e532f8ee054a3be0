//! The token that a first admin may be asked for.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::secret::BootstrapToken;

use super::keys::SigningSecret;

/// Knows the token that was configured by its SHA-256 alone.
#[derive(Clone)]
pub(crate) struct BootstrapLock([u8; 32]);

impl BootstrapLock {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Whether this is the token. Digests are compared, so the time tells nothing of its length
    /// either.
    pub(crate) fn opens_with(&self, presented: &BootstrapToken) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented.expose()).into();
        self.0.ct_eq(&presented).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_opens() {
        let token = "T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW";
        let lock = BootstrapLock::new(&SigningSecret::parse(token.as_bytes()).expect("a strong secret"));
        assert!(lock.opens_with(&BootstrapToken::new(token)));
        let (shorter, longer) = (&token[1..], format!("{token} "));
        for other in ["", shorter, &token[..31], &longer, &token.to_lowercase(), &token.repeat(1_000)] {
            assert!(!lock.opens_with(&BootstrapToken::new(other)), "{other}");
        }
    }
}
