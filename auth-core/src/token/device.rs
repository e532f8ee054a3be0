//! The device token: a browser's word that it has logged in to an account before, which it cannot
//! make up (OWASP: device cookies).
//!
//! ```text
//! base64url( kid:1 ‖ device id:16 ‖ made at:8 ‖ tag:32 )
//! tag = HMAC-SHA256(key[kid], label ‖ holder ‖ all before it)
//! ```
//!
//! The holder is an account together with the hash of its password: another password makes all that
//! were handed out before worthless. It opens no door: all it is good for is a count of wrong passwords of one's own. It says
//! nothing of the account to whoever does not know the address already.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::secret::DeviceToken;

use super::keys::SigningSecret;
use super::seal::{Seals, TAG_BYTES};

const LABEL: &[u8] = b"auth-core device token 1\0";
const BODY_BYTES: usize = 1 + 16 + 8;
const TOKEN_BYTES: usize = BODY_BYTES + TAG_BYTES;
const TEXT_BYTES: usize = TOKEN_BYTES * 4 / 3;

/// How long a device is remembered: as long as a browser keeps a cookie.
pub(crate) const REMEMBERED: Duration = Duration::from_hours(24 * 400);

/// Seals and opens device tokens.
#[derive(Debug)]
pub(crate) struct DeviceTokens(Seals);

/// A device that an account knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: [u8; 16],
    /// Whether it should get a new token before this one is too old.
    pub(crate) is_old: bool,
}

impl DeviceTokens {
    /// `None` where there is no secret.
    pub(crate) fn new(secrets: &[SigningSecret]) -> Option<Self> {
        Seals::new(secrets).map(Self)
    }

    pub(crate) fn seal(&self, holder: &[u8; 32], device: [u8; 16], now: Timestamp) -> DeviceToken {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[0] = self.0.id();
        bytes[1..17].copy_from_slice(&device);
        bytes[17..25].copy_from_slice(&now.millis().to_be_bytes());
        let tag = self.0.tag(&[LABEL, holder, &bytes[..BODY_BYTES]]);
        bytes[BODY_BYTES..].copy_from_slice(&tag);
        DeviceToken::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The device, if the token was sealed here for this holder, and not too long ago.
    pub(crate) fn open(&self, text: &str, holder: &[u8; 32], now: Timestamp) -> Option<Device> {
        if text.len() != TEXT_BYTES {
            return None;
        }
        let mut bytes = [0; TOKEN_BYTES];
        URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (body, tag) = bytes.split_at(BODY_BYTES);
        if !self.0.hold(body[0], &[LABEL, holder, body], tag) {
            return None;
        }
        let made_at = Timestamp::from_millis(i64::from_be_bytes(body[17..25].try_into().ok()?));
        let age = now.since(made_at);
        let id = body[1..17].try_into().ok()?;
        (age < REMEMBERED).then_some(Device { id, is_old: age >= REMEMBERED / 4 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::OsEntropy;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const ANN: [u8; 32] = [1; 32];

    fn secret() -> SigningSecret {
        SigningSecret::random(&OsEntropy).expect("randomness")
    }

    fn tokens(secrets: &[SigningSecret]) -> DeviceTokens {
        DeviceTokens::new(secrets).expect("there is a secret")
    }

    #[test]
    fn a_token_is_good_for_one_account_and_its_time() {
        let tokens = tokens(&[secret()]);
        let token = tokens.seal(&ANN, [7; 16], NOW);
        let open = |account, now| tokens.open(token.expose(), account, now);
        assert_eq!(token.expose().len(), TEXT_BYTES);
        assert_eq!(open(&ANN, NOW), Some(Device { id: [7; 16], is_old: false }));
        assert_eq!(open(&[2; 32], NOW), None);
        let day = Duration::from_hours(24);
        assert_eq!(open(&ANN, NOW + 100 * day).map(|device| device.is_old), Some(true));
        assert!(open(&ANN, NOW + 400 * day - Duration::from_millis(1)).is_some());
        assert_eq!(open(&ANN, NOW + 400 * day), None);
    }

    #[test]
    fn a_previous_key_opens_and_a_strange_one_does_not() {
        let [old, new] = [secret(), secret()];
        let token = tokens(std::slice::from_ref(&old)).seal(&ANN, [7; 16], NOW);
        assert!(tokens(&[new.clone(), old]).open(token.expose(), &ANN, NOW).is_some());
        assert!(tokens(&[new]).open(token.expose(), &ANN, NOW).is_none());
    }

    #[test]
    fn any_change_to_a_token_is_noticed() {
        let tokens = tokens(&[secret()]);
        let token = tokens.seal(&ANN, [7; 16], NOW);
        for at in 0..TEXT_BYTES {
            for byte in [b'A', b'_', b'=', b' '] {
                let mut bytes = token.expose().as_bytes().to_vec();
                if bytes[at] != byte {
                    bytes[at] = byte;
                    let text = String::from_utf8(bytes).expect("ASCII");
                    assert!(tokens.open(&text, &ANN, NOW).is_none(), "{at} {byte}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn opening_never_panics(text in any::<String>(), shaped in "[A-Za-z0-9_-]{76}") {
            let tokens = tokens(&[secret()]);
            prop_assert!(tokens.open(&text, &ANN, NOW).is_none());
            prop_assert!(tokens.open(&shaped, &ANN, NOW).is_none());
        }
    }
}
