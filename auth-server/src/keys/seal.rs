//! Private keys, encrypted for the database.

use std::fmt;

use auth_core::{Entropy, EntropyError, SigningAlgorithm, SigningKey, Timestamp};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The first byte of what is sealed, so that another way to do it can be told from this one.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const LABEL: &[u8] = b"auth-server signing keys v1";

/// Encrypts private keys, and knows them again.
///
/// XChaCha20-Poly1305 under a key that HKDF-SHA256 (RFC 5869) makes of a secret. The name, the
/// algorithm and the time of a key belong to it: whoever exchanges two rows of the table gets neither opened,
/// and no old key can be made to sign again by giving it another time.
///
/// ```
/// use auth_core::{OsEntropy, SigningAlgorithm, SigningKey, Timestamp};
/// use auth_server::keys::Sealer;
///
/// let sealer = Sealer::new(&["Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa".into()]).ok_or("one is enough")?;
/// let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// let signs_from = Timestamp::from_millis(0);
/// let sealed = sealer.seal(&key, signs_from, &OsEntropy)?;
/// assert_eq!(sealer.open(key.key_id(), key.algorithm(), signs_from, &sealed)?.key_id(), key.key_id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sealer {
    /// The one that seals stands first; all of them open.
    ciphers: Vec<XChaCha20Poly1305>,
}

/// A key that is there and cannot be opened. It says nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// It was sealed with another secret, or changed since.
    #[error("it was sealed with another secret, or changed since")]
    AnotherSecret,
    /// It was sealed in a way that this version does not know.
    #[error("it was sealed by a later version")]
    AnotherVersion,
    /// What was sealed is no key, or not the one of this name.
    #[error("what was sealed is not the key of this name")]
    AnotherKey,
}

impl Sealer {
    /// One that seals with the first of these secrets and opens with any; `None` where there is none.
    pub fn new(secrets: &[SecretString]) -> Option<Self> {
        let cipher = |secret: &SecretString| {
            let mut key = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes())
                .expand(LABEL, &mut *key)
                .expect("32 bytes are fewer than HKDF can give");
            XChaCha20Poly1305::new(&Key::from(*key))
        };
        let ciphers: Vec<_> = secrets.iter().map(cipher).collect();
        (!ciphers.is_empty()).then_some(Self { ciphers })
    }

    /// The private part of a key that signs from then on, encrypted.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] where no randomness was to be had.
    pub fn seal(
        &self,
        key: &SigningKey,
        signs_from: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, EntropyError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        let about = about(key.key_id(), key.algorithm(), signs_from);
        let private = key.to_pkcs8_der();
        let payload = Payload { msg: &private, aad: &about };
        let encrypted = self.ciphers[0]
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a key is short enough to be encrypted");
        Ok([&[VERSION][..], &nonce, &encrypted].concat())
    }

    /// The key that was sealed under this name, to sign from then on.
    ///
    /// # Errors
    ///
    /// [`Unsealable`] where it is not to be had with these secrets.
    pub fn open(
        &self,
        id: &str,
        algorithm: SigningAlgorithm,
        signs_from: Timestamp,
        sealed: &[u8],
    ) -> Result<SigningKey, Unsealable> {
        let (version, rest) = sealed.split_first().ok_or(Unsealable::AnotherVersion)?;
        if *version != VERSION {
            return Err(Unsealable::AnotherVersion);
        }
        let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealable::AnotherSecret)?;
        let (nonce, about) = (XNonce::from(*nonce), about(id, algorithm, signs_from));
        let open = |cipher: &XChaCha20Poly1305| {
            cipher.decrypt(&nonce, Payload { msg: encrypted, aad: &about }).ok().map(Zeroizing::new)
        };
        let private = self.ciphers.iter().find_map(open).ok_or(Unsealable::AnotherSecret)?;
        let key = SigningKey::from_pkcs8_der(&private).map_err(|_| Unsealable::AnotherKey)?;
        let is_this_one = key.key_id() == id && key.algorithm() == algorithm;
        is_this_one.then_some(key).ok_or(Unsealable::AnotherKey)
    }
}

/// What is authenticated beside the key. No name of an algorithm has a zero byte.
fn about(id: &str, algorithm: SigningAlgorithm, signs_from: Timestamp) -> Vec<u8> {
    [&signs_from.millis().to_be_bytes(), algorithm.as_str().as_bytes(), &[0], id.as_bytes()].concat()
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("secrets", &self.ciphers.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use auth_core::OsEntropy;
    use proptest::prelude::*;

    use super::*;

    const THEN: Timestamp = Timestamp::from_millis(1_000);
    const OLD: &str = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa";
    const NEW: &str = "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM";

    fn sealer(secrets: &[&str]) -> Sealer {
        let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        Sealer::new(&secrets).expect("there is one")
    }

    fn key() -> SigningKey {
        SigningKey::generate(SigningAlgorithm::Es256, &OsEntropy).expect("randomness")
    }

    #[test]
    fn what_was_sealed_is_opened_with_the_same_secret_and_its_successor() {
        let key = key();
        let sealed = sealer(&[OLD]).seal(&key, THEN, &OsEntropy).expect("randomness");
        for secrets in [&[OLD][..], &[NEW, OLD]] {
            let opened =
                sealer(secrets).open(key.key_id(), key.algorithm(), THEN, &sealed).expect("it opens");
            assert_eq!(*opened.to_pkcs8_der(), *key.to_pkcs8_der());
        }
        let refused = sealer(&[NEW]).open(key.key_id(), key.algorithm(), THEN, &sealed);
        assert_eq!(refused.err(), Some(Unsealable::AnotherSecret));
    }

    #[test]
    fn nothing_of_the_private_part_shows() {
        let key = key();
        let private = key.to_pkcs8_der();
        let sealed = sealer(&[OLD]).seal(&key, THEN, &OsEntropy).expect("randomness");
        let again = sealer(&[OLD]).seal(&key, THEN, &OsEntropy).expect("randomness");
        assert!(!private.windows(8).any(|part| sealed.windows(8).any(|shown| shown == part)));
        assert_ne!(sealed[1..25], again[1..25], "each time another nonce");
    }

    #[test]
    fn a_key_under_another_name_algorithm_or_time_is_not_opened() {
        let (key, other) = (key(), key());
        let one = sealer(&[OLD]);
        let sealed = one.seal(&key, THEN, &OsEntropy).expect("randomness");
        for (id, algorithm, signs_from) in [
            (other.key_id(), SigningAlgorithm::Es256, THEN),
            (key.key_id(), SigningAlgorithm::EdDsa, THEN),
            (key.key_id(), SigningAlgorithm::Es256, Timestamp::from_millis(1_001)),
        ] {
            assert_eq!(one.open(id, algorithm, signs_from, &sealed).err(), Some(Unsealable::AnotherSecret));
        }
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let key = key();
        let one = sealer(&[OLD]);
        let sealed = one.seal(&key, THEN, &OsEntropy).expect("randomness");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(one.open(key.key_id(), key.algorithm(), THEN, &changed).is_err(), "byte {at}");
        }
        assert_eq!(
            one.open(key.key_id(), key.algorithm(), THEN, &[]).err(),
            Some(Unsealable::AnotherVersion)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let opened = sealer(&[OLD]).open("id", SigningAlgorithm::EdDsa, THEN, &bytes);
            prop_assert!(opened.is_err());
        }
    }
}
