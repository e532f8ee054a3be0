//! The half of a key that everyone may know.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use rsa::BigUint;
use sha2::{Digest, Sha256};

use super::algorithm::SigningAlgorithm;
use super::check::Check;

/// A public key: it verifies what its [`SigningKey`](crate::SigningKey) has signed, and nothing else.
///
/// It comes from [`SigningKey::public`](crate::SigningKey::public), or out of a
/// [`Jwks`](crate::Jwks). Cloning is cheap.
///
/// ```
/// use auth_core::{OsEntropy, SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// assert_eq!(key.public().key_id(), key.key_id());
/// # Ok::<(), auth_core::EntropyError>(())
/// ```
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    numbers: Numbers,
    check: Check,
}

/// The numbers that a public key is made of, big-endian.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Numbers {
    /// A point on Ed25519, compressed (RFC 8032).
    Ed25519 { x: [u8; 32] },
    /// A point on P-256.
    P256 { x: [u8; 32], y: [u8; 32] },
    /// Modulus and exponent, without zeros in front.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// Why a public key is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PublicKeyFlaw {
    #[error("it is no point of its curve, or one with which anything verifies")]
    Point,
    #[error("an RSA key must have 2048 to 4096 bits and an odd exponent of at least 65537")]
    Rsa,
}

/// How large the modulus of an RSA key may be.
pub(super) const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;
/// FIPS 186-5 §5.1 for the least; what the backends take for the most.
const RSA_EXPONENTS: std::ops::RangeInclusive<u64> = 65_537..=(1 << 33) - 1;

impl PublicKey {
    /// Judges the numbers, and names the key `id`, or by its thumbprint.
    pub(super) fn new(numbers: Numbers, id: Option<String>) -> Result<Self, PublicKeyFlaw> {
        let key = numbers.verifier()?;
        let id = id.unwrap_or_else(|| numbers.thumbprint());
        let check = Check::of_public(id, numbers.algorithm().jose(), key);
        Ok(Self(Arc::new(Inner { numbers, check })))
    }

    /// The name by which a token says which key signed it: its `kid`.
    ///
    /// For keys of our own that is the thumbprint of RFC 7638, which follows from the key alone.
    pub fn key_id(&self) -> &str {
        &self.0.check.id
    }

    /// The one algorithm that it verifies.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.0.numbers.algorithm()
    }

    pub(super) fn numbers(&self) -> &Numbers {
        &self.0.numbers
    }

    pub(super) fn check(&self) -> &Check {
        &self.0.check
    }
}

/// Equal are keys with the same numbers and the same id.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.numbers() == other.numbers() && self.key_id() == other.key_id()
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("key_id", &self.key_id())
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

impl Numbers {
    pub(super) fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Ed25519 { .. } => SigningAlgorithm::EdDsa,
            Self::P256 { .. } => SigningAlgorithm::Es256,
            Self::Rsa { .. } => SigningAlgorithm::Rs256,
        }
    }

    fn verifier(&self) -> Result<DecodingKey, PublicKeyFlaw> {
        match self {
            Self::Ed25519 { x } => {
                let point = ed25519_dalek::VerifyingKey::from_bytes(x).map_err(|_| PublicKeyFlaw::Point)?;
                if point.is_weak() { Err(PublicKeyFlaw::Point) } else { Ok(DecodingKey::from_ed_der(x)) }
            }
            Self::P256 { x, y } => {
                let point = [&[4][..], x, y].concat();
                p256::PublicKey::from_sec1_bytes(&point).map_err(|_| PublicKeyFlaw::Point)?;
                Ok(DecodingKey::from_ec_der(&point))
            }
            Self::Rsa { n, e } => {
                let [modulus, exponent] = [n, e].map(|bytes| BigUint::from_bytes_be(bytes));
                let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
                let minimal = |bytes: &[u8]| bytes.first().is_some_and(|first| *first != 0);
                let sound = odd(n)
                    && odd(e)
                    && minimal(n)
                    && minimal(e)
                    && RSA_BITS.contains(&modulus.bits())
                    && exponent >= BigUint::from(*RSA_EXPONENTS.start())
                    && exponent <= BigUint::from(*RSA_EXPONENTS.end());
                if sound { Ok(DecodingKey::from_rsa_raw_components(n, e)) } else { Err(PublicKeyFlaw::Rsa) }
            }
        }
    }

    /// The hash of the numbers in one agreed form (RFC 7638, RFC 8037 §2), in base64url.
    fn thumbprint(&self) -> String {
        let text = match self {
            Self::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(x)),
            Self::P256 { x, y } => {
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, base64url(x), base64url(y))
            }
            Self::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, base64url(e), base64url(n)),
        };
        base64url(&Sha256::digest(text))
    }
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    fn ed25519(text: &str) -> Numbers {
        Numbers::Ed25519 { x: bytes(text).try_into().expect("32 bytes") }
    }

    const RSA_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    #[test]
    fn thumbprints_are_those_of_the_standards() {
        let rsa = Numbers::Rsa { n: bytes(RSA_N), e: bytes("AQAB") };
        // RFC 7638 §3.1.
        assert_eq!(rsa.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        // RFC 8037, appendix A.3.
        let edwards = ed25519("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(edwards.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let key = PublicKey::new(edwards, None).expect("it is a good key");
        assert_eq!(key.key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn keys_with_which_anything_verifies_are_refused() {
        for small_order in
            ["AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(PublicKey::new(ed25519(small_order), None).err(), Some(PublicKeyFlaw::Point));
        }
        let beside_the_curve = Numbers::P256 { x: [1; 32], y: [1; 32] };
        assert_eq!(PublicKey::new(beside_the_curve, None).err(), Some(PublicKeyFlaw::Point));
        let n = bytes(RSA_N);
        let even = [&n[..255], &[0x82]].concat();
        let padded = [&[0][..], &n].concat();
        let long = [&[0x81][..], &[1; 512]].concat();
        for (n, e) in [
            (&n[..128], &[1, 0, 1][..]),
            (&n[..255], &[1, 0, 1]),
            (&even, &[1, 0, 1]),
            (&padded, &[1, 0, 1]),
            (&long, &[1, 0, 1]),
            (&[], &[1, 0, 1]),
            (&n, &[]),
            (&n, &[1]),
            (&n, &[3]),
            (&n, &[1, 0, 0]),
            (&n, &[0, 1, 0, 1]),
            (&n, &[3, 0, 0, 0, 1]),
        ] {
            let numbers = Numbers::Rsa { n: n.to_vec(), e: e.to_vec() };
            assert_eq!(PublicKey::new(numbers, None).err(), Some(PublicKeyFlaw::Rsa), "{n:?} {e:?}");
        }
    }
}
