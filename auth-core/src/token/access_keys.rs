//! The keys of access tokens: one that signs, and those that others still or already sign with.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey};

use super::check::{Check, settle_on_one_backend};
use super::jwks::Jwks;
use super::keys::SigningSecret;
use super::public_key::PublicKey;
use super::signing_key::SigningKey;

/// The keys of access tokens, to be given to [`AuthBuilder::access_keys`](crate::AuthBuilder::access_keys), or,
/// while it runs, to [`Auth::replace_access_keys`](crate::Auth::replace_access_keys).
///
/// The first that can sign does; all of them verify. So another key is brought in in three steps, with
/// as long as an access token lives between them, and nobody is logged out: add it behind the one
/// that signs, until every instance and every verifier knows it; put it in front; leave the old one
/// out. The same goes for a secret that makes way for a key.
///
/// ```
/// use auth_core::{AccessKeys, Auth, MemoryStore, OsEntropy, SigningAlgorithm, SigningKey};
///
/// let old = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// let new = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// let keys = AccessKeys::new().signing_key(old.clone());
/// let auth = Auth::builder(MemoryStore::new()).access_keys(keys).random_refresh_secret().build()?;
///
/// auth.replace_access_keys(&AccessKeys::new().signing_key(old.clone()).signing_key(new.clone()))?;
/// assert!(auth.jwks().contains(new.key_id()));
/// // A while later:
/// auth.replace_access_keys(&AccessKeys::new().signing_key(new).verifying_key(old.public().clone()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct AccessKeys(Vec<AccessKey>);

#[derive(Clone, Debug)]
enum AccessKey {
    Secret(SigningSecret),
    Pair(SigningKey),
    Public(PublicKey),
}

impl AccessKeys {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more key that can sign.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.0.push(AccessKey::Pair(key));
        self
    }

    /// One more secret that can sign, with HS256.
    #[must_use]
    pub fn secret(mut self, secret: SigningSecret) -> Self {
        self.0.push(AccessKey::Secret(secret));
        self
    }

    /// One more key that only verifies.
    #[must_use]
    pub fn verifying_key(mut self, key: PublicKey) -> Self {
        self.0.push(AccessKey::Public(key));
        self
    }

    /// The public keys among them: never a secret.
    pub fn jwks(&self) -> Jwks {
        let public = |key: &AccessKey| match key {
            AccessKey::Secret(_) => None,
            AccessKey::Pair(key) => Some(key.public().clone()),
            AccessKey::Public(key) => Some(key.clone()),
        };
        self.0.iter().filter_map(public).collect()
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SigningSecret> {
        self.0.iter().filter_map(|key| match key {
            AccessKey::Secret(secret) => Some(secret),
            AccessKey::Pair(_) | AccessKey::Public(_) => None,
        })
    }
}

/// [`AccessKeys`], ready for use.
pub(super) struct Keyring {
    signer: Signer,
    checks: Vec<Check>,
    jwks: Jwks,
}

/// What signs, and what its tokens say of it.
struct Signer {
    key: SigningBy,
    algorithm: Algorithm,
    header: String,
    id: String,
}

enum SigningBy {
    Secret(EncodingKey),
    Pair(SigningKey),
}

impl Keyring {
    /// `None` where none of the keys can sign.
    pub(super) fn new(keys: &AccessKeys) -> Option<Self> {
        settle_on_one_backend();
        let check = |key: &AccessKey| match key {
            AccessKey::Secret(secret) => Check::of_secret(secret),
            AccessKey::Pair(key) => key.public().check().clone(),
            AccessKey::Public(key) => key.check().clone(),
        };
        let signer = keys.0.iter().find_map(|key| match key {
            AccessKey::Secret(secret) => Some(SigningBy::Secret(EncodingKey::from_secret(secret.as_bytes()))),
            AccessKey::Pair(pair) => Some(SigningBy::Pair(pair.clone())),
            AccessKey::Public(_) => None,
        });
        let first = keys.0.iter().find(|key| !matches!(key, AccessKey::Public(_))).map(check)?;
        let signer = Signer {
            key: signer?,
            algorithm: first.algorithm,
            header: first.header().to_owned(),
            id: first.id,
        };
        Some(Self { signer, checks: keys.0.iter().map(check).collect(), jwks: keys.jwks() })
    }

    pub(super) fn checks(&self) -> &[Check] {
        &self.checks
    }

    pub(super) fn jwks(&self) -> &Jwks {
        &self.jwks
    }

    /// The id of the key that signs.
    pub(super) fn signs_with(&self) -> &str {
        &self.signer.id
    }

    /// The header of what it signs, in base64url.
    pub(super) fn header(&self) -> &str {
        &self.signer.header
    }

    /// The signature of `message`, in base64url; `None` only where the backend fails.
    pub(super) fn sign(&self, message: &str) -> Option<String> {
        match &self.signer.key {
            SigningBy::Pair(key) => key.sign(message),
            SigningBy::Secret(key) => {
                jsonwebtoken::crypto::sign(message.as_bytes(), key, self.signer.algorithm).ok()
            }
        }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("signs_with", &self.signs_with()).finish_non_exhaustive()
    }
}
