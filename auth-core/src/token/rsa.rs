//! RSA signatures in constant time.
//!
//! `jsonwebtoken`'s backend `rust_crypto` signs with the crate `rsa`, whose timing shows the key to
//! whoever can ask for many signatures (RUSTSEC-2023-0071). A login is such a question, so the
//! private key is used by `ring` here, or by `aws-lc-rs` where that is the backend. `rsa` makes keys
//! and reads them, on this machine and not on demand, and verifies, for which there is no secret.

use std::fmt;

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::{rand, signature};
#[cfg(not(feature = "aws-lc-rs"))]
use ring::{rand, signature};

use super::signing_key::SigningKeyFlaw;

pub(super) struct RsaSigner {
    pair: signature::RsaKeyPair,
    signature_bytes: usize,
}

impl RsaSigner {
    /// A signer with the PKCS#8 key `der`, whose modulus has `modulus_bytes`.
    pub(super) fn new(der: &[u8], modulus_bytes: usize) -> Result<Self, SigningKeyFlaw> {
        let pair = signature::RsaKeyPair::from_pkcs8(der).map_err(|_| SigningKeyFlaw::Inconsistent)?;
        Ok(Self { pair, signature_bytes: modulus_bytes })
    }

    /// The signature of RS256; `None` only where the backend fails.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.signature_bytes];
        let random = rand::SystemRandom::new();
        self.pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
        Some(signature)
    }
}

impl fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaSigner([redacted])")
    }
}
