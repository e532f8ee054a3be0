//! Forged access tokens, and where one is looked for.

mod claims;
mod encodings;
mod headers;
mod signatures;

use super::answer::Answer;
use super::jwt::Jwt;
use super::table::Forged;
use super::world::{People, get, request, with, with_bearer};

/// What it is, and the token.
type Token = (String, String);

pub(crate) fn table(people: &People) -> Vec<Forged> {
    let good = Jwt::parse(&people.admin.access);
    let tokens = [
        signatures::tokens(people, &good),
        headers::tokens(people, &good),
        claims::tokens(people, &good),
        encodings::tokens(people, &good),
    ];
    let refused = tokens.into_iter().flatten().flat_map(|(what, token)| {
        ["/me", "/check"].map(|path| {
            let request = with(get(path), "authorization", format!("Bearer {token}"));
            Forged::new(format!("{what} at {path}"), request, Answer::bad_token())
        })
    });
    refused
        .chain(not_ascii(people))
        .chain(no_bearer(people))
        .chain(two_headers(people))
        .chain(elsewhere(people))
        .collect()
}

/// Dots and letters that only look like those of a token.
fn not_ascii(people: &People) -> Vec<Forged> {
    let token = &people.admin.access;
    let lookalikes = [
        ("ideographic full stops", token.replace('.', "\u{3002}")),
        ("one dot leaders", token.replace('.', "\u{2024}")),
        ("full-width full stops", token.replace('.', "\u{ff0e}")),
        ("a Cyrillic letter", token.replacen('e', "\u{435}", 1)),
        ("a zero width space", format!("{token}\u{200b}")),
        ("a byte order mark", format!("\u{feff}{token}")),
    ];
    let lookalikes = lookalikes.map(|(what, token)| (what, token.into_bytes()));
    let latin1 = ("a byte of Latin-1", [token.as_bytes(), b"\xa0"].concat());
    let forged = |(what, token): (&str, Vec<u8>)| {
        let request = with(get("/me"), "authorization", [b"Bearer ", token.as_slice()].concat());
        Forged::new(format!("{what} in the token"), request, Answer::bad_token())
    };
    lookalikes.into_iter().chain([latin1]).map(forged).collect()
}

/// Values of `Authorization` that have no bearer token in them.
fn no_bearer(people: &People) -> Vec<Forged> {
    let token = &people.admin.access;
    let mut values = vec![String::new(), "Bearer".to_owned(), "Bearer ".to_owned(), token.clone()];
    for scheme in
        ["Basic", "Digest", "DPoP", "Token", "JWT", "Negotiate", "Bear", "Bearer2", "Bearer:", "X-Bearer"]
    {
        values.push(format!("{scheme} {token}"));
    }
    for between in ["\t", "", ":", ",", "=", "/"] {
        values.push(format!("Bearer{between}{token}"));
    }
    let forged = |value: String| {
        let what = format!("Authorization: {}", value.replace(token.as_str(), "<token>"));
        Forged::new(what, with(get("/me"), "authorization", value), Answer::no_token())
    };
    values.into_iter().map(forged).collect()
}

/// Two headers, of which it could be either.
fn two_headers(people: &People) -> Vec<Forged> {
    let good = format!("Bearer {}", people.admin.access);
    let others = [
        good.clone(),
        format!("Bearer {}", people.eve.access),
        "Bearer x".to_owned(),
        "Basic eDp5".to_owned(),
        String::new(),
    ];
    let mut forged = Vec::new();
    for (nth, other) in others.iter().enumerate() {
        let orders = if *other == good { vec![[&good, other]] } else { vec![[&good, other], [other, &good]] };
        for [first, second] in orders {
            let request = with(with(get("/me"), "authorization", first), "authorization", second);
            let expected = Answer::refused(400, "Authorization must be sent only once");
            forged.push(Forged::new(format!("two Authorization headers, pair {nth}"), request, expected));
        }
    }
    forged
}

/// A good token where none is looked for.
fn elsewhere(people: &People) -> Vec<Forged> {
    let at = ["/me", "/check"].map(|path| elsewhere_at(path, people));
    at.into_iter().flatten().collect()
}

fn elsewhere_at(path: &str, people: &People) -> Vec<Forged> {
    let token = &people.admin.access;
    let query = |name: &str| request("GET", &format!("/api/auth{path}?{name}={token}"), "");
    let header = |name: &'static str| with(get(path), name, format!("Bearer {token}"));
    let form = request("GET", &format!("/api/auth{path}"), format!("access_token={token}"));
    let requests = [
        ("in the query", query("access_token")),
        ("in the query, by another name", query("token")),
        ("in a cookie", with(get(path), "cookie", format!("access_token={token}"))),
        ("in the refresh token's cookie", with(get(path), "cookie", format!("refresh_token={token}"))),
        ("in a form", with(form, "content-type", "application/x-www-form-urlencoded")),
        ("in Proxy-Authorization", header("proxy-authorization")),
        ("in X-Access-Token", header("x-access-token")),
        ("in X-Forwarded-Authorization", header("x-forwarded-authorization")),
        ("in X-Original-Authorization", header("x-original-authorization")),
        ("in WWW-Authenticate", header("www-authenticate")),
    ];
    let mut forged: Vec<_> = requests
        .into_iter()
        .map(|(what, request)| {
            Forged::new(format!("a good token {what} of {path}"), request, Answer::no_token())
        })
        .collect();
    let refresh = with_bearer(get(path), &people.admin.refresh);
    forged.push(Forged::new(
        format!("the refresh token as a bearer token of {path}"),
        refresh,
        Answer::bad_token(),
    ));
    forged
}
