//! Claims, all signed with the right key, as a broken issuer that shares it might.

use serde_json::{Value, json};

use crate::jwt::Jwt;
use crate::world::People;

use super::Token;

const TEXTS: [&str; 6] = ["iss", "aud", "sub", "sid", "jti", "role"];
const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

pub(super) fn tokens(people: &People, good: &Jwt) -> Vec<Token> {
    [
        missing_or_ill_typed(good),
        numbers(good),
        times(good),
        parties(good),
        of_others(people, good),
        repeated(good),
        not_ours(good),
    ]
    .concat()
}

fn missing_or_ill_typed(good: &Jwt) -> Vec<Token> {
    let mut tokens = Vec::new();
    for claim in TEXTS.into_iter().chain(TIMES) {
        tokens.push((format!("no {claim}"), good.without_claim(claim).signed()));
        let own = good.claim(claim);
        let as_other = if own.is_string() { json!(1) } else { json!(own.to_string()) };
        for value in [
            json!(null),
            json!(true),
            json!(""),
            json!([]),
            json!([own]),
            json!({}),
            json!({"$ne": null}),
            as_other,
        ] {
            tokens.push((format!("{claim} {value}"), good.with_claim(claim, value).signed()));
        }
        for name in [claim.to_uppercase(), format!("{claim} "), format!("{claim}\0")] {
            let token = good.without_claim(claim).with_claim(&name, own.clone());
            tokens.push((format!("{name:?} in place of {claim}"), token.signed()));
        }
    }
    tokens
}

/// Numbers that are none, or too large, or not whole, written as they are.
fn numbers(good: &Jwt) -> Vec<Token> {
    let mut tokens = Vec::new();
    for claim in TIMES {
        let own = good.number(claim);
        let written = [
            format!("{own}.0"),
            format!("{own}.5"),
            format!("{own}e0"),
            format!("0{own}"),
            format!("+{own}"),
            format!("0x{own:x}"),
            "1e400".to_owned(),
            "9223372036854775808".to_owned(),
            "18446744073709551616".to_owned(),
            "NaN".to_owned(),
            "Infinity".to_owned(),
            "-Infinity".to_owned(),
            "9".repeat(400),
            "-".to_owned(),
            format!("{own}n"),
            format!("{own}_000"),
        ];
        for number in written {
            let claims = good.claims.replace(&format!("\"{claim}\":{own}"), &format!("\"{claim}\":{number}"));
            let shown: String = number.chars().take(24).collect();
            tokens.push((format!("{claim} written {shown}"), good.with_claims_text(claims).signed()));
        }
    }
    tokens
}

/// Times at which the token is not good, or never could be. None is nearer than a minute to what is.
fn times(good: &Jwt) -> Vec<Token> {
    let (iat, exp) = (good.number("iat"), good.number("exp"));
    let lasting = |iat: i64, nbf: i64, exp: i64| {
        good.with_claim("iat", iat).with_claim("nbf", nbf).with_claim("exp", exp).signed()
    };
    [
        ("expired a minute ago", lasting(iat - 600, iat - 600, iat - 60)),
        ("expired, issued now", lasting(iat, iat, iat - 60)),
        ("expired in 1970", lasting(0, 0, 900)),
        ("expires at 0", lasting(iat, iat, 0)),
        ("expires before 1970", lasting(iat, iat, -1)),
        ("expires when it was issued", lasting(exp, iat, exp)),
        ("a second too long", lasting(iat, iat, iat + 901)),
        ("a year long", lasting(iat, iat, iat + 31_536_000)),
        ("without end", lasting(iat, iat, i64::MAX)),
        ("since always", lasting(i64::MIN, i64::MIN, exp)),
        ("since always and without end", lasting(i64::MIN, i64::MIN, i64::MAX)),
        ("in milliseconds", lasting(iat * 1_000, iat * 1_000, exp * 1_000)),
        ("expires in milliseconds", lasting(iat, iat, exp * 1_000)),
        ("issued in a minute", lasting(iat + 60, iat, exp)),
        ("issued in an hour", lasting(iat + 3_600, iat + 3_600, exp + 3_600)),
        ("issued at the end of time", lasting(i64::MAX, iat, exp)),
        ("not good before a minute from now", lasting(iat, iat + 60, exp)),
        ("not good before the end of time", lasting(iat, i64::MAX, exp)),
        ("the wrong way round", lasting(exp, exp, iat)),
        ("a lifetime that overflows", lasting(-2, iat, i64::MAX)),
    ]
    .map(|(what, token)| (format!("a token that is {what}"), token))
    .to_vec()
}

fn parties(good: &Jwt) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (claim, own) in [("iss", "auth-server"), ("aud", "api")] {
        let values = [
            json!(format!("{own}/")),
            json!(format!(" {own}")),
            json!(format!("{own} ")),
            json!(format!("{own}\0")),
            json!(own.to_uppercase()),
            json!(&own[..own.len() - 1]),
            json!(format!("{own}{own}")),
            json!(format!("{own},other")),
            json!(format!("https://{own}")),
            json!(own.replacen('a', "\u{430}", 1)),
            json!(format!("{own}\u{200b}")),
            json!("*"),
            json!("other"),
            json!([own, "other"]),
            json!(["other", own]),
            json!({ own: true }),
        ];
        for value in values {
            tokens.push((format!("{claim} {value}"), good.with_claim(claim, value).signed()));
        }
    }
    tokens
}

/// The ids and roles of others, and what is neither.
fn of_others(people: &People, good: &Jwt) -> Vec<Token> {
    let eve = Jwt::parse(&people.eve.access);
    let mut tokens = vec![
        ("the admin in the user's session".to_owned(), good.with_claim("sid", eve.claim("sid")).signed()),
        ("the user in the admin's session".to_owned(), eve.with_claim("sid", good.claim("sid")).signed()),
        ("the user who says to be the admin".to_owned(), eve.with_claim("sub", good.claim("sub")).signed()),
        ("a user id as session".to_owned(), good.with_claim("sid", good.claim("sub")).signed()),
        ("a session id as user".to_owned(), good.with_claim("sub", good.claim("sid")).signed()),
    ];
    for claim in ["sub", "sid"] {
        let own = good.claim(claim).as_str().unwrap().to_owned();
        let values = [
            "00000000-0000-0000-0000-000000000000".to_owned(),
            "ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned(),
            "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f".to_owned(),
            own.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"),
            own.replace('-', ""),
            format!("{{{own}}}"),
            format!("urn:uuid:{own}"),
            format!("{own} "),
            format!("{own}\0"),
            format!("{own}/../{own}"),
            own[..35].to_owned(),
            format!("{own}0"),
            "1".to_owned(),
            "0".to_owned(),
            "-1".to_owned(),
            "*".to_owned(),
            "admin".to_owned(),
            "admin@example.com".to_owned(),
            "' OR '1'='1' --".to_owned(),
            "../../etc/passwd".to_owned(),
            "\u{ff11}".repeat(36),
            "x".repeat(3_000),
        ];
        for value in values {
            let shown: String = value.chars().take(40).collect();
            tokens.push((format!("{claim} {shown:?}"), good.with_claim(claim, value).signed()));
        }
    }
    for role in [
        "admin",
        "Admin",
        " ADMIN",
        "ADMIN ",
        "ADMIN\0",
        "ADMIN\n",
        "ADMIN,USER",
        "ADMIN USER",
        "\u{410}DMIN",
        "*",
        "1ADMIN",
    ] {
        tokens.push((format!("role {role:?}"), good.with_claim("role", role).signed()));
    }
    for role in [json!(["USER", "ADMIN"]), json!({"ADMIN": true}), json!("R".repeat(3_000))] {
        let shown: String = role.to_string().chars().take(24).collect();
        tokens.push((format!("role {shown}"), good.with_claim("role", role).signed()));
    }
    tokens
}

/// A claim that is there twice, and of which readers would believe either.
fn repeated(good: &Jwt) -> Vec<Token> {
    let body = &good.claims[1..good.claims.len() - 1];
    let mut tokens = Vec::new();
    for claim in TEXTS.into_iter().chain(TIMES) {
        let own = good.claim(claim);
        let first = claim.chars().next().unwrap();
        let escaped = format!("\\u{:04x}{}", u32::from(first), &claim[1..]);
        for (name, value) in [(claim, own.clone()), (claim, json!(null)), (escaped.as_str(), own.clone())] {
            let again = format!("\"{name}\":{value}");
            let (before, behind) = (format!("{{{again},{body}}}"), format!("{{{body},{again}}}"));
            tokens.push((format!("{again} before the rest"), good.with_claims_text(before).signed()));
            tokens.push((format!("{again} behind the rest"), good.with_claims_text(behind).signed()));
        }
    }
    // JSON has an order here, so the same claim beside itself may come to the same text.
    tokens.sort();
    tokens.dedup_by(|one, other| one.1 == other.1);
    tokens
}

/// Claims that are no JSON object, or only nearly.
fn not_ours(good: &Jwt) -> Vec<Token> {
    let claims = good.claims.as_str();
    let body = &claims[1..claims.len() - 1];
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let values: Vec<Value> = TEXTS.into_iter().chain(TIMES).map(|claim| good.claim(claim)).collect();
    let texts = [
        ("empty", String::new()),
        ("null", "null".to_owned()),
        ("a number", "42".to_owned()),
        ("a string", "\"admin\"".to_owned()),
        ("an empty object", "{}".to_owned()),
        ("an empty array", "[]".to_owned()),
        ("in an array", format!("[{claims}]")),
        ("as a string", Value::from(claims).to_string()),
        ("as a list of values", Value::from(values).to_string()),
        ("twice", format!("{claims}{claims}")),
        ("with something behind them", format!("{claims}x")),
        ("with NUL behind them", format!("{claims}\0")),
        ("with a byte order mark", format!("\u{feff}{claims}")),
        ("with a comment", format!("/*x*/{claims}")),
        ("with a line comment", format!("{claims}#x")),
        ("with a comma too many", format!("{{{body},}}")),
        ("with single quotes", claims.replace('"', "'")),
        ("not closed", claims[..claims.len() - 1].to_owned()),
        ("with a raw line end in a text", format!("{{{body},\"x\":\"\n\"}}")),
        ("with an escape that is none", format!("{{{body},\"x\":\"\\x41\"}}")),
        ("with a deep subject", claims.replace(&good.claim("sub").to_string(), &deep(1_000))),
        ("as a deep array", deep(2_000)),
        ("in UTF-16", claims.chars().flat_map(|c| ['\0', c]).collect()),
        ("as a form", "sub=admin&role=ADMIN".to_owned()),
        ("as XML", "<claims><sub>admin</sub></claims>".to_owned()),
    ];
    texts
        .into_iter()
        .map(|(what, text)| (format!("claims {what}"), good.with_claims_text(text).signed()))
        .collect()
}
