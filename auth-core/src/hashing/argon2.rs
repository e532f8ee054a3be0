//! Argon2 as PHC strings: hash with Argon2id, verify that and Argon2i, and tell whether a hash is
//! weaker than a new one would be.

use argon2::{Algorithm, Version};
use password_hash::phc::{self, Ident, Output, ParamsString, Salt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::PasswordHash;

use super::kernel::{self, Recipe};

const ARGON2ID: &str = "argon2id";
const ARGON2I: &str = "argon2i";
const VERSION: Version = Version::V0x13;
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// What one Argon2id hash costs (RFC 9106).
///
/// The default is OWASP's: 19 MiB, two passes, one lane.
///
/// ```
/// use auth_core::Argon2Cost;
///
/// let cost = Argon2Cost::default();
/// assert_eq!((cost.memory_kib, cost.passes, cost.lanes), (19_456, 2, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// `m`: memory in KiB; at least 8 for each lane, at most 262,144.
    pub memory_kib: u32,
    /// `t`: passes over the memory; 1 to 64, and memory times passes at most 1,048,576 KiB.
    pub passes: u32,
    /// `p`: lanes; 1 to 16.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

impl Argon2Cost {
    /// Whether a hash of this cost is worth starting: it is well formed, and cheaper than about
    /// thirty hashes of the default cost. A stored hash that asks for more is not obeyed.
    pub(super) fn is_allowed(self) -> bool {
        (1..=16).contains(&self.lanes)
            && (1..=64).contains(&self.passes)
            && (8 * self.lanes..=262_144).contains(&self.memory_kib)
            && self.memory_kib * self.passes <= 1_048_576
    }

    fn is_below(self, other: Self) -> bool {
        self.memory_kib < other.memory_kib || self.passes < other.passes || self.lanes < other.lanes
    }
}

/// Hashes `password`. `None` only where `cost` is not allowed.
pub(super) fn hash(cost: Argon2Cost, salt: &[u8; SALT_BYTES], password: &[u8]) -> Option<PasswordHash> {
    let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
    let recipe = Recipe { algorithm: Algorithm::Argon2id, version: VERSION, cost };
    kernel::compute(recipe, password, salt, &mut *output)?;
    phc(cost, salt, &output)
}

/// The PHC string of a hash made with today's version.
pub(super) fn phc(
    cost: Argon2Cost,
    salt: &[u8; SALT_BYTES],
    output: &[u8; OUTPUT_BYTES],
) -> Option<PasswordHash> {
    let mut params = ParamsString::new();
    params.add_decimal("m", cost.memory_kib).ok()?;
    params.add_decimal("t", cost.passes).ok()?;
    params.add_decimal("p", cost.lanes).ok()?;
    let hash = phc::PasswordHash {
        algorithm: Ident::new(ARGON2ID).ok()?,
        version: Some(VERSION.into()),
        params,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    };
    Some(PasswordHash::new(hash.to_string()))
}

/// A stored hash whose cost may be paid.
pub(super) struct Stored {
    recipe: Recipe,
    salt: Salt,
    output: Output,
}

impl Stored {
    /// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$output`, the parameters in any order. With a `keyid`
    /// or `data` beside them the hash cannot be computed, so it is not read.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parsed = phc::PasswordHash::new(text).ok()?;
        let algorithm = match parsed.algorithm.as_str() {
            ARGON2ID => Algorithm::Argon2id,
            ARGON2I => Algorithm::Argon2i,
            _ => return None,
        };
        let cost = Argon2Cost {
            memory_kib: parsed.params.get_decimal("m")?,
            passes: parsed.params.get_decimal("t")?,
            lanes: parsed.params.get_decimal("p")?,
        };
        if parsed.params.iter().count() != 3 || !cost.is_allowed() {
            return None;
        }
        // A hash without a version was made by the first one.
        let version = Version::try_from(parsed.version.unwrap_or(0x10)).ok()?;
        let recipe = Recipe { algorithm, version, cost };
        Some(Self { recipe, salt: parsed.salt?, output: parsed.hash? })
    }

    /// Whether `password` is the one. `None` only where it cannot be computed.
    pub(super) fn matches(&self, password: &[u8]) -> Option<bool> {
        let mut computed = Zeroizing::new(vec![0; self.output.len()]);
        kernel::compute(self.recipe, password, &self.salt, &mut computed)?;
        Some(computed.ct_eq(self.output.as_bytes()).into())
    }

    /// Whether a new hash of this cost would be stronger.
    pub(super) fn is_weaker_than_new(&self, current: Argon2Cost) -> bool {
        self.recipe.algorithm != Algorithm::Argon2id
            || self.recipe.cost.is_below(current)
            || self.recipe.version != VERSION
            || self.salt.len() < SALT_BYTES
            || self.output.len() < OUTPUT_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::{Kind, Verdict};
    use super::*;

    const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn made_with(cost: Argon2Cost) -> PasswordHash {
        hash(cost, &[1; 16], b"a password").expect("the cost is allowed")
    }

    fn verify(current: Argon2Cost, stored: &PasswordHash, password: &[u8]) -> Verdict {
        Kind::parse(stored.expose()).map_or(Verdict::Unusable, |kind| kind.verify(current, password))
    }

    #[test]
    fn a_hash_verifies_its_password_and_no_other() {
        let stored = made_with(CHEAP);
        assert!(stored.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", stored.expose());
        assert_eq!(verify(CHEAP, &stored, b"a password"), Verdict::Right);
        assert_eq!(verify(CHEAP, &stored, b"another"), Verdict::Wrong);
    }

    #[test]
    fn memory_of_an_earlier_hash_does_not_change_the_next() {
        let before = made_with(CHEAP);
        made_with(Argon2Cost { memory_kib: 64, passes: 3, lanes: 2 });
        assert!(before.same_as(&made_with(CHEAP)));
    }

    /// The third test vector of the reference implementation for version 19, `m = 2^16`.
    #[test]
    fn the_reference_implementation_agrees() {
        let stored = PasswordHash::new(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        );
        assert_eq!(verify(CHEAP, &stored, b"password"), Verdict::RightButWeak);
        assert_eq!(verify(CHEAP, &stored, b"passwore"), Verdict::Wrong);
    }

    #[test]
    fn parameters_may_stand_in_any_order() {
        let text = made_with(CHEAP).expose().replace("m=8,t=1,p=1", "m=8,p=1,t=1");
        assert_eq!(verify(CHEAP, &PasswordHash::new(text), b"a password"), Verdict::Right);
    }

    #[test]
    fn a_hash_is_weak_once_any_parameter_has_risen() {
        let stored = made_with(Argon2Cost { memory_kib: 16, passes: 2, lanes: 2 });
        for (memory_kib, passes, lanes, verdict) in [
            (16, 2, 2, Verdict::Right),
            (16, 1, 1, Verdict::Right),
            (17, 1, 1, Verdict::RightButWeak),
            (16, 3, 1, Verdict::RightButWeak),
            (32, 1, 3, Verdict::RightButWeak),
        ] {
            let current = Argon2Cost { memory_kib, passes, lanes };
            assert_eq!(verify(current, &stored, b"a password"), verdict, "{current:?}");
        }
    }

    #[test]
    fn parameters_beyond_the_cap_are_not_obeyed() {
        let good = made_with(CHEAP);
        for beyond in [
            "m=4294967295,t=1,p=1",
            "m=262145,t=1,p=1",
            "m=8,t=65,p=1",
            "m=262144,t=5,p=1",
            "m=8,t=1,p=17",
            "m=7,t=1,p=1",
            "m=8,t=0,p=1",
            "m=8,t=1,p=0",
            "t=1,p=1",
            "m=8,p=1",
        ] {
            let hostile = PasswordHash::new(good.expose().replace("m=8,t=1,p=1", beyond));
            assert_eq!(verify(CHEAP, &hostile, b"a password"), Verdict::Unusable, "{beyond}");
        }
    }

    #[test]
    fn what_is_not_argon2id_or_argon2i_of_a_known_version_is_unusable() {
        for text in [
            "$argon2d$v=19$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=18$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=19$m=8,t=1,p=1,keyid=AAAA$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=19$m=8,t=1,p=1,data=AAAA$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=19$m=8,t=1,p=1",
        ] {
            assert_eq!(verify(CHEAP, &PasswordHash::new(text), b"a password"), Verdict::Unusable, "{text}");
        }
    }
}
