//! Tests that the two kernels compute the same, and so that a stored hash does not know which one made it.

use argon2::{Algorithm, Version};
use password_hash::phc;
use proptest::prelude::*;

use super::super::argon2::{self as stored, Stored};
use super::{Argon2Cost, Recipe, portable, simd};

/// What is cheap to compute, over all that is allowed otherwise.
fn costs() -> impl Strategy<Value = Argon2Cost> {
    (1..=16_u32, 0..=256_u32, 1..=4_u32).prop_map(|(lanes, more, passes)| Argon2Cost {
        memory_kib: 8 * lanes + more,
        passes,
        lanes,
    })
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let algorithms = prop::sample::select(vec![Algorithm::Argon2i, Algorithm::Argon2id]);
    let versions = prop::sample::select(vec![Version::V0x10, Version::V0x13]);
    (algorithms, versions, costs()).prop_map(|(algorithm, version, cost)| Recipe { algorithm, version, cost })
}

fn bytes(length: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), length)
}

proptest! {
    #[test]
    fn they_compute_the_same(
        recipe in recipes(),
        password in bytes(0..=512),
        salt in bytes(0..=64),
        output_bytes in 0..=128_usize,
    ) {
        let (mut ours, mut theirs) = (vec![0; output_bytes], vec![0; output_bytes]);
        let computed = portable::compute(recipe, &password, &salt, &mut ours);
        prop_assert_eq!(simd::compute(recipe, &password, &salt, &mut theirs), computed);
        prop_assert_eq!(theirs, ours);
    }

    #[test]
    fn a_hash_made_by_one_verifies_with_the_other(
        cost in costs(),
        password in bytes(0..=64),
        salt in any::<[u8; 16]>(),
    ) {
        let recipe = Recipe { algorithm: Algorithm::Argon2id, version: Version::V0x13, cost };
        let mut output = [0; 32];
        portable::compute(recipe, &password, &salt, &mut output).expect("it is allowed");

        let made = stored::phc(cost, &salt, &output).expect("it is well formed");
        let read = Stored::parse(made.expose()).expect("it is well formed");
        prop_assert_eq!(read.matches(&password), Some(true));
        prop_assert_eq!(read.matches(b"another password"), Some(false));

        let made = stored::hash(cost, &salt, &password).expect("it is allowed");
        let read = phc::PasswordHash::new(made.expose()).expect("it is well formed");
        prop_assert_eq!(read.hash, Some(phc::Output::new(&output).expect("it is long enough")));
    }
}
