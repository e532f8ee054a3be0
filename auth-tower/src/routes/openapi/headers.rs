//! The headers of answers.

use std::time::Duration;

use http::HeaderValue;
use http::header::{
    ALLOW, CACHE_CONTROL, HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use serde_json::Value;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::base_path::BasePath;
use crate::cookie::Cookie;
use crate::status::Row;

use super::{samples, shapes};

/// A header that only some answers have.
pub(super) enum Told {
    Cookie {
        says: &'static str,
        example: String,
    },
    Location(String),
    /// In place of what every other answer says of copies.
    Kept(HeaderValue),
    Who {
        name: HeaderName,
        says: &'static str,
        example: String,
    },
    Challenges(Vec<&'static str>),
    RetryAfter,
    Allow,
}

impl Told {
    /// What the answers of these rows, which have one status, say besides.
    pub(super) fn by(rows: &[Row]) -> Vec<Self> {
        let mut challenges: Vec<_> = rows.iter().filter_map(|row| row.challenge.header()).collect();
        challenges.dedup();
        let header = (!challenges.is_empty()).then_some(Self::Challenges(challenges));
        let waits = rows.iter().any(|row| matches!(row.status.as_u16(), 429 | 503));
        header.into_iter().chain(waits.then_some(Self::RetryAfter)).collect()
    }

    pub(super) fn header(&self) -> (String, Header) {
        let (name, header) = match self {
            Self::Cookie { says, example } => (SET_COOKIE, told(says, shapes::text(), example.as_str())),
            Self::Location(example) => {
                (LOCATION, told("Where the new account is.", shapes::text(), example.as_str()))
            }
            Self::Kept(value) => {
                let value = text(value);
                (CACHE_CONTROL, told("For how long it may be kept.", shapes::one_of([value.as_str()]), value))
            }
            Self::Who { name, says, example } => (name.clone(), told(says, shapes::text(), example.as_str())),
            Self::Challenges(all) => {
                let example = all.first().copied().unwrap_or_default();
                (WWW_AUTHENTICATE, told("RFC 6750 §3.", shapes::one_of(all.iter().copied()), example))
            }
            Self::RetryAfter => {
                let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
                (RETRY_AFTER, told("After how many seconds to try again.", seconds, 1))
            }
            Self::Allow => (ALLOW, told("The methods that there are.", shapes::text(), "GET, HEAD")),
        };
        (spelt(&name), header)
    }
}

/// The headers that every answer has.
pub(super) fn always() -> [(HeaderName, Header); 2] {
    [
        (CACHE_CONTROL, told("Nobody keeps a copy.", shapes::one_of(["no-store"]), "no-store")),
        (X_CONTENT_TYPE_OPTIONS, told("It is what it says.", shapes::one_of(["nosniff"]), "nosniff")),
    ]
}

pub(super) fn told(says: &str, shape: ObjectBuilder, example: impl Into<Value>) -> Header {
    HeaderBuilder::new().schema(Some(shape)).description(Some(says)).example(Some(example.into())).build()
}

/// As people write it: `Retry-After`, and `WWW-Authenticate`.
pub(super) fn spelt(name: &HeaderName) -> String {
    let word = |word: &str| match word {
        "www" => "WWW".to_owned(),
        word => word[..1].to_uppercase() + &word[1..],
    };
    name.as_str().split('-').map(word).collect::<Vec<_>>().join("-")
}

/// What is said of cookies, as the routes write them.
pub(super) struct Cookies<'a> {
    cookie: &'a Cookie,
    refresh_ttl: Duration,
}

impl<'a> Cookies<'a> {
    pub(super) fn new(cookie: &'a Cookie, refresh_ttl: Duration) -> Self {
        Self { cookie, refresh_ttl }
    }

    pub(super) fn path(&self) -> &BasePath {
        &self.cookie.path
    }

    pub(super) fn handed_out_with_device(&self) -> Told {
        Told::Cookie {
            says: "The refresh token; and in a second header of this name `auth_device`, by which the next \
                   login knows this browser.",
            example: text(&self.cookie.hand_out(&samples::refresh(self.refresh_ttl))),
        }
    }

    pub(super) fn handed_out(&self) -> Told {
        Told::Cookie {
            says: "The refresh token. Not there where another tab has just been given the next one.",
            example: text(&self.cookie.hand_out(&samples::refresh(self.refresh_ttl))),
        }
    }

    pub(super) fn cleared(&self) -> Told {
        Told::Cookie { says: "Clears the cookie.", example: text(&self.cookie.clear()) }
    }

    pub(super) fn cleared_if_presented(&self) -> Told {
        Told::Cookie { says: "Clears the cookie that was not good.", example: text(&self.cookie.clear()) }
    }

    pub(super) fn cleared_if_own(&self) -> Told {
        Told::Cookie {
            says: "Clears the cookie where the session that asks has ended.",
            example: text(&self.cookie.clear()),
        }
    }
}

fn text(header: &HeaderValue) -> String {
    header.to_str().expect("a cookie is visible ASCII").to_owned()
}
