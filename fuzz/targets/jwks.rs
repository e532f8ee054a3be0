//! Sets of public keys, as an issuer or somebody in its place publishes them.

#![no_main]

use auth_core::{Jwks, PublicKey, SigningAlgorithm};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(set) = Jwks::parse(data) else { return };
    assert!(data.len() <= Jwks::MAX_BYTES && set.iter().count() <= Jwks::MAX_KEYS);
    // Another reader looks into members that the first has skipped, and may find more to complain about.
    if let Ok(read) = serde_json::from_slice::<Value>(data) {
        assert!(set.iter().count() <= read["keys"].as_array().expect("it has a list of keys").len());
    }

    let written = set.to_json();
    assert_eq!(Jwks::parse(written.as_bytes()).as_ref(), Ok(&set), "{written}");
    let written: Value = serde_json::from_str(&written).expect("it is JSON");
    for (key, shown) in set.iter().zip(written["keys"].as_array().expect("a list")) {
        insist_on_a_public_key(key, shown);
    }
});

/// What is shown of a key are its public numbers and nothing else.
fn insist_on_a_public_key(key: &PublicKey, shown: &Value) {
    let members: Vec<_> = shown.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected: &[&str] = match key.algorithm() {
        SigningAlgorithm::EdDsa => &["alg", "crv", "kid", "kty", "use", "x"],
        SigningAlgorithm::Es256 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
        SigningAlgorithm::Rs256 => &["alg", "e", "kid", "kty", "n", "use"],
    };
    let mut members = members;
    members.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!((&shown["kid"], &shown["use"]), (&key.key_id().into(), &"sig".into()));
    assert_eq!(shown["alg"], key.algorithm().as_str());
}
