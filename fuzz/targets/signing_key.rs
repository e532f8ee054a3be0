//! Private keys, as an operator hands them over: in PEM, in DER, and good ones with bytes replaced.

#![no_main]

use std::sync::OnceLock;

use auth_core::{EntropyError, SigningAlgorithm, SigningKey};
use libfuzzer_sys::fuzz_target;

/// The same bytes each time, so that what is made of them is the same, too.
#[derive(Debug)]
struct Sevens;

impl auth_core::Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(7);
        Ok(())
    }
}

fn good(algorithm: SigningAlgorithm) -> Vec<u8> {
    SigningKey::generate(algorithm, &Sevens).expect("there is randomness").to_pkcs8_der().to_vec()
}

fuzz_target!(|data: &[u8]| {
    static GOOD: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    let [edwards, elliptic] =
        GOOD.get_or_init(|| [good(SigningAlgorithm::EdDsa), good(SigningAlgorithm::Es256)]);
    let Some((kind, rest)) = data.split_first() else { return };
    let read = match kind {
        b'P' => SigningKey::from_pem(rest),
        b'D' => SigningKey::from_pkcs8_der(rest),
        b'1' => SigningKey::from_pkcs8_der(&edited(edwards, rest)),
        b'2' => SigningKey::from_pkcs8_der(&edited(elliptic, rest)),
        _ => return,
    };
    if let Ok(key) = read {
        // Whatever it was, it is the same when it is written and read again.
        let again = SigningKey::from_pem(key.to_pkcs8_pem().as_bytes()).expect("it was good");
        assert_eq!(again.public(), key.public());
        assert!(format!("{key:?}").contains(key.key_id()));
    }
});

/// Each pair of bytes is a place and what stands there instead.
fn edited(der: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut der = der.to_vec();
    for edit in edits.chunks_exact(2) {
        let at = usize::from(edit[0]) % der.len();
        der[at] = edit[1];
    }
    der
}
