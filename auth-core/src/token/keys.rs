//! The secrets that sign: judged before they are used.

use std::collections::HashSet;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

pub(crate) type HmacSha256 = Hmac<Sha256>;

/// A secret that is strong enough to sign tokens with.
///
/// ```
/// use auth_core::{KeyFlaw, SigningSecret};
///
/// assert_eq!(SigningSecret::parse(b"secret").err(), Some(KeyFlaw::TooShort));
/// ```
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// Why a secret is too weak to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFlaw {
    /// Fewer than 32 bytes, the size of an HS256 key (RFC 7518 §3.2).
    #[error("it has fewer than 32 bytes; `openssl rand -base64 48` makes a good one")]
    TooShort,
    /// It stands in a specification or a tutorial, or says that it wants to be replaced.
    #[error("it is a sample or a placeholder; `openssl rand -base64 48` makes a good one")]
    Sample,
    /// It repeats itself, or has fewer than 8 different bytes.
    #[error("it repeats itself; `openssl rand -base64 48` makes a good one")]
    Repetitive,
}

/// Words that placeholders are made of, compared in lower case without punctuation. A random
/// base64 text has one of them about once in a million million times.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "changethis",
    "changeit",
    "replaceme",
    "replacethis",
    "replacewith",
    "yoursecret",
    "yoursuper",
    "yourjwt",
    "your256bit",
    "yourown",
    "supersecret",
    "secretkey",
    "mysecret",
    "jwtsecret",
    "accesssecret",
    "refreshsecret",
    "topsecret",
    "atleast32",
    "atleast256",
    "256bitlong",
    "donotuse",
    "insecure",
    "placeholder",
    "password",
    "keyboardcat",
    "developmentonly",
];

/// Keys that anyone can read: in specifications, manuals and courses. One to a line.
const PUBLISHED: &str = include_str!("published.txt");

/// How many bytes of a text have to be those of its beginning again, before it counts as written
/// twice: with fewer, a random one would be refused now and then.
const ECHO_BYTES: usize = 8;

impl SigningSecret {
    /// The fewest bytes a secret may have.
    pub const MIN_BYTES: usize = 32;

    /// Judges `bytes`, which are then used exactly as they are: a text is not decoded.
    ///
    /// # Errors
    ///
    /// [`KeyFlaw`] says what is weak and how to make a strong one. It never quotes the secret.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFlaw> {
        if bytes.len() < Self::MIN_BYTES {
            return Err(KeyFlaw::TooShort);
        }
        if is_sample(bytes) {
            return Err(KeyFlaw::Sample);
        }
        if is_repetitive(bytes) {
            return Err(KeyFlaw::Repetitive);
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Draws a secret of 32 bytes. What it signs is worthless once it is forgotten.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] where no randomness was to be had.
    pub fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new(vec![0; Self::MIN_BYTES]);
        entropy.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Whether both are the same secret, told in time that depends on the length alone.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn mac(&self) -> HmacSha256 {
        HmacSha256::new_from_slice(&self.0).expect("HMAC takes a key of any length")
    }

    /// A short name by which a token says which secret signed it; it tells nothing of the secret.
    pub(super) fn fingerprint(&self, label: &[u8]) -> [u8; 32] {
        self.mac().chain_update(label).finalize().into_bytes().into()
    }
}

fn is_sample(bytes: &[u8]) -> bool {
    let folded = fold(bytes);
    published().any(|known| *fold(known.as_bytes()) == *folded)
        || PLACEHOLDERS.iter().any(|word| folded.contains(word))
}

fn published() -> impl Iterator<Item = &'static str> {
    PUBLISHED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Its letters and digits, in lower case.
fn fold(bytes: &[u8]) -> Zeroizing<String> {
    // As long as it can get: one that grows leaves copies of its beginning behind, unwiped.
    let mut folded = Zeroizing::new(String::with_capacity(bytes.len()));
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric());
    folded.extend(letters.map(|byte| char::from(byte.to_ascii_lowercase())));
    folded
}

/// Few different bytes, or one piece written again and again, the last time perhaps in part.
fn is_repetitive(bytes: &[u8]) -> bool {
    let different: HashSet<u8> = bytes.iter().copied().collect();
    let repeats_after = |period: usize| bytes[period..] == bytes[..bytes.len() - period];
    different.len() < 8 || (1..=bytes.len() - ECHO_BYTES).any(repeats_after)
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::OsEntropy;

    fn flaw(text: &str) -> Option<KeyFlaw> {
        SigningSecret::parse(text.as_bytes()).err()
    }

    #[test]
    fn weak_secrets_are_told_apart() {
        assert_eq!(flaw(""), Some(KeyFlaw::TooShort));
        assert_eq!(flaw("T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8r"), Some(KeyFlaw::TooShort));
        assert_eq!(flaw("your-super-secret-jwt-key-change-this"), Some(KeyFlaw::Sample));
        assert_eq!(flaw("CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME"), Some(KeyFlaw::Sample));
        assert_eq!(flaw("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"), Some(KeyFlaw::Sample));
        assert_eq!(flaw(&"a".repeat(64)), Some(KeyFlaw::Repetitive));
        assert_eq!(flaw(&"0123456789abcdef".repeat(2)), Some(KeyFlaw::Repetitive));
        assert_eq!(flaw("0110100111010010101101001010110101001011"), Some(KeyFlaw::Repetitive));
        assert_eq!(flaw("tr0ub4dor&3-tr0ub4dor&3-tr0ub4do"), Some(KeyFlaw::Repetitive));
        assert_eq!(flaw("Kq3vT9xLw2Rm7Zb5Hn8Y-Kq3vT9xLw2R"), Some(KeyFlaw::Repetitive));
    }

    #[test]
    fn every_published_key_is_refused_however_it_is_spelled() {
        assert!(published().count() > 20);
        for known in published() {
            assert!(known.len() >= SigningSecret::MIN_BYTES, "{known} is refused as it is");
            assert_eq!(flaw(known), Some(KeyFlaw::Sample), "{known}");
            assert_eq!(flaw(&known.to_ascii_lowercase()), Some(KeyFlaw::Sample), "{known}");
            assert_eq!(flaw(&format!("\"{known}\" ")), Some(KeyFlaw::Sample), "{known}");
        }
    }

    #[test]
    fn hex_base64_and_raw_secrets_are_accepted() {
        for good in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW",
        ] {
            assert_eq!(flaw(good), None);
        }
        assert!(SigningSecret::parse(&(0..=31).collect::<Vec<u8>>()).is_ok());
    }

    proptest! {
        #[test]
        fn judging_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _verdict = SigningSecret::parse(&bytes);
        }
    }

    #[test]
    fn a_random_secret_is_a_good_one() {
        for _ in 0..100 {
            let secret = SigningSecret::random(&OsEntropy).expect("the system has randomness");
            assert!(SigningSecret::parse(secret.as_bytes()).is_ok());
        }
    }
}
