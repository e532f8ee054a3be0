//! PBKDF2 (RFC 8018) as PHC strings, as passlib writes it, and in Django's form.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::fields::{decimal, fields, output, params, salt};

/// The most iterations that are done for one verification, those of each block counted.
const MAX_ITERATIONS: u64 = 5_000_000;

/// The hash function inside.
#[derive(Clone, Copy)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

/// A stored hash whose cost may be paid.
pub(super) struct Stored {
    digest: Digest,
    iterations: u32,
    salt: Vec<u8>,
    output: Zeroizing<Vec<u8>>,
}

impl Stored {
    /// Reads what follows `$pbkdf2-sha256$`: `i=600000,l=32$salt$output` of a PHC string, where
    /// the length may be left off, or passlib's `29000$salt$output`.
    pub(super) fn parse(digest: Digest, text: &str) -> Option<Self> {
        let [costs, salted, hashed] = fields(text)?;
        let output = output(hashed)?;
        let iterations = if let Some([iterations, length]) = params(costs, ["i", "l"]) {
            (usize::try_from(length) == Ok(output.len())).then_some(iterations)
        } else if let Some([iterations]) = params(costs, ["i"]) {
            Some(iterations)
        } else {
            decimal(costs)
        };
        Self { digest, iterations: iterations?, salt: salt(salted)?, output }.if_allowed()
    }

    /// Reads what follows `pbkdf2_sha256$`: `1000000$salt$output`, the salt being text.
    pub(super) fn parse_django(digest: Digest, text: &str) -> Option<Self> {
        let [iterations, salt, hashed] = fields(text)?;
        if salt.is_empty() {
            return None;
        }
        let iterations = decimal(iterations)?;
        Self { digest, iterations, salt: salt.into(), output: output(hashed)? }.if_allowed()
    }

    /// Whether `password` is the one.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut computed = Zeroizing::new(vec![0; self.output.len()]);
        match self.digest {
            Digest::Sha1 => pbkdf2_hmac::<Sha1>(password, &self.salt, self.iterations, &mut computed),
            Digest::Sha256 => pbkdf2_hmac::<Sha256>(password, &self.salt, self.iterations, &mut computed),
            Digest::Sha512 => pbkdf2_hmac::<Sha512>(password, &self.salt, self.iterations, &mut computed),
        }
        computed.ct_eq(&self.output).into()
    }

    fn if_allowed(self) -> Option<Self> {
        let block = match self.digest {
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha512 => 64,
        };
        let blocks = u64::try_from(self.output.len().div_ceil(block)).ok()?;
        let work = u64::from(self.iterations) * blocks;
        (1..=MAX_ITERATIONS).contains(&work).then_some(self)
    }
}
