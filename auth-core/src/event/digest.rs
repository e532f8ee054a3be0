//! An address that may be compared, and not read.

use std::fmt;
use std::str::FromStr;

use hmac::Mac;

use crate::email::Email;
use crate::token::SigningSecret;

use super::kind::UnknownWord;

const LABEL: &[u8] = b"auth-core email digest\0";

/// A keyed hash of an address: equal for equal addresses, and worth nothing without the key.
///
/// The key is made from the first secret of access tokens or, where keys sign those, of refresh
/// tokens; so another secret makes other digests.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EmailDigest([u8; 16]);

impl EmailDigest {
    /// The digest with these bytes, as a store has kept them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes to keep.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for EmailDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EmailDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EmailDigest {
    type Err = UnknownWord;

    /// Reads 32 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(lower) {
            return Err(UnknownWord);
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| UnknownWord)
    }
}

/// The key of the digests.
#[derive(Debug)]
pub(crate) struct EmailKey(SigningSecret);

impl EmailKey {
    pub(crate) fn new(secret: &SigningSecret) -> Self {
        Self(secret.clone())
    }

    pub(crate) fn digest(&self, email: &Email) -> EmailDigest {
        let mac = self.0.mac().chain_update(LABEL).chain_update(email.as_str()).finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&mac[..16]);
        EmailDigest(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    fn key() -> EmailKey {
        EmailKey::new(&SigningSecret::random(&OsEntropy).expect("randomness"))
    }

    #[test]
    fn a_digest_tells_addresses_apart_and_depends_on_the_key() {
        let email = |text| Email::parse(text).expect("an address");
        let (one, other) = (key(), key());
        let digest = one.digest(&email("ann@example.com"));
        assert_eq!(one.digest(&email(" ANN@example.com")), digest);
        assert_ne!(one.digest(&email("bob@example.com")), digest);
        assert_ne!(other.digest(&email("ann@example.com")), digest);
    }

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = key().digest(&Email::parse("ann@example.com").expect("an address"));
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for bad in ["", "0", "0123456789ABCDEF0123456789ABCDEF", "+123456789abcdef0123456789abcdef"] {
            assert!(bad.parse::<EmailDigest>().is_err(), "{bad}");
        }
    }
}
