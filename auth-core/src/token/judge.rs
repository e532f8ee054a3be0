//! Whether an access token is good: the same for who issues them and for who only verifies.
//!
//! `jsonwebtoken` judges signatures. Its own check of the header and the claims accepts an unknown
//! `crit`, any `typ`, an `exp` a minute past, a future `nbf`; so both are judged here, by the
//! injected clock.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Timestamp;
use crate::role::Role;
use crate::verbs::Identity;

use super::check::Check;

pub(super) const TYPE: &str = "at+jwt";
const MAX_BYTES: usize = 8 * 1024;
/// How far the clocks of two instances may differ: for `iat` and `nbf`, never for `exp`.
const LEEWAY_SECONDS: i64 = 5;

/// What a good token says.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) audience: String,
    /// The longest that a token may be good for.
    pub(super) max_seconds: i64,
}

/// What a token says. Read, it borrows from the text; only what is escaped there is copied.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims<'a> {
    #[serde(borrow)]
    pub(super) iss: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) aud: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) sub: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) sid: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) jti: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) role: Cow<'a, str>,
    pub(super) iat: i64,
    pub(super) nbf: i64,
    pub(super) exp: i64,
}

/// The header, and nothing else: whatever a header may ask beyond this (`crit`, `zip`, `jwk`,
/// `jku`, `x5u`, `x5c`, …) is refused by `deny_unknown_fields`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StrictHeader {
    pub(super) alg: String,
    typ: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) kid: Option<String>,
}

/// A token in its three parts.
pub(super) struct Parts<'a> {
    message: &'a str,
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn read(token: &'a str) -> Option<Self> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self { message, header, claims, signature })
    }

    /// The header, if it is one that a token of ours may have.
    pub(super) fn header(&self) -> Option<StrictHeader> {
        let json = json(self.header)?;
        let header: StrictHeader = object(&json)?;
        (header.typ == TYPE).then_some(header)
    }

    /// Whether one of `keys` has signed it.
    ///
    /// The header that is made here for a key is known by its text. Any other is read, because it may
    /// say the same in other words.
    fn is_signed<'k>(&self, mut keys: impl Iterator<Item = &'k Check> + Clone) -> Option<bool> {
        let holds = |key: &Check| key.holds(self.message, self.signature);
        let mut named = keys.clone().filter(|key| key.header() == self.header).peekable();
        if named.peek().is_some() {
            return Some(named.any(holds));
        }
        let header = self.header()?;
        Some(keys.any(|key| key.is_for(&header.alg, header.kid.as_deref()) && holds(key)))
    }
}

impl Expected {
    /// Who is behind `token`; `None` for anything but a token that one of `keys` has signed, for
    /// this issuer and audience, and that is good at `now`.
    pub(super) fn judge<'k>(
        &self,
        token: &str,
        keys: impl Iterator<Item = &'k Check> + Clone,
        now: Timestamp,
    ) -> Option<Identity> {
        let parts = Parts::read(token)?;
        if !parts.is_signed(keys)? {
            return None;
        }
        let json = json(parts.claims)?;
        self.identity(&object(&json)?, now)
    }

    /// Judges claims whose signature holds.
    fn identity(&self, claims: &Claims<'_>, now: Timestamp) -> Option<Identity> {
        let Claims { iat, nbf, exp, .. } = *claims;
        let now = now.seconds();
        let lifetime = exp.checked_sub(iat)?;
        let latest_start = now.saturating_add(LEEWAY_SECONDS);
        let good_now = now < exp && nbf <= latest_start && iat <= latest_start;
        let is_ours = claims.iss == self.issuer && claims.aud == self.audience;
        if !is_ours || !good_now || !(1..=self.max_seconds).contains(&lifetime) || claims.jti.is_empty() {
            return None;
        }
        Some(Identity {
            user_id: claims.sub.parse().ok()?,
            session_id: claims.sid.parse().ok()?,
            role: Role::parse(&claims.role).ok()?,
            expires_at: Timestamp::from_millis(exp.checked_mul(1_000)?),
        })
    }
}

/// What is encoded in a part of a token.
fn json(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// A JSON object in UTF-8. A list is refused here: serde would take its values for the members in
/// their order. So is what is not text, because the reader does not look into what it skips (RFC 7519 §7.2).
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let json = str::from_utf8(json).ok().filter(|json| json.trim_ascii_start().starts_with('{'))?;
    serde_json::from_str(json).ok()
}

/// A member that may be left out, but is text where it is there: `null` is none.
fn text<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    String::deserialize(json).map(Some)
}
