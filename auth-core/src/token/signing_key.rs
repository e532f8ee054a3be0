//! Keys that sign and whose public half verifies: made, read, written, and judged before use.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::pkcs8::KeypairBytes;
use jsonwebtoken::EncodingKey;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use pkcs8::{EncodePrivateKey, LineEnding, ObjectIdentifier, PrivateKeyInfo, SecretDocument};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

use super::algorithm::SigningAlgorithm;
use super::check::settle_on_one_backend;
use super::public_key::{Numbers, PublicKey, RSA_BITS, base64url};
use super::rsa::RsaSigner;

/// A private key that signs access tokens; its [`public`](Self::public) half verifies them.
///
/// The key is wiped when the last clone of it is dropped; only of an RSA key, the backend keeps a
/// working copy that it does not wipe. Cloning is cheap.
///
/// ```
/// use auth_core::{OsEntropy, SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate(SigningAlgorithm::default(), &OsEntropy)?;
/// let again = SigningKey::from_pem(key.to_pkcs8_pem().as_bytes())?;
/// assert_eq!(again.key_id(), key.key_id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    /// In one form, whatever it was read from.
    pkcs8: SecretDocument,
    signer: Signer,
    public: PublicKey,
}

enum Signer {
    Jose(EncodingKey),
    Rsa(Box<RsaSigner>),
}

/// Why a private key cannot be used. It never quotes the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyFlaw {
    /// It is no PEM at all, or more than one key, or longer than 16 KiB.
    #[error("it is not one private key in PEM, which begins with `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
    /// It is the private key of an older form, such as PKCS#1 or SEC 1.
    #[error("it is not in the form PKCS#8; `openssl pkcs8 -topk8 -nocrypt` makes that of it")]
    NotPkcs8,
    /// It is encrypted with a passphrase.
    #[error("it is encrypted with a passphrase; `openssl pkcs8 -nocrypt` takes that off")]
    Encrypted,
    /// It is a public key, or a certificate.
    #[error("it is a public key or a certificate, and so cannot sign")]
    NotPrivate,
    /// It is a key for something else, or on another curve.
    #[error("it is neither a key on Ed25519 or P-256 nor one of RSA")]
    UnknownKind,
    /// It is an RSA key of fewer than 2048 bits.
    #[error("an RSA key needs 2048 bits at least; better 3072")]
    RsaTooShort,
    /// It is an RSA key of more than 4096 bits.
    #[error("an RSA key may have 4096 bits at most")]
    RsaTooLong,
    /// Its numbers do not belong together, or are weak.
    #[error("its numbers are weak or do not belong together")]
    Inconsistent,
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// As strong as the curves (NIST SP 800-57, 128 bits of security).
const NEW_RSA_BITS: usize = 3_072;
const MAX_BYTES: usize = 16 * 1024;

impl SigningKey {
    /// Makes a new key: of 3072 bits, where it is one of RSA, and that takes a second or so.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] where no randomness was to be had.
    pub fn generate(algorithm: SigningAlgorithm, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let seed = Zeroizing::new(entropy.array::<32>()?);
        let made = match algorithm {
            SigningAlgorithm::EdDsa => Self::of_edwards(&ed25519_dalek::SigningKey::from_bytes(&seed)),
            // One seed in 2^32 is not below the order of the curve; the stream has more to draw from.
            SigningAlgorithm::Es256 => {
                Self::of_p256(&p256::SecretKey::random(&mut ChaCha20Rng::from_seed(*seed)))
            }
            SigningAlgorithm::Rs256 => {
                let drawn = RsaPrivateKey::new(&mut ChaCha20Rng::from_seed(*seed), NEW_RSA_BITS);
                drawn.map_err(|_| SigningKeyFlaw::Inconsistent).and_then(|key| Self::of_rsa(&key))
            }
        };
        Ok(made.expect("a key that has just been made is a good one"))
    }

    /// Reads a PKCS#8 key in PEM, as `openssl genpkey` writes it.
    ///
    /// # Errors
    ///
    /// [`SigningKeyFlaw`] says what is wrong with it, and what to do.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SigningKeyFlaw> {
        let text = str::from_utf8(pem).map_err(|_| SigningKeyFlaw::NotPem)?;
        if text.len() > MAX_BYTES {
            return Err(SigningKeyFlaw::NotPem);
        }
        let (label, document) = SecretDocument::from_pem(text.trim()).map_err(|_| SigningKeyFlaw::NotPem)?;
        match label {
            "PRIVATE KEY" => Self::from_pkcs8_der(document.as_bytes()),
            "ENCRYPTED PRIVATE KEY" => Err(SigningKeyFlaw::Encrypted),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(SigningKeyFlaw::NotPrivate),
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(SigningKeyFlaw::NotPkcs8),
            _ => Err(SigningKeyFlaw::NotPem),
        }
    }

    /// Reads a PKCS#8 key in DER (RFC 5958).
    ///
    /// # Errors
    ///
    /// [`SigningKeyFlaw`] says what is wrong with it, and what to do.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, SigningKeyFlaw> {
        if der.len() > MAX_BYTES {
            return Err(SigningKeyFlaw::NotPkcs8);
        }
        let info = PrivateKeyInfo::try_from(der).map_err(|_| SigningKeyFlaw::NotPkcs8)?;
        let inconsistent = SigningKeyFlaw::Inconsistent;
        match info.algorithm.oid {
            ED25519 => Self::of_edwards(
                &KeypairBytes::try_from(info)
                    .and_then(|pair| ed25519_dalek::SigningKey::try_from(&pair))
                    .map_err(|_| inconsistent)?,
            ),
            ELLIPTIC if info.algorithm.parameters_oid() == Ok(P256) => {
                Self::of_p256(&p256::SecretKey::try_from(info).map_err(|_| inconsistent)?)
            }
            RSA => Self::of_rsa(&RsaPrivateKey::try_from(info).map_err(|_| inconsistent)?),
            _ => Err(SigningKeyFlaw::UnknownKind),
        }
    }

    /// The key in PEM, to be kept where nobody else can read it.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        self.0.pkcs8.to_pem("PRIVATE KEY", LineEnding::LF).expect("any bytes can be written as PEM")
    }

    /// The key as PKCS#8 in DER, to be kept where nobody else can read it.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.0.pkcs8.to_bytes()
    }

    /// The half of it that verifies, and that everyone may know.
    pub fn public(&self) -> &PublicKey {
        &self.0.public
    }

    /// The name by which a token says which key signed it: its thumbprint (RFC 7638).
    pub fn key_id(&self) -> &str {
        self.0.public.key_id()
    }

    /// The one algorithm that it signs with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.0.public.algorithm()
    }

    /// The signature of `message`, in base64url; `None` only where the backend fails.
    pub(super) fn sign(&self, message: &str) -> Option<String> {
        match &self.0.signer {
            Signer::Jose(key) => {
                settle_on_one_backend();
                jsonwebtoken::crypto::sign(message.as_bytes(), key, self.algorithm().jose()).ok()
            }
            Signer::Rsa(signer) => signer.sign(message.as_bytes()).map(|signature| base64url(&signature)),
        }
    }

    fn of_edwards(key: &ed25519_dalek::SigningKey) -> Result<Self, SigningKeyFlaw> {
        // Without the public key, in the older version of the form, which everyone can read.
        let pair = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
        let pkcs8 = pair.to_pkcs8_der().map_err(|_| SigningKeyFlaw::Inconsistent)?;
        let signer = Signer::Jose(EncodingKey::from_ed_der(pkcs8.as_bytes()));
        Self::new(pkcs8, signer, Numbers::Ed25519 { x: key.verifying_key().to_bytes() })
    }

    fn of_p256(key: &p256::SecretKey) -> Result<Self, SigningKeyFlaw> {
        let pkcs8 = key.to_pkcs8_der().map_err(|_| SigningKeyFlaw::Inconsistent)?;
        let signer = Signer::Jose(EncodingKey::from_ec_der(pkcs8.as_bytes()));
        let point = key.public_key().to_encoded_point(false);
        let (Some(x), Some(y)) = (point.x(), point.y()) else { return Err(SigningKeyFlaw::Inconsistent) };
        Self::new(pkcs8, signer, Numbers::P256 { x: (*x).into(), y: (*y).into() })
    }

    fn of_rsa(key: &RsaPrivateKey) -> Result<Self, SigningKeyFlaw> {
        match key.n().bits() {
            bits if bits < *RSA_BITS.start() => return Err(SigningKeyFlaw::RsaTooShort),
            bits if bits > *RSA_BITS.end() => return Err(SigningKeyFlaw::RsaTooLong),
            _ => {}
        }
        let pkcs8 = key.to_pkcs8_der().map_err(|_| SigningKeyFlaw::Inconsistent)?;
        let signer = RsaSigner::new(pkcs8.as_bytes(), key.size())?;
        let numbers = Numbers::Rsa { n: key.n().to_bytes_be(), e: key.e().to_bytes_be() };
        Self::new(pkcs8, Signer::Rsa(Box::new(signer)), numbers)
    }

    fn new(pkcs8: SecretDocument, signer: Signer, numbers: Numbers) -> Result<Self, SigningKeyFlaw> {
        let public = PublicKey::new(numbers, None).map_err(|_| SigningKeyFlaw::Inconsistent)?;
        Ok(Self(Arc::new(Inner { pkcs8, signer, public })))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id())
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
