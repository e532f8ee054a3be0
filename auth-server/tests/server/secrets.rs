//! Every secret that passed by, and the search for them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::{HeaderMap, Request, Response};
use serde_json::Value;

/// Collects secrets; clones share what they know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(Arc<Mutex<BTreeSet<String>>>);

/// Shorter ones may stand in a log by chance.
const SHORTEST: usize = 8;

/// The advice that the server gives in development, with the sample password of the
/// documentation: no one's secret.
const ADVICE: &str = "create the first admin with";

impl Secrets {
    pub(crate) fn add(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST {
            self.0.lock().unwrap().insert(secret.to_owned());
        }
    }

    pub(crate) fn note_request(&self, request: &Request<Bytes>) {
        self.note_headers(request.headers());
        self.note_body(request.body());
    }

    pub(crate) fn note_response(&self, response: &Response<Bytes>) {
        self.note_headers(response.headers());
        self.note_body(response.body());
    }

    fn note_headers(&self, headers: &HeaderMap) {
        for name in [AUTHORIZATION, COOKIE, SET_COOKIE] {
            for value in headers.get_all(name) {
                let text = String::from_utf8_lossy(value.as_bytes());
                // Of `refresh_token=…; Path=/` and `Bearer …`, whatever looks like a token.
                let words = text.split([' ', ';', ',', '=']).filter(|word| word.len() >= 40);
                words.for_each(|word| self.add(word));
            }
        }
    }

    fn note_body(&self, body: &Bytes) {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return };
        for name in ["password", "currentPassword", "newPassword", "accessToken"] {
            if let Some(Value::String(secret)) = fields.get(name) {
                self.add(secret);
            }
        }
    }

    /// The first line that has one of them, or a password hash, in it; and what it is.
    pub(crate) fn found_in<'a>(&self, log: &'a [String]) -> Option<(&'a str, String)> {
        let known = self.0.lock().unwrap();
        let in_json = |secret: &str| serde_json::to_string(secret).unwrap().trim_matches('"').to_owned();
        let forms: Vec<_> = known.iter().flat_map(|secret| [secret.clone(), in_json(secret)]).collect();
        log.iter().filter(|line| !line.contains(ADVICE)).find_map(|line| {
            let secret =
                forms.iter().map(String::as_str).chain(["$argon2"]).find(|form| line.contains(form))?;
            Some((line.as_str(), secret.to_owned()))
        })
    }
}

#[test]
fn the_search_finds_what_it_should() {
    let secrets = Secrets::default();
    let body = Bytes::from_static(br#"{"email":"a@b.c","password":"hunter2 \"hunter3\""}"#);
    let token = "t0ken".repeat(10);
    let request =
        Request::post("/").header(COOKIE, format!("a=b; refresh_token={token}")).body(body).unwrap();
    secrets.note_request(&request);
    for line in
        [r#"x hunter2 "hunter3" x"#, r#"{"x":"hunter2 \"hunter3\""}"#, &format!("x{token}"), "$argon2id$"]
    {
        assert!(secrets.found_in(&[line.to_owned()]).is_some(), "{line}");
    }
    assert_eq!(secrets.found_in(&["a@b.c logged in".to_owned()]), None);

    let change =
        Bytes::from_static(br#"{"currentPassword":"hunter4 hunter4","newPassword":"hunter5 hunter5"}"#);
    secrets.note_request(&Request::post("/").body(change).unwrap());
    for line in ["x hunter4 hunter4", "x hunter5 hunter5"] {
        assert!(secrets.found_in(&[line.to_owned()]).is_some(), "{line}");
    }
}
