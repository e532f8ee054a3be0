use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::entropy::OsEntropy;
use crate::token::{AccessKeys, SigningAlgorithm, SigningKey, SigningSecret};

/// RFC 8037, appendix A.2.
const EDWARDS: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
/// RFC 7515, appendix A.3.1.
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// RFC 7638 §3.1.
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

fn edwards() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": EDWARDS, "kid": "a", "alg": "EdDSA", "use": "sig"})
}

fn elliptic() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "b", "alg": "ES256", "use": "sig"})
}

fn rsa() -> Value {
    json!({"kty": "RSA", "n": N, "e": "AQAB", "kid": "c", "alg": "RS256", "use": "sig"})
}

fn parse(keys: &Value) -> Jwks {
    Jwks::parse(json!({"keys": keys}).to_string().as_bytes()).expect("it is a set")
}

/// How many of one key, changed like this, are usable.
fn usable_with(key: &Value, member: &str, value: Value) -> usize {
    let mut key = key.clone();
    key[member] = value;
    parse(&json!([key])).iter().count()
}

fn usable_without(key: &Value, member: &str) -> usize {
    let mut key = key.clone();
    key.as_object_mut().expect("an object").remove(member);
    parse(&json!([key])).iter().count()
}

#[test]
fn a_set_is_written_as_it_is_read() {
    let keys = json!([edwards(), elliptic(), rsa()]);
    let set = parse(&keys);
    let algorithms: Vec<_> = set.iter().map(PublicKey::algorithm).collect();
    assert_eq!(algorithms, SigningAlgorithm::ALL);
    let written: Value = serde_json::from_str(&set.to_json()).expect("it is JSON");
    assert_eq!(written, json!({"keys": keys}));
    assert_eq!(Jwks::default().to_json(), r#"{"keys":[]}"#);
    assert_eq!(
        parse(&json!([edwards()])).to_json(),
        format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{EDWARDS}","kid":"a","alg":"EdDSA","use":"sig"}}]}}"#
        )
    );
}

#[test]
fn a_set_holds_the_public_half_of_keys_and_no_secret() {
    let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy).expect("randomness");
    let other = SigningKey::generate(SigningAlgorithm::Es256, &OsEntropy).expect("randomness");
    let secret = SigningSecret::random(&OsEntropy).expect("randomness");
    let keys = AccessKeys::new()
        .secret(secret)
        .signing_key(key.clone())
        .verifying_key(other.public().clone())
        .verifying_key(key.public().clone());
    let set = keys.jwks();
    assert_eq!(set.iter().map(PublicKey::key_id).collect::<Vec<_>>(), [key.key_id(), other.key_id()]);
    let written: Value = serde_json::from_str(&set.to_json()).expect("it is JSON");
    for key in written["keys"].as_array().expect("a list") {
        assert!(key["kty"] != "oct");
        assert!(PRIVATE.iter().all(|member| key.get(member).is_none()), "{key}");
    }
}

#[test]
fn what_is_no_set_or_too_large_is_refused() {
    let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(Jwks::MAX_BYTES));
    let many = json!({"keys": vec![json!(null); Jwks::MAX_KEYS + 1]}).to_string();
    let deep = format!(r#"{{"keys":[{}{}]}}"#, "[".repeat(10_000), "]".repeat(10_000));
    for (text, flaw) in [
        ("", JwksFlaw::Malformed),
        ("[]", JwksFlaw::Malformed),
        ("[[]]", JwksFlaw::Malformed),
        ("{}", JwksFlaw::Malformed),
        (r#"{"keys":{}}"#, JwksFlaw::Malformed),
        (r#"{"keys":[],"keys":[]}"#, JwksFlaw::Malformed),
        (r#"{"keys":[]} x"#, JwksFlaw::Malformed),
        (&deep, JwksFlaw::Malformed),
        (&long, JwksFlaw::TooLong),
        (&many, JwksFlaw::TooMany),
    ] {
        assert_eq!(Jwks::parse(text.as_bytes()), Err(flaw), "{}", &text[..text.len().min(80)]);
    }
    assert!(Jwks::parse(br#"{"keys":[],"more":1}"#).expect("it is a set").is_empty());
}

#[test]
fn keys_that_cannot_be_used_are_left_out_and_the_others_stay() {
    let others = json!([
        null, 7, "x", [], {},
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "alg": "HS256"},
        {"kty": "OKP", "crv": "Ed448", "x": EDWARDS},
        {"kty": "OKP", "crv": "X25519", "x": EDWARDS},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "EC", "crv": "P-384", "x": X, "y": Y},
        {"kty": "EC", "crv": "secp256k1", "x": X, "y": Y},
        {"kty": "EC", "crv": "P-256", "x": X},
        {"kty": "EC", "crv": "P-256", "x": X, "y": X},
        {"kty": "RSA", "n": N},
        {"kty": "okp", "crv": "Ed25519", "x": EDWARDS},
        edwards(),
    ]);
    let set = parse(&others);
    assert_eq!(set.iter().map(PublicKey::key_id).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn each_member_is_judged() {
    for key in [edwards(), elliptic(), rsa()] {
        for (member, value) in [
            ("use", json!("enc")),
            ("use", json!(null)),
            ("alg", json!("HS256")),
            ("alg", json!("RS512")),
            ("alg", json!("none")),
            ("alg", json!(null)),
            ("kty", json!(null)),
            ("kid", json!(7)),
            ("kid", json!(null)),
            ("kid", json!("x".repeat(MAX_KEY_ID + 1))),
            ("key_ops", json!(["encrypt"])),
            ("key_ops", json!([])),
            ("key_ops", json!("verify")),
            ("d", json!(EDWARDS)),
            ("k", json!(null)),
            ("qi", json!("AQ")),
        ] {
            assert_eq!(usable_with(&key, member, value.clone()), 0, "{member} {value} of {key}");
        }
        assert_eq!(usable_with(&key, "key_ops", json!(["sign", "verify"])), 1);
        assert_eq!(usable_with(&key, "x5t", json!("whatever")), 1);
        for member in ["use", "alg", "kid"] {
            assert_eq!(usable_without(&key, member), 1, "{member} of {key}");
        }
    }
    for (key, member) in [(edwards(), "x"), (elliptic(), "x"), (elliptic(), "y"), (rsa(), "n"), (rsa(), "e")]
    {
        let good = key[member].as_str().expect("text");
        for bad in
            [format!("{good}="), format!(" {good}"), good[1..].to_owned(), format!("AA{good}"), String::new()]
        {
            assert_eq!(usable_with(&key, member, json!(bad)), 0, "{member} {bad:?}");
        }
    }
}

#[test]
fn a_key_without_an_id_gets_its_thumbprint() {
    let mut key = rsa();
    key.as_object_mut().expect("an object").remove("kid");
    let set = parse(&json!([key]));
    assert!(set.contains("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
}

#[test]
fn a_key_that_is_there_twice_counts_once_and_two_of_one_id_both_count() {
    let mut namesake = elliptic();
    namesake["kid"] = json!("a");
    assert_eq!(parse(&json!([edwards(), edwards(), namesake])).iter().count(), 2);
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in any::<String>(), number: i64) {
        let _verdict = Jwks::parse(&bytes);
        for value in [json!(text), json!(number), json!([text]), json!({text.clone(): number})] {
            for (key, member) in [(edwards(), "x"), (elliptic(), "y"), (rsa(), "n"), (rsa(), "e"), (rsa(), "kty"), (rsa(), "kid")] {
                usable_with(&key, member, value.clone());
            }
        }
    }
}
