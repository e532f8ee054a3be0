//! Access tokens taken apart and put together by hand, to forge them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha512};

use super::Settings;

/// A JWT whose parts can be changed before it is signed again.
#[derive(Clone, Debug)]
pub(super) struct Jwt {
    pub(super) header: Value,
    pub(super) claims: Value,
}

impl Jwt {
    /// Takes a token apart; its signature is dropped.
    pub(super) fn parse(token: &str) -> Self {
        let parts: Vec<_> = token.split('.').collect();
        let [header, claims, _signature] = parts[..] else { panic!("a JWS in compact form has three parts") };
        Self { header: decoded(header), claims: decoded(claims) }
    }

    /// With one more member of the header, or another value of one.
    pub(super) fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    /// With one more claim, or another value of one.
    pub(super) fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    /// Without this claim.
    pub(super) fn without_claim(mut self, name: &str) -> Self {
        self.claims.as_object_mut().expect("claims are an object").remove(name);
        self
    }

    /// A claim that must be a number.
    pub(super) fn number(&self, claim: &str) -> i64 {
        self.claims[claim].as_i64().unwrap_or_else(|| panic!("{claim} is a whole number: {}", self.claims))
    }

    /// Signed with HS256 and the secret of the installation.
    pub(super) fn signed(&self) -> String {
        self.signed_with(Settings::ACCESS_SECRET.as_bytes())
    }

    /// Signed with HS256, whatever the header says.
    pub(super) fn signed_with(&self, secret: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
        mac.update(self.signing_input().as_bytes());
        format!("{}.{}", self.signing_input(), URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// Signed with HS512 and the secret of the installation, whatever the header says.
    pub(super) fn signed_with_hs512(&self) -> String {
        let secret = Settings::ACCESS_SECRET.as_bytes();
        let mut mac = Hmac::<Sha512>::new_from_slice(secret).expect("HMAC takes a key of any length");
        mac.update(self.signing_input().as_bytes());
        format!("{}.{}", self.signing_input(), URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// Header and claims, with a signature of no bytes.
    pub(super) fn unsigned(&self) -> String {
        format!("{}.", self.signing_input())
    }

    fn signing_input(&self) -> String {
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}", encoded(&self.header), encoded(&self.claims))
    }
}

fn decoded(part: &str) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url without padding");
    serde_json::from_slice(&bytes).expect("JSON")
}
