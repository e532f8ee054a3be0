//! The refresh token: opaque outside, and refused without a look at the store if it is forged.
//!
//! ```text
//! base64url( kid:1 ‖ session id:16 ‖ secret:16 ‖ generation:4 ‖ tag:32 )
//! tag = HMAC-SHA256(key[kid], label ‖ all before it)
//! ```
//!
//! The store keeps the SHA-256 of `secret`, so neither the database alone, nor the key alone, nor
//! both yield a token that works.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::id::SessionId;
use crate::secret::{RefreshToken, SecretHash};
use crate::store::SessionKey;

use super::SessionSecret;
use super::keys::SigningSecret;
use super::seal::{Seals, TAG_BYTES};

const LABEL: &[u8] = b"auth-core refresh token 1\0";
const BODY_BYTES: usize = 1 + 16 + 16 + 4;
const TOKEN_BYTES: usize = BODY_BYTES + TAG_BYTES;
const TEXT_BYTES: usize = TOKEN_BYTES * 4 / 3;

/// Seals and opens refresh tokens.
#[derive(Debug)]
pub(crate) struct RefreshTokens(Seals);

/// A refresh token that one of our keys has sealed.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) key: SessionKey,
    pub(crate) generation: u32,
    secret: SessionSecret,
}

impl RefreshTokens {
    /// `None` where there is no secret.
    pub(crate) fn new(secrets: &[SigningSecret]) -> Option<Self> {
        Seals::new(secrets).map(Self)
    }

    /// The token of a session's generation.
    pub(crate) fn seal(&self, session: SessionId, secret: &SessionSecret, generation: u32) -> RefreshToken {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        bytes[0] = self.0.id();
        bytes[1..17].copy_from_slice(&session.to_bytes());
        bytes[17..33].copy_from_slice(&**secret);
        bytes[33..37].copy_from_slice(&generation.to_be_bytes());
        let tag = self.0.tag(&[LABEL, &bytes[..BODY_BYTES]]);
        bytes[BODY_BYTES..].copy_from_slice(&tag);
        RefreshToken::new(URL_SAFE_NO_PAD.encode(*bytes))
    }

    /// The token that follows a presented one in its session.
    pub(crate) fn successor(&self, presented: &Presented, generation: u32) -> RefreshToken {
        self.seal(presented.key.id, &presented.secret, generation)
    }

    /// Reads a token; `None` for anything that was not sealed here.
    pub(crate) fn open(&self, text: &str) -> Option<Presented> {
        if text.len() != TEXT_BYTES {
            return None;
        }
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        // Strict: a text with stray bits or padding is another text, and refused.
        URL_SAFE_NO_PAD.decode_slice(text, &mut *bytes).ok()?;
        let (body, tag) = bytes.split_at(BODY_BYTES);
        if !self.0.hold(body[0], &[LABEL, body], tag) {
            return None;
        }
        let secret = Zeroizing::new(body[17..33].try_into().ok()?);
        Some(Presented {
            key: SessionKey {
                id: SessionId::from_bytes(body[1..17].try_into().ok()?),
                secret: hash_of(&secret),
            },
            generation: u32::from_be_bytes(body[33..37].try_into().ok()?),
            secret,
        })
    }
}

/// What the store keeps of a session's secret. It needs no salt: the secret is random.
pub(crate) fn hash_of(secret: &SessionSecret) -> SecretHash {
    SecretHash::from_bytes(Sha256::digest(**secret).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::OsEntropy;

    fn keys(n: usize) -> Vec<SigningSecret> {
        (0..n).map(|_| SigningSecret::random(&OsEntropy).expect("randomness")).collect()
    }

    fn tokens(secrets: &[SigningSecret]) -> RefreshTokens {
        RefreshTokens::new(secrets).expect("there is a secret")
    }

    #[test]
    fn a_sealed_token_opens_to_what_was_sealed() {
        let tokens = tokens(&keys(1));
        let id = SessionId::from_bytes([9; 16]);
        let secret = Zeroizing::new([5; 16]);
        let sealed = tokens.seal(id, &secret, 0x0102_0304);
        assert_eq!(sealed.expose().len(), 92);
        let opened = tokens.open(sealed.expose()).expect("it is ours");
        assert_eq!((opened.key.id, opened.generation), (id, 0x0102_0304));
        assert!(opened.key.secret.same_as(&hash_of(&secret)));
        assert!(tokens.successor(&opened, 0x0102_0304).same_as(&sealed));
    }

    #[test]
    fn a_previous_key_opens_but_does_not_seal() {
        let [new, old] = <[_; 2]>::try_from(keys(2)).expect("two keys");
        let before = tokens(std::slice::from_ref(&old));
        let after = tokens(&[new.clone(), old]);
        let alone = tokens(&[new]);
        let id = SessionId::from_bytes([9; 16]);
        let secret = Zeroizing::new([5; 16]);
        let sealed = before.seal(id, &secret, 0);
        assert!(after.open(sealed.expose()).is_some());
        assert!(alone.open(sealed.expose()).is_none());
        assert!(alone.open(after.seal(id, &secret, 0).expose()).is_some());
    }

    #[test]
    fn two_keys_of_one_id_open_each_their_own() {
        let id_of = |secret: &SigningSecret| tokens(std::slice::from_ref(secret)).0.id();
        let [new, other] = <[_; 2]>::try_from(keys(2)).expect("two keys");
        // One in 256 has the same id, so there soon is one.
        let old = (0..100_000)
            .flat_map(|_| keys(1))
            .find(|secret| id_of(secret) == id_of(&new))
            .expect("a byte comes round again");
        let (id, secret) = (SessionId::from_bytes([9; 16]), Zeroizing::new([5; 16]));
        let sealed = tokens(std::slice::from_ref(&old)).seal(id, &secret, 0);
        assert!(tokens(&[new.clone(), other.clone(), old]).open(sealed.expose()).is_some());
        assert!(tokens(&[new, other]).open(sealed.expose()).is_none());
    }

    #[test]
    fn any_change_to_a_token_is_noticed() {
        let tokens = tokens(&keys(1));
        let sealed = tokens.seal(SessionId::from_bytes([9; 16]), &Zeroizing::new([5; 16]), 7);
        for at in 0..TEXT_BYTES {
            for byte in [b'A', b'_', b'=', b' ', 0, 0xff] {
                let mut bytes = sealed.expose().as_bytes().to_vec();
                if bytes[at] == byte {
                    continue;
                }
                bytes[at] = byte;
                let Ok(text) = String::from_utf8(bytes) else { continue };
                assert!(tokens.open(&text).is_none(), "{at} {byte}");
            }
        }
    }

    proptest! {
        #[test]
        fn opening_never_panics(text in any::<String>(), shaped in "[A-Za-z0-9_-]{92}") {
            let tokens = tokens(&keys(1));
            prop_assert!(tokens.open(&text).is_none());
            prop_assert!(tokens.open(&shaped).is_none());
        }
    }
}
