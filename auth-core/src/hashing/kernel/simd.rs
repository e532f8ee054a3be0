//! The kernel of `argon2-rust`: AVX-512, AVX2, SSE2 or NEON, whichever the processor has.
//!
//! It maps a thread's memory itself, in huge pages where the system grants them, and wipes it after
//! each hash.

use std::cell::RefCell;

use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Algorithm, Argon2, Hasher, Params, Version};

use super::Recipe;

thread_local! {
    /// It gets its memory with the first hash, and more with a larger one.
    static HASHER: RefCell<Hasher> =
        RefCell::new(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT).hasher());
}

/// Fills `output`. `None` where the recipe, the salt or the output's length is not allowed, and where the
/// system has no memory.
pub(in super::super) fn compute(
    recipe: Recipe,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
) -> Option<()> {
    let argon2 = argon2(recipe, output.len())?;
    if !recipe.is_kept() {
        return argon2.hash_into(password, salt, output).ok();
    }
    HASHER.with_borrow_mut(|hasher| {
        hasher.set_argon2(argon2);
        hasher.hash_into(password, salt, output).ok()
    })
}

fn argon2(recipe: Recipe, output_bytes: usize) -> Option<Argon2> {
    let algorithm = match recipe.algorithm {
        argon2::Algorithm::Argon2d => Algorithm::Argon2d,
        argon2::Algorithm::Argon2i => Algorithm::Argon2i,
        argon2::Algorithm::Argon2id => Algorithm::Argon2id,
    };
    let version = match recipe.version {
        argon2::Version::V0x10 => Version::V0x10,
        argon2::Version::V0x13 => Version::V0x13,
    };
    let params = Params::builder()
        .memory(Memory::kib(recipe.cost.memory_kib.into()))
        .passes(recipe.cost.passes)
        .lanes(recipe.cost.lanes)
        .threads(1)
        .tag_len(TagLen::bytes(output_bytes as u64))
        .build();
    Some(Argon2::new(algorithm, version, params.ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::{Argon2Cost, KEPT_KIB};
    use super::*;

    fn hash(memory_kib: u32) {
        let cost = Argon2Cost { memory_kib, passes: 1, lanes: 1 };
        let recipe = Recipe { algorithm: argon2::Algorithm::Argon2id, version: argon2::Version::V0x13, cost };
        compute(recipe, b"a password", b"some salt", &mut [0; 32]).expect("it is allowed");
    }

    fn kept_kib() -> usize {
        HASHER.with_borrow(Hasher::reserved_blocks)
    }

    #[test]
    fn a_thread_keeps_the_memory_of_its_largest_hash_but_not_of_an_unusual_one() {
        // A test has a thread of its own.
        assert_eq!(kept_kib(), 0);
        hash(64);
        assert_eq!(kept_kib(), 64);
        hash(16);
        assert_eq!(kept_kib(), 64);
        hash(128);
        assert_eq!(kept_kib(), 128);
        hash(KEPT_KIB + 1);
        assert_eq!(kept_kib(), 128);
    }

    /// RFC 9106, section 5: with a secret and associated data, which no stored hash of ours has.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let params = Params::builder().memory(Memory::kib(32)).passes(3).lanes(4).build();
        let params = params.expect("it is allowed");
        for (algorithm, tag) in [
            (Algorithm::Argon2d, "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb"),
            (Algorithm::Argon2i, "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8"),
            (Algorithm::Argon2id, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"),
        ] {
            let mut hasher = Argon2::new(algorithm, Version::V0x13, params).hasher();
            let output = hasher.hash_with_ad(&[1; 32], &[2; 16], &[3; 8], &[4; 12]);
            let output = output.expect("it can be computed");
            assert_eq!(super::super::vectors::hex(&output), tag, "{algorithm:?}");
        }
    }
}
