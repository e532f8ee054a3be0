//! Test vectors for whichever kernel computes: those of the reference implementation (its `test.c`), for
//! both versions, one lane and two.

use std::fmt::Write;

use argon2::Algorithm::{Argon2i, Argon2id};
use argon2::Version::{V0x10, V0x13};

use super::{Argon2Cost, Recipe, compute};

/// Digits in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes all");
        hex
    })
}

#[test]
fn the_vectors_of_the_reference_implementation_hold() {
    for (algorithm, version, memory_kib, lanes, expected) in [
        (Argon2i, V0x10, 1 << 16, 1, "f6c4db4a54e2a370627aff3db6176b94a2a209a62c8e36152711802f7b30c694"),
        (Argon2i, V0x10, 1 << 8, 1, "fd4dd83d762c49bdeaf57c47bdcd0c2f1babf863fdeb490df63ede9975fccf06"),
        (Argon2i, V0x10, 1 << 8, 2, "b6c11560a6a9d61eac706b79a2f97d68b4463aa3ad87e00c07e2b01e90c564fb"),
        (Argon2i, V0x13, 1 << 16, 1, "c1628832147d9720c5bd1cfd61367078729f6dfb6f8fea9ff98158e0d7816ed0"),
        (Argon2i, V0x13, 1 << 8, 1, "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f"),
        (Argon2i, V0x13, 1 << 8, 2, "4ff5ce2769a1d7f4c8a491df09d41a9fbe90e5eb02155a13e4c01e20cd4eab61"),
        (Argon2id, V0x13, 1 << 16, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
        (Argon2id, V0x13, 1 << 8, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (Argon2id, V0x13, 1 << 8, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
    ] {
        let recipe = Recipe { algorithm, version, cost: Argon2Cost { memory_kib, passes: 2, lanes } };
        let mut output = [0; 32];
        compute(recipe, b"password", b"somesalt", &mut output).expect("it is allowed");
        assert_eq!(hex(&output), expected, "{recipe:?}");
    }
}
