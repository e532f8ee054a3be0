use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::entropy::OsEntropy;
use crate::token::SigningSecret;

const CLAIMS: [&str; 9] = ["iss", "aud", "sub", "sid", "jti", "role", "iat", "nbf", "exp"];
const NOW: i64 = 1_800_000_000;
const USER: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";
const SESSION: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e40";

struct Fixture {
    tokens: AccessTokens,
    secret: SigningSecret,
}

fn fixture() -> Fixture {
    let secret = SigningSecret::random(&OsEntropy).expect("randomness");
    let tokens = AccessTokens::new(&keys([&secret]), &Policy::default()).expect("a secret");
    Fixture { tokens, secret }
}

fn keys<const N: usize>(secrets: [&SigningSecret; N]) -> AccessKeys {
    secrets.into_iter().fold(AccessKeys::new(), |keys, secret| keys.secret(secret.clone()))
}

impl Fixture {
    fn header(&self) -> Value {
        json!({"alg": "HS256", "typ": "at+jwt", "kid": self.tokens.keys().signs_with()})
    }

    /// Signs whatever it is given, as a hostile or broken issuer with our key would.
    fn sign(&self, header: &str, claims: impl AsRef<[u8]>) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("it signs");
        format!("{message}.{signature}")
    }

    fn accepts(&self, header: &Value, claims: &Value) -> bool {
        self.verifies(&self.sign(&header.to_string(), claims.to_string()))
    }

    fn verifies(&self, token: &str) -> bool {
        self.tokens.verify(token, at(NOW)).is_some()
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn claims() -> Value {
    json!({
        "iss": "auth-server", "aud": "api", "sub": USER, "sid": SESSION, "jti": "x", "role": "ADMIN",
        "iat": NOW, "nbf": NOW, "exp": NOW + 900,
    })
}

fn with(base: &Value, field: &str, value: Value) -> Value {
    let mut changed = base.clone();
    changed[field] = value;
    changed
}

fn without(base: &Value, field: &str) -> Value {
    let mut changed = base.clone();
    changed.as_object_mut().expect("an object").remove(field);
    changed
}

fn issue(tokens: &AccessTokens, ends_at: Timestamp) -> AccessToken {
    let subject = Subject {
        user_id: USER.parse().expect("a UUID"),
        session_id: SESSION.parse().expect("a UUID"),
        role: &Role::ADMIN,
        ends_at,
        token_id: [7; 16],
    };
    tokens.issue(&subject, at(NOW)).expect("it signs")
}

#[test]
fn an_issued_token_verifies_until_it_expires() {
    let Fixture { tokens, .. } = fixture();
    let token = issue(&tokens, Timestamp::MAX);
    let identity = tokens.verify(token.expose(), at(NOW)).expect("it is good");
    assert_eq!(identity.user_id.to_string(), USER);
    assert_eq!(identity.session_id.to_string(), SESSION);
    assert_eq!(identity.role, Role::ADMIN);
    assert_eq!(identity.expires_at, at(NOW + 900));
    assert!(tokens.verify(token.expose(), at(NOW + 899)).is_some());
    assert!(tokens.verify(token.expose(), at(NOW + 900)).is_none());
}

#[test]
fn a_token_does_not_outlive_its_session() {
    let Fixture { tokens, .. } = fixture();
    let token = issue(&tokens, at(NOW + 60));
    assert!(tokens.verify(token.expose(), at(NOW + 59)).is_some());
    assert!(tokens.verify(token.expose(), at(NOW + 60)).is_none());
}

#[test]
fn the_header_is_three_fields_and_no_more() {
    let fixture = fixture();
    let good = fixture.header();
    assert!(fixture.accepts(&good, &claims()));
    assert!(fixture.accepts(&without(&good, "kid"), &claims()));
    for (field, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS384")),
        ("alg", json!("hs256")),
        ("typ", json!("JWT")),
        ("typ", json!("at+JWT")),
        ("typ", json!("application/at+jwt")),
        ("kid", json!("another")),
        ("kid", json!(7)),
        ("kid", json!(null)),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("zip", json!("DEF")),
        ("jwk", json!({})),
        ("jku", json!("https://example.com")),
        ("x5u", json!("https://example.com")),
        ("x5c", json!([])),
        ("cty", json!("JWT")),
        ("b64", json!(false)),
    ] {
        assert!(!fixture.accepts(&with(&good, field, value.clone()), &claims()), "{field}: {value}");
    }
    for field in ["alg", "typ"] {
        assert!(!fixture.accepts(&without(&good, field), &claims()), "{field}");
    }
    let twice = good.to_string().replacen('{', r#"{"alg":"HS256","#, 1);
    assert!(!fixture.verifies(&fixture.sign(&twice, claims().to_string())));
}

#[test]
fn every_claim_is_required_and_typed() {
    let fixture = fixture();
    let header = fixture.header();
    for field in CLAIMS {
        assert!(!fixture.accepts(&header, &without(&claims(), field)), "without {field}");
        for value in [json!(null), json!([]), json!({}), json!(true), json!("")] {
            assert!(!fixture.accepts(&header, &with(&claims(), field, value.clone())), "{field}: {value}");
        }
    }
    for field in ["iat", "nbf", "exp"] {
        for value in
            [json!("1800000000"), json!(1_800_000_000.5), json!(u64::MAX), json!(i64::MIN), json!(-1)]
        {
            let accepted = fixture.accepts(&header, &with(&claims(), field, value.clone()));
            assert!(!accepted || (field == "nbf" && value.as_i64().is_some()), "{field}: {value}");
        }
    }
    for (field, value) in [
        ("iss", json!("auth-server/")),
        ("aud", json!("API")),
        ("aud", json!(["api"])),
        ("sub", json!("1")),
        ("sid", json!("1")),
        ("role", json!("admin")),
    ] {
        assert!(!fixture.accepts(&header, &with(&claims(), field, value.clone())), "{field}: {value}");
    }
    let twice = claims().to_string().replacen('{', r#"{"role":"USER","#, 1);
    assert!(!fixture.verifies(&fixture.sign(&header.to_string(), &twice)));
}

#[test]
fn times_are_judged_with_five_seconds_of_leeway_ahead_and_none_behind() {
    let fixture = fixture();
    for (iat, nbf, exp, good) in [
        (0, 0, 900, true),
        (5, 5, 905, true),
        (6, 0, 906, false),
        (0, 6, 900, false),
        (-899, -899, 1, true),
        (-900, -900, 0, false),
        (0, 0, 901, false),
        (0, 0, 0, false),
        (1, 1, 1, false),
        (5, 5, 4, false),
    ] {
        let shifted = json!({"iat": NOW + iat, "nbf": NOW + nbf, "exp": NOW + exp});
        let mut claims = claims();
        for field in ["iat", "nbf", "exp"] {
            claims[field] = shifted[field].clone();
        }
        assert_eq!(fixture.accepts(&fixture.header(), &claims), good, "{iat} {nbf} {exp}");
    }
}

#[test]
fn a_token_of_another_key_is_refused_unless_it_is_a_previous_one() {
    let [new, old] = [fixture(), fixture()];
    let token = issue(&old.tokens, Timestamp::MAX);
    assert!(new.tokens.verify(token.expose(), at(NOW)).is_none());
    let both = AccessTokens::new(&keys([&new.secret, &old.secret]), &Policy::default()).expect("secrets");
    assert!(both.verify(token.expose(), at(NOW)).is_some());
}

#[test]
fn an_unsigned_or_mangled_token_is_refused() {
    let fixture = fixture();
    let token = issue(&fixture.tokens, Timestamp::MAX);
    let token = token.expose();
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    for mangled in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!("{message}."),
        format!("{message}.{signature}="),
        format!("{message}.{signature}."),
        format!("{message}.{signature}.x"),
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
    ] {
        assert!(!fixture.verifies(&mangled), "{mangled:?}");
    }
    for at in 0..token.len() {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(!fixture.verifies(&String::from_utf8(bytes).expect("ASCII")), "{at}");
    }
}

#[test]
fn a_token_beyond_eight_kibibytes_is_refused_unread() {
    let fixture = fixture();
    let padded = |n: usize| with(&claims(), "pad", json!("x".repeat(n)));
    assert!(fixture.accepts(&fixture.header(), &padded(1_000)));
    assert!(!fixture.accepts(&fixture.header(), &padded(8_000)));
}

/// The reader of JSON skips claims that it does not know, whatever bytes they are.
#[test]
fn claims_that_are_not_utf_8_are_refused_wherever_they_are_not() {
    let fixture = fixture();
    let claims = with(&claims(), "x", json!("MARK")).to_string();
    for (bytes, good) in
        [(&b"\xc3\xa4"[..], true), (b"\xff", false), (b"\xe2\x82", false), (b"\xed\xa0\x80", false)]
    {
        let (before, behind) = claims.split_once("MARK").expect("the mark is there");
        let bytes = [before.as_bytes(), bytes, behind.as_bytes()].concat();
        let token = fixture.sign(&fixture.header().to_string(), bytes);
        assert_eq!(fixture.verifies(&token), good, "{token}");
    }
}

proptest! {
    #[test]
    fn verifying_never_panics(text in any::<String>(), parts in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        let fixture = fixture();
        prop_assert!(!fixture.verifies(&text));
        prop_assert!(!fixture.verifies(&parts));
    }

    #[test]
    fn signed_rubbish_is_refused(header in any::<String>(), claims in any::<String>()) {
        let fixture = fixture();
        prop_assert!(!fixture.verifies(&fixture.sign(&header, &claims)));
    }
}
