//! How a token is written down: base64, dots, white space, size, other containers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::jwt::{Hash, Jwt, SECRET, encoded, parts, sealed};
use crate::world::People;

use super::Token;

pub(super) fn tokens(people: &People, good: &Jwt) -> Vec<Token> {
    [
        alphabets(good),
        paddings(people, good),
        stray_bits(people, good),
        not_utf8(good),
        dots(people),
        wrapped(people),
        containers(people),
        sizes(good),
    ]
    .concat()
}

/// The other alphabet of base64, in a token whose parts have a letter that tells the two apart.
fn alphabets(good: &Jwt) -> Vec<Token> {
    let tells = |part: &str| part.contains(['-', '_']);
    let token = (0..10_000)
        .map(|n| good.with_claim("jti", format!("\u{ff}\u{fe}{n}")).signed())
        .find(|token| tells(parts(token)[1]) && tells(parts(token)[2]))
        .unwrap();
    let standard = |part: &str| part.replace('-', "+").replace('_', "/");
    let [header, claims, signature] = parts(&token);
    vec![
        ("all of it in the other alphabet".to_owned(), standard(&token)),
        ("the claims in the other alphabet".to_owned(), format!("{header}.{}.{signature}", standard(claims))),
        (
            "the signature in the other alphabet".to_owned(),
            format!("{header}.{claims}.{}", standard(signature)),
        ),
        (
            "the claims in the other alphabet, signed so".to_owned(),
            sealed(&format!("{header}.{}", standard(claims)), SECRET, Hash::Sha256),
        ),
    ]
}

fn paddings(people: &People, good: &Jwt) -> Vec<Token> {
    let [header, claims, signature] = parts(&people.admin.access);
    let mut tokens = Vec::new();
    for padding in ["=", "==", "%3D", "===="] {
        for (what, token) in [
            ("header", format!("{header}{padding}.{claims}.{signature}")),
            ("claims", format!("{header}.{claims}{padding}.{signature}")),
            ("signature", format!("{header}.{claims}.{signature}{padding}")),
        ] {
            tokens.push((format!("{padding} behind the {what}"), token));
        }
    }
    // Padded as RFC 4648 would have it, and signed like that.
    for n in 0..3 {
        let longer = good.with_claim("jti", "x".repeat(20 + n));
        let [header, claims] = [&longer.header, &longer.claims]
            .map(|text| STANDARD.encode(text).replace('+', "-").replace('/', "_"));
        if header.contains('=') || claims.contains('=') {
            tokens.push((
                format!("padded and signed so, {n}"),
                sealed(&format!("{header}.{claims}"), SECRET, Hash::Sha256),
            ));
        }
    }
    tokens
}

/// Bits behind the last whole byte that are not zero: another text for the same bytes.
fn stray_bits(people: &People, good: &Jwt) -> Vec<Token> {
    let [header, claims, signature] = parts(&people.admin.access);
    let mut tokens = Vec::new();
    for bits in 1..4 {
        let strayed = stray(signature, bits).expect("32 bytes leave two bits");
        tokens.push((format!("stray bits {bits} in the signature"), format!("{header}.{claims}.{strayed}")));
    }
    for n in 0..3 {
        let longer = good.with_claim("jti", "y".repeat(20 + n));
        let (header, claims) = (encoded(&longer.header), encoded(&longer.claims));
        for bits in [1, 2, 3, 5, 15] {
            if let Some(strayed) = stray(&claims, bits) {
                let message = format!("{header}.{strayed}");
                tokens.push((
                    format!("stray bits {bits} in the claims, signed so, {n}"),
                    sealed(&message, SECRET, Hash::Sha256),
                ));
            }
        }
    }
    for spaces in 0..3 {
        let header = encoded(good.header.replacen('{', &format!("{{{}", " ".repeat(spaces)), 1));
        for bits in [1, 3, 7] {
            if let Some(strayed) = stray(&header, bits) {
                let message = format!("{strayed}.{claims}");
                tokens.push((
                    format!("stray bits {bits} in the header, signed so, {spaces}"),
                    sealed(&message, SECRET, Hash::Sha256),
                ));
            }
        }
    }
    tokens
}

/// `part` with these bits set in its last character, if they mean nothing there.
fn stray(part: &str, bits: usize) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let meaningless = match part.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => 0,
    };
    let (last, rest) = part.as_bytes().split_last()?;
    let value = ALPHABET.iter().position(|letter| letter == last)?;
    (bits <= meaningless)
        .then(|| format!("{}{}", str::from_utf8(rest).unwrap(), char::from(ALPHABET[value | bits])))
}

/// Bytes that are no text, in JSON that is good otherwise.
fn not_utf8(good: &Jwt) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (what, bytes) in [
        ("a lone byte", &b"\xff"[..]),
        ("a cut character", b"\xe2\x82"),
        ("an overlong slash", b"\xc0\xaf"),
        ("a surrogate", b"\xed\xa0\x80"),
    ] {
        for claim in ["jti", "sub", "x"] {
            let base = good.with_claim(claim, "MARK").claims;
            let (before, behind) = base.split_once("MARK").unwrap();
            let claims = [before.as_bytes(), bytes, behind.as_bytes()].concat();
            let message = format!("{}.{}", encoded(&good.header), encoded(claims));
            tokens.push((format!("{what} in the claim {claim}"), sealed(&message, SECRET, Hash::Sha256)));
        }
        let (before, behind) = good.header.split_once("at+jwt").unwrap();
        let header = [before.as_bytes(), b"at+jwt", bytes, behind.as_bytes()].concat();
        let message = format!("{}.{}", encoded(header), encoded(&good.claims));
        tokens.push((format!("{what} in the header"), sealed(&message, SECRET, Hash::Sha256)));
    }
    tokens
}

fn dots(people: &People) -> Vec<Token> {
    let [h, c, s] = parts(&people.admin.access);
    let shapes = [
        h.to_owned(),
        c.to_owned(),
        s.to_owned(),
        format!("{h}.{c}"),
        format!("{c}.{s}"),
        format!("{h}.{s}"),
        format!("{h}{c}.{s}"),
        format!("{h}{c}{s}"),
        format!("{h}.{c}.{s}."),
        format!(".{h}.{c}.{s}"),
        format!("{h}..{c}.{s}"),
        format!("{h}.{c}..{s}"),
        format!("{h}..{s}"),
        format!(".{c}.{s}"),
        format!("..{s}"),
        format!(".{c}."),
        format!("{h}.."),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "....".to_owned(),
        format!("{h}.{c}.{s}.{s}"),
        format!("{h}.{c}.{s}.{h}.{c}.{s}"),
        format!("{h},{c},{s}"),
        format!("{h}:{c}:{s}"),
        format!("{h}%2E{c}%2E{s}"),
        format!("{h}\t.{c}.{s}"),
        format!("{h}. {c}.{s}"),
        format!("{h}.{c} .{s}"),
        format!("{h}.{c}. {s}"),
        format!("{} {}.{c}.{s}", &h[..9], &h[9..]),
        format!("{h}.{c}.{} {}", &s[..9], &s[9..]),
        format!("{h}.{c}.{}\t{}", &s[..9], &s[9..]),
    ];
    shapes
        .into_iter()
        .map(|token| {
            let shown = token.replace(h, "H").replace(c, "C").replace(s, "S");
            (format!("the shape {}", shown.chars().take(60).collect::<String>()), token)
        })
        .collect()
}

/// A good token in something that would have to be taken off.
fn wrapped(people: &People) -> Vec<Token> {
    let token = &people.admin.access;
    let mut tokens = Vec::new();
    for (before, behind) in [
        ("\"", "\""),
        ("'", "'"),
        ("<", ">"),
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("Bearer ", ""),
        ("token=", ""),
        ("token=\"", "\""),
        ("", ";"),
        ("", ","),
        ("", ", Bearer x"),
        ("x, ", ""),
        ("", " x"),
        ("", "#"),
        ("", "?"),
        ("", "&"),
        ("", "%00"),
        ("", "%20"),
        ("", "\\n"),
        ("+", ""),
        ("-", ""),
        ("jwt:", ""),
    ] {
        tokens.push((format!("{before}<token>{behind}"), format!("{before}{token}{behind}")));
    }
    tokens.push(("base64 of the token".to_owned(), encoded(token)));
    tokens.push(("the token in upper case".to_owned(), token.to_uppercase()));
    tokens.push(("the token backwards".to_owned(), token.chars().rev().collect()));
    tokens.push(("two tokens with a comma".to_owned(), format!("{token},{}", people.eve.access)));
    tokens
}

/// Other things that JOSE knows, and words that programs send by mistake.
fn containers(people: &People) -> Vec<Token> {
    let [header, claims, signature] = parts(&people.admin.access);
    let flattened = json!({"protected": header, "payload": claims, "signature": signature});
    let general = json!({"payload": claims, "signatures": [{"protected": header, "signature": signature}]});
    let unprotected = json!({"header": {"alg": "none"}, "payload": claims, "signature": ""});
    let mut tokens = vec![
        ("JSON serialisation, flattened".to_owned(), flattened.to_string()),
        ("JSON serialisation, general".to_owned(), general.to_string()),
        ("JSON serialisation, unprotected".to_owned(), unprotected.to_string()),
        ("JSON serialisation in base64".to_owned(), encoded(flattened.to_string())),
    ];
    for alg in ["dir", "A256KW", "RSA-OAEP-256", "PBES2-HS512+A256KW", "ECDH-ES"] {
        let header = encoded(
            json!({"alg": alg, "enc": "A128CBC-HS256", "typ": "at+jwt", "p2c": 2_000_000_000}).to_string(),
        );
        tokens.push((
            format!("JWE with {alg}"),
            format!("{header}.{claims}.AAAAAAAAAAAAAAAAAAAAAA.{signature}.AAAAAAAAAAAAAAAAAAAAAA"),
        ));
        tokens.push((
            format!("JWE with {alg}, no key"),
            format!("{header}..AAAAAAAAAAAAAAAA.{claims}.{signature}"),
        ));
    }
    for word in [
        "null",
        "undefined",
        "true",
        "0",
        "[object",
        "NaN",
        "x",
        "a.b.c",
        "e30.e30.e30",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0.e30.",
        "v4.local.AAAA",
        "v2.public.AAAA",
        "$TOKEN",
        "{{token}}",
        "=",
        "====",
        "*",
    ] {
        tokens.push((format!("the word {word}"), word.to_owned()));
    }
    tokens
}

/// Tokens beyond 8 KiB, however well they are signed, and large ones that are not.
fn sizes(good: &Jwt) -> Vec<Token> {
    let of = |bytes: usize| {
        let frame = good.with_claim("jti", "").signed().len();
        (0..4)
            .map(|n| good.with_claim("jti", "x".repeat((bytes - frame) * 3 / 4 + n)).signed())
            .find(|token| token.len() >= bytes)
            .unwrap()
    };
    let mut tokens: Vec<_> = [8_193, 8_200, 9_000, 16_384, 65_536]
        .into_iter()
        .map(|bytes| (format!("{bytes} bytes, signed well"), of(bytes)))
        .collect();
    for bytes in [8_192, 8_196, 65_536] {
        for letter in ["A", ".", "e30."] {
            tokens.push((format!("{bytes} bytes of {letter}"), letter.repeat(bytes / letter.len() + 1)));
        }
    }
    tokens
}
