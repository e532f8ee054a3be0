//! Signatures: none, spoiled, of another key, of another algorithm, of another token.

use auth_conformance::contract::Settings;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::jwt::{Hash, Jwt, SECRET, encoded, hexadecimal, parts, sealed};
use crate::world::People;

use super::Token;

/// What a server that knows RSA would have published.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf\n\
    9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==\n\
    -----END PUBLIC KEY-----\n";

pub(super) fn tokens(people: &People, good: &Jwt) -> Vec<Token> {
    [
        unsigned(people, good),
        other_algorithms(good),
        spoiled(people),
        other_keys(people, good),
        swapped(people),
    ]
    .concat()
}

/// Every spelling of "no algorithm", with every signature that might then do.
fn unsigned(people: &People, good: &Jwt) -> Vec<Token> {
    let [_, _, signature] = parts(&people.admin.access);
    let mut tokens = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "noNe", " none", "none\0", "", "null"] {
        let token = good.with_header("alg", alg);
        let message = token.message();
        for (how, token) in [
            ("no signature", format!("{message}.")),
            ("no third part", message.clone()),
            ("the old signature", format!("{message}.{signature}")),
            ("a right MAC", token.signed()),
            ("the MAC of an empty key", token.signed_with(b"")),
        ] {
            tokens.push((format!("alg {alg:?} with {how}"), token));
        }
    }
    tokens
}

/// Algorithms that are not ours, each with what a confused server might verify it by.
fn other_algorithms(good: &Jwt) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (alg, hash) in [("HS384", Hash::Sha384), ("HS512", Hash::Sha512)] {
        let token = good.with_header("alg", alg);
        tokens.push((format!("{alg}, and so it is"), sealed(&token.message(), SECRET, hash)));
        tokens.push((format!("{alg}, but HS256 it is"), token.signed()));
        tokens.push((format!("HS256, but {alg} it is"), sealed(&good.message(), SECRET, hash)));
    }
    for alg in [
        "RS256",
        "RS512",
        "PS256",
        "ES256",
        "ES256K",
        "ES512",
        "EdDSA",
        "Ed25519",
        "A128KW",
        "dir",
        "RSA1_5",
        "PBES2-HS256+A128KW",
    ] {
        let token = good.with_header("alg", alg);
        tokens.push((format!("{alg} with a MAC of a public key"), token.signed_with(PUBLIC_KEY.as_bytes())));
        tokens.push((format!("{alg} with our MAC"), token.signed()));
    }
    for alg in [
        "hs256",
        "Hs256",
        "HS-256",
        "HS256 ",
        " HS256",
        "HS256\0",
        "HMACSHA256",
        "HS256,none",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    ] {
        tokens.push((format!("alg {alg:?}"), good.with_header("alg", alg).signed()));
    }
    tokens.push(("a MAC of a public key".to_owned(), good.signed_with(PUBLIC_KEY.as_bytes())));
    tokens.push((
        "a MAC of a public key without its line end".to_owned(),
        good.signed_with(PUBLIC_KEY.trim_end().as_bytes()),
    ));
    // CVE-2022-21449: an ECDSA signature of zeros.
    let message = good.with_header("alg", "ES256").message();
    tokens.push(("ES256 with a signature of zeros".to_owned(), format!("{message}.{}", encoded([0; 64]))));
    tokens.push(("a MAC of zeros".to_owned(), format!("{}.{}", good.message(), encoded([0; 32]))));
    tokens
}

/// The good token with a bit turned here and there, or with a part that is longer or shorter.
fn spoiled(people: &People) -> Vec<Token> {
    let good = &people.admin.access;
    let [header, claims, signature] = parts(good);
    let mut tokens = Vec::new();
    for (part, starts) in
        [("header", 0), ("claims", header.len() + 1), ("signature", header.len() + claims.len() + 2)]
    {
        let length = parts(good)
            [["header", "claims", "signature"].iter().position(|name| *name == part).unwrap()]
        .len();
        for eighth in 0..8 {
            let at = starts + length * eighth / 8;
            tokens.push((format!("character {eighth}/8 of the {part} is another"), turned(good, at)));
        }
        tokens.push((
            format!("the last character of the {part} is another"),
            turned(good, starts + length - 1),
        ));
    }
    for kept in [0, 1, 2, 21, 41, 42] {
        tokens.push((
            format!("{kept} characters of the signature"),
            format!("{header}.{claims}.{}", &signature[..kept]),
        ));
    }
    for cut in [1, 22, 33] {
        tokens.push((
            format!("the signature from character {cut} on"),
            format!("{header}.{claims}.{}", &signature[cut..]),
        ));
    }
    for tail in ["A", "AA", "AAA", "AAAA", "_", signature] {
        tokens.push((format!("{} characters too many", tail.len()), format!("{good}{tail}")));
    }
    let reversed: String = signature.chars().rev().collect();
    let mirrored: String = signature
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    tokens.push(("the signature backwards".to_owned(), format!("{header}.{claims}.{reversed}")));
    tokens.push((
        "the signature's letters in the other case".to_owned(),
        format!("{header}.{claims}.{mirrored}"),
    ));
    tokens.push((
        "the signature in hexadecimal".to_owned(),
        format!("{header}.{claims}.{}", hexadecimal(&URL_SAFE_NO_PAD.decode(signature).unwrap())),
    ));
    tokens
}

/// Keys that people have signed with by mistake, or could guess.
fn other_keys(people: &People, good: &Jwt) -> Vec<Token> {
    let text = Settings::ACCESS_SECRET;
    let kid =
        serde_json::from_str::<serde_json::Value>(&good.header).unwrap()["kid"].as_str().unwrap().to_owned();
    let keys: Vec<(&str, Vec<u8>)> = vec![
        // As good as any number of zero bytes: a MAC fills its key up with those.
        ("no bytes", Vec::new()),
        ("\"secret\"", b"secret".to_vec()),
        ("\"your-256-bit-secret\"", b"your-256-bit-secret".to_vec()),
        ("\"undefined\"", b"undefined".to_vec()),
        ("\"null\"", b"null".to_vec()),
        ("the refresh secret", Settings::REFRESH_SECRET.into()),
        ("the secret without its last byte", text.as_bytes()[..31].to_vec()),
        ("the secret and a line end", format!("{text}\n").into()),
        ("the secret and a space", format!("{text} ").into()),
        ("the secret in lower case", text.to_lowercase().into()),
        ("the secret backwards", text.bytes().rev().collect()),
        ("the secret twice", text.repeat(2).into()),
        ("the secret in base64", STANDARD.encode(text).into()),
        ("the secret out of base64", STANDARD.decode(text).unwrap()),
        ("the SHA-256 of the secret", Sha256::digest(text).to_vec()),
        ("the key id", kid.into()),
        ("the issuer", b"auth-server".to_vec()),
        ("the audience", b"api".to_vec()),
        ("the user id", people.admin.user_id.clone().into()),
        ("the refresh token", people.admin.refresh.clone().into()),
        ("the header", good.header.clone().into()),
    ];
    let mut tokens: Vec<_> =
        keys.iter().map(|(key, bytes)| (format!("signed with {key}"), good.signed_with(bytes))).collect();
    // An attacker with an account, who writes what they would like to be.
    let eve = Jwt::parse(&people.eve.access).with_claim("role", "ADMIN");
    let escalated = keys
        .iter()
        .take(8)
        .map(|(key, bytes)| (format!("the user as admin, signed with {key}"), eve.signed_with(bytes)));
    tokens.extend(escalated);
    tokens
}

/// Parts of two good tokens, put together.
fn swapped(people: &People) -> Vec<Token> {
    let [header, claims, signature] = parts(&people.admin.access);
    let [_, other_claims, other_signature] = parts(&people.eve.access);
    let promoted = Jwt::parse(&people.eve.access).with_claim("role", "ADMIN").message();
    vec![
        (
            "the admin's claims, the user's signature".to_owned(),
            format!("{header}.{claims}.{other_signature}"),
        ),
        (
            "the user's claims, the admin's signature".to_owned(),
            format!("{header}.{other_claims}.{signature}"),
        ),
        ("the user as admin, with the user's signature".to_owned(), format!("{promoted}.{other_signature}")),
        ("the user as admin, with the admin's signature".to_owned(), format!("{promoted}.{signature}")),
        ("claims before the header".to_owned(), format!("{claims}.{header}.{signature}")),
        ("the signature first".to_owned(), format!("{signature}.{header}.{claims}")),
        ("the header as claims".to_owned(), format!("{header}.{header}.{signature}")),
    ]
}

/// With another character at this place, whose bits all differ where they count.
fn turned(token: &str, at: usize) -> String {
    let mut bytes = token.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'Q' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}
