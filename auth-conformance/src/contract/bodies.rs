//! Requests with a body: what it may be announced as, how large it may be, and what it must say.

use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::json;

use super::client::{ADMIN, Ask, CREATED, CREDENTIALS, Client, EMAIL, PASSWORD};
use super::{App, Door, Settings};

/// The two endpoints that read a body, each with one that it accepts.
const READERS: [(&str, &str); 2] = [("/login", CREDENTIALS), ("/bootstrap", ADMIN)];

/// Insists that nobody was created by all that was refused.
async fn assert_still_empty<A: App>(client: &Client<A>) {
    client.send(Ask::post("/bootstrap").json(ADMIN)).await.is(StatusCode::CREATED, CREATED);
}

/// A body must be announced as `application/json` in UTF-8, or it is not read: 415.
pub async fn another_content_type_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (path, body) in READERS {
        let unannounced = Ask::post(path).body(body);
        client.send(unannounced.clone()).await.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for media_type in [
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/problem+json",
            "application/jsonx",
            "application",
            "json",
            "*/*",
            "application/json; charset=iso-8859-1",
            "application/json; charset=utf-16",
            "text/plain; application/json",
        ] {
            let answer = client.send(unannounced.clone().with(CONTENT_TYPE, media_type)).await;
            answer.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }
    assert_still_empty(&client).await;
}

/// The media type is read in any case and with any parameters, the charset UTF-8 among them.
pub async fn json_may_be_announced_in_any_case_and_with_parameters<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for media_type in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "application/json; version=1",
    ] {
        let ask = Ask::post("/login").body(CREDENTIALS).with(CONTENT_TYPE, media_type);
        client.send(ask).await.is_login();
    }
}

/// An encoded body is refused, and `identity` is no encoding.
pub async fn an_encoded_body_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (path, body) in READERS {
        for encoding in ["gzip", "br", "deflate", "zstd", "x", "identity, gzip"] {
            let answer = client.send(Ask::post(path).json(body).with(CONTENT_ENCODING, encoding)).await;
            answer.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }
    assert_still_empty(&client).await;
    let identity = Ask::post("/login").json(CREDENTIALS).with(CONTENT_ENCODING, "identity");
    client.send(identity).await.is_login();
}

/// A body of 16 KiB is read; one byte more is refused: 413.
pub async fn a_body_above_16_kib_is_refused<D: Door>(door: D) {
    const LIMIT: usize = 16 * 1024;
    let client = Client::open(&door, Settings::development()).await;
    for (path, body) in READERS.into_iter().rev() {
        for bytes in [LIMIT + 1, 4 * LIMIT] {
            let answer = client.send(Ask::post(path).json(&padded(body, bytes))).await;
            answer.refuses_somehow(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let answer = client.send(Ask::post(path).json(&padded(body, LIMIT))).await;
        assert!(answer.status().is_success(), "16 KiB are read by {path}");
    }
}

/// The same JSON with white space behind it, up to this many bytes.
fn padded(body: &str, bytes: usize) -> String {
    format!("{body}{}", " ".repeat(bytes - body.len()))
}

/// What is not JSON, or no object, is refused: 400.
pub async fn a_body_that_is_no_json_object_is_refused<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (path, body) in READERS {
        let deep = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
        let (open, twice, trailing) =
            (&body[..body.len() - 1], format!("{body}{body}"), format!("{}, }}", &body[..body.len() - 1]));
        let single = body.replace('"', "'");
        for wrong in [
            "",
            " ",
            "null",
            "true",
            "1",
            "\"admin\"",
            "[]",
            "{",
            "}",
            "nonsense",
            "email=a&password=b",
            &format!("[{body}]"),
            open,
            &twice,
            &trailing,
            &single,
            &deep,
        ] {
            client.send(Ask::post(path).json(wrong)).await.refuses_somehow(StatusCode::BAD_REQUEST);
        }
        let mut not_utf8 = body.as_bytes().to_vec();
        not_utf8[12] = 0xFF;
        let ask = Ask::post(path).json("").body(not_utf8);
        client.send(ask).await.refuses_somehow(StatusCode::BAD_REQUEST);
        let surrogate = body.replace("Strong", "\\ud800");
        client.send(Ask::post(path).json(&surrogate)).await.refuses_somehow(StatusCode::BAD_REQUEST);
    }
    assert_still_empty(&client).await;
}

/// A field that is missing, empty or no text is refused, with a sentence that names it.
pub async fn a_missing_empty_or_ill_typed_field_is_named<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (path, fields) in
        [("/login", &["email", "password"][..]), ("/bootstrap", &["email", "password", "name"])]
    {
        for field in fields {
            let good = json!({ "email": EMAIL, "password": PASSWORD, "name": "Admin" });
            let mut missing = good.clone();
            missing.as_object_mut().expect("an object").remove(*field);
            client.send(Ask::post(path).json(&missing.to_string())).await.blames(field);
            for value in [
                json!(""),
                json!(null),
                json!(1),
                json!(true),
                json!([good[*field]]),
                json!({ "x": good[*field] }),
            ] {
                let mut wrong = good.clone();
                wrong[*field] = value;
                client.send(Ask::post(path).json(&wrong.to_string())).await.blames(field);
            }
        }
    }
    assert_still_empty(&client).await;
}

/// A known key that is there twice is refused with a sentence that names it, even with one value,
/// and even where one is spelled with an escape.
pub async fn a_duplicate_key_is_named<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (path, body) in READERS {
        for (field, again) in [
            ("email", r#""email":"admin@example.com""#),
            ("email", r#""email":"other@example.com""#),
            ("email", r#""\u0065mail":"other@example.com""#),
            ("password", r#""password":"StrongPassword123!""#),
            ("password", r#""password":null"#),
        ] {
            let first = format!("{{{again},{}", &body[1..]);
            client.send(Ask::post(path).json(&first)).await.blames(field);
            let last = format!("{},{again}}}", &body[..body.len() - 1]);
            client.send(Ask::post(path).json(&last)).await.blames(field);
        }
    }
    assert_still_empty(&client).await;
}

/// Unknown fields of any type are ignored at login.
pub async fn unknown_fields_are_ignored<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let body = json!({
        "email": EMAIL, "password": PASSWORD, "name": 1, "remember": true, "Email": "x", "password ": [],
        "__proto__": { "role": "ROOT" }, "": null,
    });
    client.login_as(&body.to_string()).await;
}

/// Validation comes before any look-up: what is malformed gets one answer, whether or not there
/// is such an account.
pub async fn validation_comes_before_any_look_up<D: Door>(door: D) {
    let empty = Client::open(&door, Settings::development()).await;
    let full = Client::with_admin(&door, Settings::development()).await;
    for body in [
        r#"{"email":"admin@example.com"}"#.to_owned(),
        r#"{"email":"admin@example.com","password":""}"#.to_owned(),
        r#"{"email":"admin","password":"StrongPassword123!"}"#.to_owned(),
        json!({ "email": EMAIL, "password": "x".repeat(513) }).to_string(),
    ] {
        let known = full.send(Ask::post("/login").json(&body)).await;
        let unknown = empty.send(Ask::post("/login").json(&body)).await;
        assert_eq!(known.fingerprint(), unknown.fingerprint());
        known.refuses_somehow(StatusCode::BAD_REQUEST);
    }
}
