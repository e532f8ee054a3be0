//! Argon2id as PHC strings: hash, verify, and whether the parameters have risen since.

use std::cell::RefCell;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use password_hash::phc::{self, Ident, Output, ParamsString, Salt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::PasswordHash;

const ARGON2ID: &str = "argon2id";
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

    fn params(self, output_bytes: usize) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(output_bytes)).ok()
    }
}

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// The password is right, and its hash is weaker than a new one would be.
    RightButWeak,
    /// The password is wrong.
    Wrong,
    /// There is no hash, or it is malformed, of an unknown kind, or costs more than is allowed;
    /// nothing was computed.
    Unusable,
}

/// Hashes `password`. `None` only where `cost` is not allowed.
pub(super) fn hash(cost: Argon2Cost, salt: &[u8; SALT_BYTES], password: &[u8]) -> Option<PasswordHash> {
    let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
    argon2id(VERSION, cost.params(OUTPUT_BYTES)?, password, salt, &mut *output)?;
    phc(cost, salt, &output)
}

/// Whether `stored` is of this kind, and its parameters may be obeyed.
pub(super) fn recognises(stored: &PasswordHash) -> bool {
    Stored::parse(stored.expose()).is_some()
}

/// Verifies `password` against `stored`; a right one is weak where it costs less than `current`.
pub(super) fn verify(current: Argon2Cost, stored: &PasswordHash, password: &[u8]) -> Verdict {
    let Some(stored) = Stored::parse(stored.expose()) else { return Verdict::Unusable };
    let mut output = Zeroizing::new(vec![0; stored.output.len()]);
    let computed = stored
        .cost
        .params(output.len())
        .and_then(|params| argon2id(stored.version, params, password, &stored.salt, &mut output));
    if computed.is_none() {
        return Verdict::Unusable;
    }
    match bool::from(output.ct_eq(stored.output.as_bytes())) {
        false => Verdict::Wrong,
        true if stored.is_weaker_than_new(current) => Verdict::RightButWeak,
        true => Verdict::Right,
    }
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

/// A stored hash whose parameters may be obeyed.
struct Stored {
    version: Version,
    cost: Argon2Cost,
    salt: Salt,
    output: Output,
}

impl Stored {
    fn parse(text: &str) -> Option<Self> {
        let parsed = phc::PasswordHash::new(text).ok()?;
        if parsed.algorithm.as_str() != ARGON2ID {
            return None;
        }
        let cost = Argon2Cost {
            memory_kib: parsed.params.get_decimal("m")?,
            passes: parsed.params.get_decimal("t")?,
            lanes: parsed.params.get_decimal("p")?,
        };
        // A hash without a version was made by the first one.
        let version = Version::try_from(parsed.version.unwrap_or(0x10)).ok()?;
        cost.is_allowed().then_some(Self { version, cost, salt: parsed.salt?, output: parsed.hash? })
    }

    fn is_weaker_than_new(&self, current: Argon2Cost) -> bool {
        self.cost.is_below(current)
            || self.version != VERSION
            || self.salt.len() < SALT_BYTES
            || self.output.len() < OUTPUT_BYTES
    }
}

thread_local! {
    /// The memory of this thread's last hash: filling it anew costs a tenth of a hash.
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

fn argon2id(version: Version, params: Params, password: &[u8], salt: &[u8], output: &mut [u8]) -> Option<()> {
    let needed = params.block_count();
    BLOCKS.with_borrow_mut(|blocks| {
        if blocks.len() < needed {
            blocks.resize(needed, Block::default());
        }
        Argon2::new(Algorithm::Argon2id, version, params)
            .hash_password_into_with_memory(password, salt, output, &mut blocks[..needed])
            .ok()
    })
}

/// Gives this thread's memory back.
pub(super) fn release_memory() {
    BLOCKS.with_borrow_mut(|blocks| *blocks = Vec::new());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn made_with(cost: Argon2Cost) -> PasswordHash {
        hash(cost, &[1; 16], b"a password").expect("the cost is allowed")
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
    fn other_kinds_and_rubbish_are_unusable() {
        for text in [
            "",
            "$",
            "plain text",
            "$2b$12$abcdefghijklmnopqrstuv",
            "$argon2d$v=19$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=18$m=8,t=1,p=1$AQEBAQEBAQE$AQEBAQEBAQEBAQEBAQEBAQ",
            "$argon2id$v=19$m=8,t=1,p=1",
        ] {
            assert_eq!(verify(CHEAP, &PasswordHash::new(text), b"a password"), Verdict::Unusable, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_stored_text_makes_it_panic(text in "\\$?[ -~]{0,80}") {
            verify(CHEAP, &PasswordHash::new(text), b"a password");
        }

        #[test]
        fn no_mangled_hash_makes_it_panic_or_verifies_another_password(at in 0usize..90, byte in 32u8..127) {
            let mut bytes = made_with(CHEAP).expose().as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            let mangled = PasswordHash::new(String::from_utf8(bytes).expect("ASCII"));
            prop_assert!(!matches!(verify(CHEAP, &mangled, b"another"), Verdict::Right | Verdict::RightButWeak));
        }
    }
}
