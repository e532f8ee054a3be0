//! A set of public keys, as it goes over the wire (RFC 7517).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::public_key::{Numbers, PublicKey, base64url};

/// The public keys with which an issuer's tokens are verified.
///
/// An [`Auth`](crate::Auth) tells [its own](crate::Auth::jwks); a [`Verifier`](crate::Verifier) is made of
/// someone else's. A secret never gets in: there is no way to put one there. Cloning is cheap.
///
/// ```
/// use auth_core::{Jwks, OsEntropy, SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// let jwks = Jwks::from_iter([key.public().clone()]);
/// assert_eq!(Jwks::parse(jwks.to_json().as_bytes())?, jwks);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jwks(Arc<[PublicKey]>);

/// Why a text is not taken for a set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksFlaw {
    /// It is longer than [`Jwks::MAX_BYTES`].
    #[error("a JWK Set may have 65536 bytes at most")]
    TooLong,
    /// It is not a JSON object with a list `keys`.
    #[error("it is not a JWK Set: a JSON object with a list `keys`")]
    Malformed,
    /// It has more than [`Jwks::MAX_KEYS`] keys.
    #[error("a JWK Set may have 32 keys at most")]
    TooMany,
}

impl Jwks {
    /// How long a text may be.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// How many keys there may be, of whatever kind: each is tried with a token that names none.
    pub const MAX_KEYS: usize = 32;

    /// Reads a set that someone else has made.
    ///
    /// Keys that cannot be used are left out, as RFC 7517 §5 has it: those of other kinds, curves or
    /// algorithms, those for encryption, weak and malformed ones, and those published together with
    /// their private half, with which anyone could have signed. A key without a `kid` gets its
    /// thumbprint for one, and a key that is there twice counts once.
    ///
    /// # Errors
    ///
    /// [`JwksFlaw`] where it is not such a set, or too large to look at.
    pub fn parse(json: &[u8]) -> Result<Self, JwksFlaw> {
        if json.len() > Self::MAX_BYTES {
            return Err(JwksFlaw::TooLong);
        }
        // serde would take the first value of a list for the member `keys`.
        if !json.trim_ascii_start().starts_with(b"{") {
            return Err(JwksFlaw::Malformed);
        }
        let document: Document = serde_json::from_slice(json).map_err(|_| JwksFlaw::Malformed)?;
        if document.keys.len() > Self::MAX_KEYS {
            return Err(JwksFlaw::TooMany);
        }
        Ok(document.keys.iter().filter_map(usable).collect())
    }

    /// The set as JSON: of each key its numbers, `kid`, `alg` and `use`.
    pub fn to_json(&self) -> String {
        let keys = self.iter().map(Entry::from).collect();
        serde_json::to_string(&Set { keys }).expect("plain structs of text are JSON")
    }

    /// The keys, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> + Clone {
        self.0.iter()
    }

    /// Whether there is a key with this id.
    pub fn contains(&self, key_id: &str) -> bool {
        self.iter().any(|key| key.key_id() == key_id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of keys that are equal, the first is taken.
impl FromIterator<PublicKey> for Jwks {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        let mut set: Vec<PublicKey> = Vec::new();
        for key in keys {
            if !set.contains(&key) {
                set.push(key);
            }
        }
        Self(set.into())
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Serialize)]
struct Set<'a> {
    keys: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    kty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    kid: &'a str,
    alg: &'static str,
    #[serde(rename = "use")]
    purpose: &'static str,
}

impl<'a> From<&'a PublicKey> for Entry<'a> {
    fn from(key: &'a PublicKey) -> Self {
        let (kty, crv, [x, y, n, e]) = match key.numbers() {
            Numbers::Ed25519 { x } => ("OKP", Some("Ed25519"), [Some(base64url(x)), None, None, None]),
            Numbers::P256 { x, y } => {
                ("EC", Some("P-256"), [Some(base64url(x)), Some(base64url(y)), None, None])
            }
            Numbers::Rsa { n, e } => ("RSA", None, [None, None, Some(base64url(n)), Some(base64url(e))]),
        };
        Self { kty, crv, x, y, n, e, kid: key.key_id(), alg: key.algorithm().as_str(), purpose: "sig" }
    }
}

/// Members with which a key is private (RFC 7518 §6, RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const MAX_KEY_ID: usize = 256;

/// The key that `jwk` describes, if it is one for our algorithms.
fn usable(jwk: &Value) -> Option<PublicKey> {
    let jwk = jwk.as_object()?;
    let text = |member: &str| jwk.get(member).and_then(Value::as_str);
    let is_or_absent = |member: &str, value: &str| jwk.get(member).is_none_or(|found| found == value);
    let verifies = |operations: &Value| {
        operations.as_array().is_some_and(|list| list.iter().any(|operation| operation == "verify"))
    };
    if PRIVATE.iter().any(|member| jwk.contains_key(*member))
        || !is_or_absent("use", "sig")
        || !jwk.get("key_ops").is_none_or(verifies)
    {
        return None;
    }
    let bytes = |member: &str| text(member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let coordinate = |member: &str| <[u8; 32]>::try_from(bytes(member)?).ok();
    let numbers = match (text("kty")?, text("crv")) {
        ("OKP", Some("Ed25519")) => Numbers::Ed25519 { x: coordinate("x")? },
        ("EC", Some("P-256")) => Numbers::P256 { x: coordinate("x")?, y: coordinate("y")? },
        ("RSA", _) => Numbers::Rsa { n: bytes("n")?, e: bytes("e")? },
        _ => return None,
    };
    if !is_or_absent("alg", numbers.algorithm().as_str()) {
        return None;
    }
    let id = match jwk.get("kid") {
        None => None,
        Some(Value::String(id)) if id.len() <= MAX_KEY_ID => Some(id.clone()),
        Some(_) => return None,
    };
    PublicKey::new(numbers, id).ok()
}

#[cfg(test)]
mod tests;
