//! Access tokens, taken apart and put together again by hand.

use auth_conformance::contract::Settings;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

pub(crate) const SECRET: &[u8] = Settings::ACCESS_SECRET.as_bytes();

/// Which hash a MAC is made with.
#[derive(Clone, Copy)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The text of a header and of claims, as they were before they were encoded.
#[derive(Clone)]
pub(crate) struct Jwt {
    pub(crate) header: String,
    pub(crate) claims: String,
}

impl Jwt {
    pub(crate) fn parse(token: &str) -> Self {
        let decoded = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let [header, claims, _signature] = parts(token);
        Self { header: decoded(header), claims: decoded(claims) }
    }

    /// With a member of the header that is new or has another value.
    pub(crate) fn with_header(&self, name: &str, value: impl Into<Value>) -> Self {
        Self { header: with(&self.header, name, value.into()), claims: self.claims.clone() }
    }

    pub(crate) fn without_header(&self, name: &str) -> Self {
        Self { header: without(&self.header, name), claims: self.claims.clone() }
    }

    /// With a claim that is new or has another value.
    pub(crate) fn with_claim(&self, name: &str, value: impl Into<Value>) -> Self {
        Self { header: self.header.clone(), claims: with(&self.claims, name, value.into()) }
    }

    pub(crate) fn without_claim(&self, name: &str) -> Self {
        Self { header: self.header.clone(), claims: without(&self.claims, name) }
    }

    /// With another text in place of the header.
    pub(crate) fn with_header_text(&self, header: impl Into<String>) -> Self {
        Self { header: header.into(), claims: self.claims.clone() }
    }

    /// With another text in place of the claims.
    pub(crate) fn with_claims_text(&self, claims: impl Into<String>) -> Self {
        Self { header: self.header.clone(), claims: claims.into() }
    }

    pub(crate) fn claim(&self, name: &str) -> Value {
        serde_json::from_str::<Value>(&self.claims).unwrap()[name].take()
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.claim(name).as_i64().unwrap()
    }

    /// What is signed.
    pub(crate) fn message(&self) -> String {
        format!("{}.{}", encoded(&self.header), encoded(&self.claims))
    }

    /// Signed as the system does it, whatever it says.
    pub(crate) fn signed(&self) -> String {
        sealed(&self.message(), SECRET, Hash::Sha256)
    }

    /// Signed with HS256 and another key.
    pub(crate) fn signed_with(&self, key: &[u8]) -> String {
        sealed(&self.message(), key, Hash::Sha256)
    }
}

/// A message of any shape, with its MAC behind it.
pub(crate) fn sealed(message: &str, key: &[u8], hash: Hash) -> String {
    format!("{message}.{}", encoded(mac(message, key, hash)))
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

pub(crate) fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

fn mac(message: &str, key: &[u8], hash: Hash) -> Vec<u8> {
    match hash {
        Hash::Sha256 => Hmac::<Sha256>::new_from_slice(key)
            .unwrap()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        Hash::Sha384 => Hmac::<Sha384>::new_from_slice(key)
            .unwrap()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
        Hash::Sha512 => Hmac::<Sha512>::new_from_slice(key)
            .unwrap()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec(),
    }
}

fn with(json: &str, name: &str, value: Value) -> String {
    let mut object: Value = serde_json::from_str(json).unwrap();
    object[name] = value;
    object.to_string()
}

fn without(json: &str, name: &str) -> String {
    let mut object: Value = serde_json::from_str(json).unwrap();
    object.as_object_mut().unwrap().remove(name);
    object.to_string()
}
