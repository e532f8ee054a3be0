//! The bodies of the account routes: what they may be announced as, how large they may be, and
//! that they are JSON objects.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::client::{Ask, PASSWORD};
use super::super::{App, Door};
use super::team::{NEW_PASSWORD, Team};

/// A request that its route accepts.
struct Good {
    method: Method,
    path: String,
    body: Value,
}

impl Good {
    fn ask(&self) -> Ask {
        Ask::new(self.method.clone(), &self.path)
    }
}

/// The routes that read a body, each with one that it accepts.
fn readers<A>(team: &Team<A>) -> [Good; 4] {
    let new = json!({ "email": "new@example.com", "name": "New", "role": "USER", "password": PASSWORD });
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    [
        Good { method: Method::PATCH, path: "/me".to_owned(), body: json!({ "name": "Boss" }) },
        Good { method: Method::POST, path: "/users".to_owned(), body: new },
        Good {
            method: Method::PATCH,
            path: format!("/users/{}", team.admin.user_id),
            body: json!({ "name": "Boss", "role": "ADMIN", "disabled": false }),
        },
        Good { method: Method::POST, path: "/password".to_owned(), body: change },
    ]
}

/// Refuses all these, and insists that nothing has changed.
async fn refused<A: App>(team: &Team<A>, status: StatusCode, wrong: impl Fn(&Good, &str) -> Vec<Ask>) {
    let before = team.page("").await;
    for good in readers(team) {
        for ask in wrong(&good, &good.body.to_string()) {
            team.client.send(ask.bearer(&team.admin.access)).await.refuses_somehow(status);
        }
    }
    assert_eq!(team.page("").await, before);
    team.client.login().await;
    team.is_live(&team.admin).await;
}

/// A body must be announced as JSON in UTF-8 that is not compressed: 415.
pub async fn an_account_body_must_be_announced_as_json<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let media = ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"];
    refused(&team, StatusCode::UNSUPPORTED_MEDIA_TYPE, |good, body| {
        let unannounced = good.ask().body(body.to_owned());
        let mut asks: Vec<_> =
            media.iter().map(|media| unannounced.clone().with(CONTENT_TYPE, media)).collect();
        asks.push(good.ask().json(body).with(CONTENT_ENCODING, "gzip"));
        asks.push(unannounced);
        asks
    })
    .await;
}

/// A body of 16 KiB is read; one byte more is refused: 413.
pub async fn an_account_body_above_16_kib_is_refused<D: Door>(door: D) {
    const LIMIT: usize = 16 * 1024;
    let padded = |body: &str, bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    let team = Team::open(&door).await;
    refused(&team, StatusCode::PAYLOAD_TOO_LARGE, |good, body| {
        vec![good.ask().json(&padded(body, LIMIT + 1)), good.ask().json(&padded(body, 2 * LIMIT))]
    })
    .await;
    for good in readers(&team) {
        let ask = good.ask().json(&padded(&good.body.to_string(), LIMIT)).bearer(&team.admin.access);
        let answer = team.client.send(ask).await;
        assert!(answer.status().is_success(), "{}", answer.told("a success"));
    }
}

/// What is not JSON, or no object, is refused: 400.
pub async fn an_account_body_must_be_a_json_object<D: Door>(door: D) {
    let team = Team::open(&door).await;
    refused(&team, StatusCode::BAD_REQUEST, |good, body| {
        let open = &body[..body.len() - 1];
        let (twice, listed, trailing) = (format!("{body}{body}"), format!("[{body}]"), format!("{open},}}"));
        let texts =
            ["", " ", "null", "[]", "1", "\"x\"", "nonsense", "name=x", open, &twice, &listed, &trailing];
        let mut asks: Vec<_> = texts.iter().map(|text| good.ask().json(text)).collect();
        let mut not_utf8 = body.as_bytes().to_vec();
        not_utf8[3] = 0xFF;
        asks.push(good.ask().json("").body(not_utf8));
        asks
    })
    .await;
}

/// A key that is there twice is refused, even with one value, and even spelled with an escape.
pub async fn a_key_of_an_account_body_twice_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    refused(&team, StatusCode::BAD_REQUEST, |good, body| {
        let fields = good.body.as_object().expect("an object");
        let again = fields.iter().flat_map(|(name, value)| {
            let escaped = format!(r"\u{:04x}{}", name.as_bytes()[0], &name[1..]);
            [format!(r#""{name}":{value}"#), format!(r#""{escaped}":null"#)]
        });
        again.map(|again| good.ask().json(&format!("{{{again},{}", &body[1..]))).collect()
    })
    .await;
}

/// What ends or deletes something asks for no body, and ignores one of the right size.
pub async fn a_delete_ignores_its_body<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for body in ["", "{", "null", r#"{"current":true}"#] {
        let ann = team.member("ann@example.com", "USER").await;
        for path in ["/sessions".to_owned(), format!("/users/{}", ann.user_id)] {
            let ask = Ask::delete(&path).bearer(&team.admin.access).body(body);
            team.client.send(ask).await.has_status(StatusCode::OK).leaves_cookie();
        }
    }
    let large =
        Ask::delete("/sessions?current=true").bearer(&team.admin.access).body(vec![b' '; 16 * 1024 + 1]);
    team.client.send(large).await.refuses_somehow(StatusCode::PAYLOAD_TOO_LARGE);
    team.is_live(&team.admin).await;
}
