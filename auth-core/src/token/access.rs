//! The access token: a JWT (RFC 7519, RFC 9068) behind a strict wrapper.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::policy::Policy;
use crate::role::Role;
use crate::secret::AccessToken;
use crate::verbs::Identity;

use super::access_keys::{AccessKeys, Keyring};
use super::judge::{Claims, Expected};
use super::jwks::Jwks;

/// Signs and verifies access tokens.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    /// Held only while the pointer is read or set: nobody waits for a key to be made ready.
    keys: RwLock<Arc<Keyring>>,
    expected: Expected,
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

/// None of the keys can sign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NothingSigns;

impl AccessTokens {
    pub(crate) fn new(keys: &AccessKeys, policy: &Policy) -> Result<Self, NothingSigns> {
        Ok(Self {
            keys: RwLock::new(Arc::new(Keyring::new(keys).ok_or(NothingSigns)?)),
            expected: Expected {
                issuer: policy.issuer.clone(),
                audience: policy.audience.clone(),
                max_seconds: i64::try_from(policy.access_ttl.as_secs()).unwrap_or(i64::MAX),
            },
        })
    }

    /// From now on signs and verifies with these.
    pub(crate) fn replace(&self, keys: &AccessKeys) -> Result<(), NothingSigns> {
        let ready = Arc::new(Keyring::new(keys).ok_or(NothingSigns)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = ready;
        Ok(())
    }

    pub(crate) fn jwks(&self) -> Jwks {
        self.keys().jwks().clone()
    }

    /// Signs a token for `subject`. `None` only where the key cannot sign.
    pub(crate) fn issue(&self, subject: &Subject<'_>, now: Timestamp) -> Option<AccessToken> {
        let keys = self.keys();
        let iat = now.seconds();
        let claims = Claims {
            iss: Cow::Borrowed(&self.expected.issuer),
            aud: Cow::Borrowed(&self.expected.audience),
            sub: subject.user_id.to_string().into(),
            sid: subject.session_id.to_string().into(),
            jti: URL_SAFE_NO_PAD.encode(subject.token_id).into(),
            role: subject.role.as_str().into(),
            iat,
            nbf: iat,
            exp: iat.saturating_add(self.expected.max_seconds).min(subject.ends_at.seconds()),
        };
        let mut token = format!("{}.", keys.header());
        let claims = serde_json::to_vec(&claims).expect("a struct of texts and numbers is JSON");
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = keys.sign(&token)?;
        token.push('.');
        token.push_str(&signature);
        Some(AccessToken::new(token))
    }

    /// Who is behind `token`; `None` for anything but a token of ours that is good at `now`.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Identity> {
        self.expected.judge(token, self.keys().checks().iter(), now)
    }

    fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
