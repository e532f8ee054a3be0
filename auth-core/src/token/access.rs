//! The access token: a JWT (RFC 7519, RFC 9068) behind a strict wrapper.
//!
//! `jsonwebtoken` does the base64, the JSON and the signature. By default it accepts an unknown
//! `crit`, any `typ`, an `exp` a minute past, a future `nbf`; so the header is judged here before,
//! and the claims after, against the injected clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::policy::Policy;
use crate::role::Role;
use crate::secret::AccessToken;
use crate::verbs::Identity;

use super::keys::SigningSecret;

const TYPE: &str = "at+jwt";
const KID_LABEL: &[u8] = b"auth-core access key id\0";
const MAX_BYTES: usize = 8 * 1024;
/// How far the clocks of two instances may differ: for `iat` and `nbf`, never for `exp`.
const LEEWAY_SECONDS: i64 = 5;

/// Signs and verifies access tokens.
pub(crate) struct AccessTokens {
    /// The one that signs stands first.
    keys: Vec<Key>,
    validation: Validation,
    issuer: String,
    audience: String,
    max_seconds: i64,
}

struct Key {
    id: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

/// Whom an access token is for.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) role: &'a Role,
    /// When the session ends; the token does not outlive it.
    pub(crate) ends_at: Timestamp,
    /// 16 random bytes: the token's own id.
    pub(crate) token_id: [u8; 16],
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    role: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The header, and nothing else: whatever a header may ask beyond this (`crit`, `zip`, `jwk`,
/// `jku`, `x5u`, `x5c`, …) is refused by `deny_unknown_fields`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    #[serde(default, deserialize_with = "text")]
    kid: Option<String>,
}

impl AccessTokens {
    /// `None` where there is no secret.
    pub(crate) fn new(secrets: &[SigningSecret], policy: &Policy) -> Option<Self> {
        settle_on_one_backend();
        let keys: Vec<_> = secrets.iter().map(Key::new).collect();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&policy.issuer]);
        validation.set_audience(&[&policy.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The times are judged below, by our clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        (!keys.is_empty()).then(|| Self {
            keys,
            validation,
            issuer: policy.issuer.clone(),
            audience: policy.audience.clone(),
            max_seconds: i64::try_from(policy.access_ttl.as_secs()).unwrap_or(i64::MAX),
        })
    }

    /// Signs a token for `subject`. `None` only where the key cannot sign.
    pub(crate) fn issue(&self, subject: &Subject<'_>, now: Timestamp) -> Option<AccessToken> {
        let key = &self.keys[0];
        let header =
            Header { typ: Some(TYPE.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        let iat = now.seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.user_id.to_string(),
            sid: subject.session_id.to_string(),
            jti: URL_SAFE_NO_PAD.encode(subject.token_id),
            role: subject.role.to_string(),
            iat,
            nbf: iat,
            exp: iat.saturating_add(self.max_seconds).min(subject.ends_at.seconds()),
        };
        jsonwebtoken::encode(&header, &claims, &key.sign).ok().map(AccessToken::new)
    }

    /// Who is behind `token`; `None` for anything but a token of ours that is good at `now`.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Identity> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let header = read_header(token)?;
        if header.alg != "HS256" || header.typ != TYPE {
            return None;
        }
        let candidate = |key: &&Key| header.kid.as_ref().is_none_or(|kid| *kid == key.id);
        let decode = |key: &Key| jsonwebtoken::decode::<Claims>(token, &key.verify, &self.validation).ok();
        let claims = self.keys.iter().filter(candidate).find_map(decode)?.claims;
        if !claims_are_text(token) {
            return None;
        }
        identity(&claims, self.max_seconds, now)
    }
}

fn read_header(token: &str) -> Option<StrictHeader> {
    let (header, _) = token.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// A member that may be left out, but is text where it is there: `null` is none.
fn text<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    String::deserialize(json).map(Some)
}

/// Whether the claims are UTF-8 throughout (RFC 7519 §7.2): the reader of JSON does not look into
/// those that it skips.
fn claims_are_text(token: &str) -> bool {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    claims.is_some_and(|claims| str::from_utf8(&claims).is_ok())
}

/// Judges claims whose signature, issuer and audience hold.
fn identity(claims: &Claims, max_seconds: i64, now: Timestamp) -> Option<Identity> {
    let Claims { iat, nbf, exp, .. } = *claims;
    let now = now.seconds();
    let lifetime = exp.checked_sub(iat)?;
    let latest_start = now.saturating_add(LEEWAY_SECONDS);
    let good_now = now < exp && nbf <= latest_start && iat <= latest_start;
    if !good_now || !(1..=max_seconds).contains(&lifetime) || claims.jti.is_empty() {
        return None;
    }
    Some(Identity {
        user_id: claims.sub.parse().ok()?,
        session_id: claims.sid.parse().ok()?,
        role: Role::parse(&claims.role).ok()?,
        expires_at: Timestamp::from_millis(exp.checked_mul(1_000)?),
    })
}

impl Key {
    fn new(secret: &SigningSecret) -> Self {
        Self {
            id: URL_SAFE_NO_PAD.encode(&secret.fingerprint(KID_LABEL)[..6]),
            sign: EncodingKey::from_secret(secret.as_bytes()),
            verify: DecodingKey::from_secret(secret.as_bytes()),
        }
    }
}

/// Names the backend. Left alone, `jsonwebtoken` panics at its first use where both are compiled
/// in, and any crate in an application's graph may have asked for the other one.
fn settle_on_one_backend() {
    #[cfg(feature = "aws-lc-rs")]
    use jsonwebtoken::crypto::aws_lc as backend;
    #[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
    use jsonwebtoken::crypto::rust_crypto as backend;

    // An application that has chosen already is right.
    let _chosen_before = backend::DEFAULT_PROVIDER.install_default();
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
compile_error!("auth-core signs with one of two backends: enable the feature `rust-crypto` or `aws-lc-rs`");

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
