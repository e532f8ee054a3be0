//! bcrypt as OpenBSD, PHP, Node and Python write it, and in Django's two wrappings.
//!
//! bcrypt reads the first 72 bytes of a password and no more. A longer one is verified by its
//! first 72 bytes, as it was where the hash was made; from the first login on, all of it counts.
//! A NUL, which others take for the end, never gets here: `Password::parse` refuses it.

use std::ops::RangeInclusive;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use bcrypt::bcrypt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::fields::{decimal, fields};

/// 14 takes a second or so; each step doubles it.
const COSTS: RangeInclusive<u32> = 4..=14;
const READ_BYTES: usize = 72;
const SALT_CHARS: usize = 22;
const OUTPUT_CHARS: usize = 31;
const OUTPUT_BYTES: usize = 23;

/// The last character of a salt has bits to spare, and some makers left them set.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// What was given to bcrypt.
#[derive(Clone, Copy)]
pub(super) enum Input {
    /// The password.
    Password,
    /// Its SHA-256 in hexadecimal: Django's way around the 72 bytes.
    HexOfSha256,
}

/// A stored hash whose cost may be paid.
pub(super) struct Stored {
    input: Input,
    cost: u32,
    salt: [u8; 16],
    output: [u8; OUTPUT_BYTES],
}

impl Stored {
    /// Reads `$2b$12$…`. `$2x$` is the mark of hashes made by a faulty crypt(3); it is not read.
    pub(super) fn parse(text: &str, input: Input) -> Option<Self> {
        let ["", "2a" | "2b" | "2y", cost, rest] = fields(text)? else { return None };
        if cost.len() != 2 {
            return None;
        }
        let cost = decimal(cost.strip_prefix('0').unwrap_or(cost)).filter(|cost| COSTS.contains(cost))?;
        let (salt, output) = rest.split_at_checked(SALT_CHARS)?;
        if output.len() != OUTPUT_CHARS {
            return None;
        }
        Some(Self { input, cost, salt: decode(salt)?, output: decode(output)? })
    }

    /// Whether `password` is the one.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let computed = match self.input {
            Input::Password => self.compute(password),
            Input::HexOfSha256 => self.compute(hex_of_sha256(password).as_bytes()),
        };
        // One byte of bcrypt's output was never stored.
        computed[..OUTPUT_BYTES].ct_eq(&self.output).into()
    }

    fn compute(&self, text: &[u8]) -> Zeroizing<[u8; 24]> {
        let mut key = Zeroizing::new([0; READ_BYTES]);
        let read = text.len().min(READ_BYTES);
        key[..read].copy_from_slice(&text[..read]);
        // The NUL at the end of a C string is hashed with it, where there is room.
        let key = &key[..READ_BYTES.min(read + 1)];
        Zeroizing::new(bcrypt(self.cost, self.salt, key))
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let written = BASE64.decode_slice(text, &mut bytes).ok()?;
    (written == N).then_some(bytes)
}

fn hex_of_sha256(password: &[u8]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = Zeroizing::new(String::with_capacity(64));
    for byte in Sha256::digest(password) {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_bits_that_are_set_do_not_count() {
        // Made by Django; 22 characters of salt, then the output.
        let clean = "$2b$05$syL.AhNrVdutJ0h/pLcB1.RgO2dJquv1EiEPs6wFWJt1H6bjzKedO";
        let set = clean.replace("pLcB1.Rg", "pLcB1/Rg");
        for text in [clean, &set] {
            let stored = Stored::parse(text, Input::Password).expect("it is well formed");
            assert!(stored.matches(b"correct horse battery staple"), "{text}");
            assert!(!stored.matches(b"correct horse battery stable"), "{text}");
        }
    }
}
