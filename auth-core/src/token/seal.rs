//! Tags that only this installation makes, by one of several keys.

use hmac::Mac;

use super::keys::SigningSecret;

const KID_LABEL: &[u8] = b"auth-core refresh key id\0";

/// The length of a tag.
pub(super) const TAG_BYTES: usize = 32;

/// The keys that seal what only we can read.
#[derive(Debug)]
pub(super) struct Seals {
    /// The one that seals stands first.
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    id: u8,
    secret: SigningSecret,
}

impl Seals {
    /// `None` where there is no secret.
    pub(super) fn new(secrets: &[SigningSecret]) -> Option<Self> {
        let key =
            |secret: &SigningSecret| Key { id: secret.fingerprint(KID_LABEL)[0], secret: secret.clone() };
        let keys: Vec<_> = secrets.iter().map(key).collect();
        (!keys.is_empty()).then_some(Self { keys })
    }

    /// The id of the key that seals.
    pub(super) fn id(&self) -> u8 {
        self.keys[0].id
    }

    /// The tag of these parts, by the key that seals.
    pub(super) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        mac(&self.keys[0].secret, parts).finalize().into_bytes().into()
    }

    /// Whether the tag is that of these parts, by a key with this id.
    pub(super) fn hold(&self, id: u8, parts: &[&[u8]], tag: &[u8]) -> bool {
        let by = |key: &Key| key.id == id && mac(&key.secret, parts).verify_slice(tag).is_ok();
        self.keys.iter().any(by)
    }
}

fn mac(secret: &SigningSecret, parts: &[&[u8]]) -> super::keys::HmacSha256 {
    parts.iter().fold(secret.mac(), Mac::chain_update)
}
