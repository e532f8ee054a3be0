//! Wycheproof's JOSE vectors: see `tests/data/README.md`.
//!
//! None of them is an access token of ours, because none has our type and our claims. So there are
//! three questions: whether any is taken for one; whether the MAC is computed as they say; and whether
//! their shapes, made of a token that is good, are refused.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{AccessKeys, AccessTokens, Subject};
use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError, OsEntropy};
use crate::id::{SessionId, UserId};
use crate::policy::Policy;
use crate::role::Role;
use crate::token::{Jwks, SigningSecret};

const SIGNATURES: &str = include_str!("../../../tests/data/json_web_signature_test.json");
const KEYS: &str = include_str!("../../../tests/data/json_web_key_test.json");
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct Vector {
    id: u64,
    comment: String,
    /// In compact form; a JSON serialisation is written out as it is.
    jws: String,
    is_valid: bool,
    /// The octet key of the group, where it has one.
    key: Option<Vec<u8>>,
    algorithm: Option<String>,
}

fn vectors(text: &str) -> Vec<Vector> {
    let file: Value = serde_json::from_str(text).expect("the vectors are JSON");
    let mut vectors = Vec::new();
    for group in file["testGroups"].as_array().expect("groups") {
        let key = [&group["private"], &group["public"], &group["private"]["keys"][0]]
            .into_iter()
            .find(|key| key["kty"].is_string())
            .unwrap_or(&Value::Null);
        for test in group["tests"].as_array().expect("tests") {
            let jws = &test["jws"];
            vectors.push(Vector {
                id: test["tcId"].as_u64().expect("an id"),
                comment: test["comment"].as_str().expect("a comment").to_owned(),
                jws: jws.as_str().map_or_else(|| jws.to_string(), str::to_owned),
                is_valid: test["result"] == "valid",
                key: key["k"].as_str().and_then(|k| URL_SAFE_NO_PAD.decode(k).ok()),
                algorithm: key["alg"].as_str().map(str::to_owned),
            });
        }
    }
    vectors
}

fn hs256(text: &str) -> Vec<Vector> {
    vectors(text).into_iter().filter(|vector| vector.algorithm.as_deref() == Some("HS256")).collect()
}

/// A secret of 32 bytes that is not judged: those of the vectors are published, or all zeros.
fn unjudged(key: &[u8]) -> SigningSecret {
    #[derive(Debug)]
    struct Given(Vec<u8>);

    impl Entropy for Given {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.copy_from_slice(&self.0);
            Ok(())
        }
    }

    SigningSecret::random(&Given(key.to_vec())).expect("the bytes are there")
}

fn tokens(secret: SigningSecret) -> AccessTokens {
    AccessTokens::new(&AccessKeys::new().secret(secret), &Policy::default()).expect("a secret")
}

/// Whether the MAC of what stands before the last dot is what stands behind it, by the very keys and
/// the very function that judge an access token.
fn mac_holds(tokens: &AccessTokens, jws: &str) -> bool {
    let Some((message, signature)) = jws.rsplit_once('.') else { return false };
    tokens.keys().checks()[0].holds(message, signature)
}

#[test]
fn no_vector_is_taken_for_an_access_token() {
    let mut seen = 0;
    for vector in vectors(SIGNATURES).into_iter().chain(vectors(KEYS)) {
        let secret = match vector.key.filter(|key| key.len() == SigningSecret::MIN_BYTES) {
            Some(key) => unjudged(&key),
            None => SigningSecret::random(&OsEntropy).expect("randomness"),
        };
        assert!(tokens(secret).verify(&vector.jws, NOW).is_none(), "{}: {}", vector.id, vector.comment);
        seen += 1;
    }
    assert_eq!(seen, 401 + 26);
}

/// Where the vectors call something invalid although its MAC is right, it is for how it is written
/// down, which is asked in the next test; or it is, to the byte, one that they call valid elsewhere.
/// Where they call something valid although its MAC is wrong, they would have a stray character
/// skipped; here nothing is.
#[test]
fn the_mac_is_what_the_vectors_say() {
    const RIGHT_BUT_INVALID: [u64; 8] = [365, 366, 367, 368, 369, 370, 371, 375];
    const WRONG_BUT_VALID: [u64; 2] = [372, 373];
    let vectors = hs256(SIGNATURES);
    assert_eq!(vectors.len(), 40);
    for vector in vectors {
        let tokens = tokens(unjudged(vector.key.as_deref().expect("a key")));
        let expected = (vector.is_valid || RIGHT_BUT_INVALID.contains(&vector.id))
            && !WRONG_BUT_VALID.contains(&vector.id);
        assert_eq!(mac_holds(&tokens, &vector.jws), expected, "{}: {}", vector.id, vector.comment);
    }
}

/// Each invalid vector is a valid one, spoiled. The same is done to a good token: its parts stand where
/// those of the valid one stood, and where only the writing is wrong it is signed anew like that.
#[test]
fn every_invalid_shape_is_refused_of_a_good_token_too() {
    let vectors = hs256(SIGNATURES);
    // The first valid one of each key is the one that the others were made of.
    let mut valid = HashMap::new();
    for vector in vectors.iter().filter(|vector| vector.is_valid) {
        valid.entry(vector.key.clone()).or_insert(vector);
    }
    let mut refused = 0;
    for vector in vectors.iter().filter(|vector| !vector.is_valid) {
        let original = parts(&valid[&vector.key].jws);
        let tokens = tokens(unjudged(vector.key.as_deref().expect("a key")));
        let good = issue(&tokens);
        assert!(tokens.verify(&good, NOW).is_some());
        let spoiled = original
            .iter()
            .zip(parts(&good))
            .fold(vector.jws.clone(), |jws, (theirs, ours)| jws.replace(theirs, ours));
        if spoiled == good {
            // Numbers 367 and 370 are the valid vector itself; padding has a table of its own.
            assert!(vector.comment.contains("Padding"), "{}", vector.comment);
            continue;
        }
        assert!(tokens.verify(&spoiled, NOW).is_none(), "{}: {}", vector.id, vector.comment);
        if let Some((message, _)) = spoiled.rsplit_once('.') {
            let key = EncodingKey::from_secret(vector.key.as_deref().expect("a key"));
            let signature =
                jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("it signs");
            let signed = format!("{message}.{signature}");
            assert!(
                signed == good || tokens.verify(&signed, NOW).is_none(),
                "{}, signed: {}",
                vector.id,
                vector.comment
            );
        }
        refused += 1;
    }
    assert!(refused >= 28, "{refused}");
}

/// Short and empty keys sign nothing here; one that is longer than a block of the hash is as good as
/// another, and makes the MAC that it should.
#[test]
fn keys_are_judged_as_the_vectors_judge_them() {
    let vectors = hs256(KEYS);
    let mut judged = [0; 2];
    for vector in vectors.iter().filter(|vector| vector.comment.contains("key")) {
        let secret = SigningSecret::parse(vector.key.as_deref().expect("a key"));
        assert_eq!(secret.is_ok(), vector.is_valid, "{}: {}", vector.id, vector.comment);
        judged[usize::from(vector.is_valid)] += 1;
        if let Ok(secret) = secret {
            assert!(mac_holds(&tokens(secret), &vector.jws), "{}: {}", vector.id, vector.comment);
        }
    }
    assert_eq!(judged, [2, 1]);
}

fn parts(jws: &str) -> [&str; 3] {
    jws.split('.').collect::<Vec<_>>().try_into().expect("three parts")
}

fn issue(tokens: &AccessTokens) -> String {
    let subject = Subject {
        user_id: UserId::from_bytes([1; 16]),
        session_id: SessionId::from_bytes([2; 16]),
        role: &Role::ADMIN,
        ends_at: Timestamp::MAX,
        token_id: [7; 16],
    };
    tokens.issue(&subject, NOW).expect("it signs").expose().to_owned()
}

/// How many signatures of an algorithm do not hold and do, by the very keys and the very function that judge
/// an access token; and the vectors of which that is not what they say.
fn otherwise_than_said(algorithm: &str) -> ([usize; 2], Vec<u64>) {
    let file: Value = serde_json::from_str(SIGNATURES).expect("the vectors are JSON");
    let mut counts = [0; 2];
    let mut otherwise = Vec::new();
    for group in file["testGroups"].as_array().expect("groups") {
        let set = json!({"keys": [group["public"]]}).to_string();
        let keys = Jwks::parse(set.as_bytes()).expect("it is a set");
        let Some(key) = keys.iter().find(|key| key.algorithm().as_str() == algorithm) else { continue };
        for test in group["tests"].as_array().expect("tests") {
            let jws = test["jws"].as_str().unwrap_or_default();
            let parts = jws.rsplit_once('.');
            let holds = parts.is_some_and(|(message, signature)| key.check().holds(message, signature));
            counts[usize::from(holds)] += 1;
            if holds != (test["result"] == "valid") {
                otherwise.push(test["tcId"].as_u64().expect("an id"));
            }
        }
    }
    (counts, otherwise)
}

#[test]
fn signatures_of_public_keys_are_what_the_vectors_say() {
    assert_eq!(otherwise_than_said("ES256"), ([37, 2], Vec::new()));
    assert_eq!(otherwise_than_said("RS256"), ([225, 8], Vec::new()));
}
