//! What the core signs and verifies with, out of the keys in the database.

use std::time::Duration;

use auth_core::store::StoreError;
use auth_core::{
    AccessKeys, Entropy, EntropyError, KeyFlaw, SigningAlgorithm, SigningKey, SigningSecret, Timestamp,
};
use auth_sea_orm::{Addition, SeaOrmStore, SealedKey};
use secrecy::{ExposeSecret, SecretString};

use super::schedule::{KeyState, KeyTimes, Schedule};
use super::seal::{Sealer, Unsealable};

/// Why the keys are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database failed.
    #[error("the keys in the database cannot be read")]
    Store(#[from] StoreError),
    /// One of them does not open.
    #[error("the key {id} does not open with JWT_KEYS_SECRET: {cause}")]
    Sealed {
        /// Its name.
        id: String,
        /// Why not.
        cause: Unsealable,
    },
    /// There is no key that signs yet, and no secret that does.
    #[error("no key signs yet, and JWT_ACCESS_SECRET is not set")]
    NothingSigns,
    /// A secret that verifies beside them is too weak.
    #[error("a secret of access tokens is too weak: {0}")]
    Secret(#[from] KeyFlaw),
    /// No key could be drawn.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl KeysError {
    /// What whoever starts the server can do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Sealed { cause: Unsealable::AnotherSecret, .. } => {
                "put the secret that it was made with into JWT_KEYS_SECRET_PREVIOUS; if that is lost, delete its row in auth_keys"
            }
            Self::Sealed { .. } => "start the version that made it, or delete its row in auth_keys",
            Self::NothingSigns => {
                "wait until the time of the first key has come (`auth-server keys list`), or set JWT_ACCESS_SECRET until then"
            }
            Self::Store(_) => "see that the database answers",
            Self::Secret(_) => "put the output of `openssl rand -base64 48` into JWT_ACCESS_SECRET",
            Self::Entropy(_) => "see that the system has randomness",
        }
    }
}

/// The secrets of HS256 that stand beside the keys.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// It signs where no key does.
    pub current: Option<SecretString>,
    /// They verify, and sign nothing.
    pub previous: Vec<SecretString>,
}

/// The keys at a certain time: what each of them is, and all of them for the core.
#[derive(Clone, Debug)]
pub struct Ring {
    /// Which key is what.
    pub schedule: Schedule,
    /// The one that signs first, and those that verify.
    pub access: AccessKeys,
}

/// Reads the keys and opens those that are in use, with the secrets of HS256 behind them: these go on
/// verifying, and the current one signs for as long as no key does.
///
/// # Errors
///
/// [`KeysError`] names what keeps it from one of them, or says that nothing signs: a previous secret
/// never does.
pub async fn load(
    store: &SeaOrmStore,
    sealer: &Sealer,
    secrets: &Secrets,
    token_ttl: Duration,
    now: Timestamp,
) -> Result<Ring, KeysError> {
    let rows = store.signing_keys().await?;
    let times = |row: &SealedKey| KeyTimes { id: row.id.clone(), signs_from: row.signs_from };
    let schedule = Schedule::new(rows.iter().map(times).collect(), token_ttl, now);
    let mut access = AccessKeys::new();
    for row in &rows {
        access = match schedule.state(&row.id) {
            Some(KeyState::Signing) => access.signing_key(opened(sealer, row)?),
            Some(KeyState::Coming | KeyState::Verifying { .. }) => {
                access.verifying_key(opened(sealer, row)?.public().clone())
            }
            Some(KeyState::Over) | None => access,
        };
    }
    let signs = schedule.iter().any(|(_, state)| state == KeyState::Signing);
    if !signs && secrets.current.is_none() {
        return Err(KeysError::NothingSigns);
    }
    for secret in secrets.current.iter().chain(&secrets.previous) {
        access = access.secret(SigningSecret::parse(secret.expose_secret().as_bytes())?);
    }
    Ok(Ring { schedule, access })
}

/// Makes the first key, which signs at once, where there is none and nothing else signs.
///
/// # Errors
///
/// [`KeysError`] where the database fails, or no randomness is to be had.
pub async fn first(
    store: &SeaOrmStore,
    sealer: &Sealer,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Option<SealedKey>, KeysError> {
    if !store.signing_keys().await?.is_empty() {
        return Ok(None);
    }
    let signs_from = Schedule::new(Vec::new(), Duration::ZERO, now).next(Duration::ZERO, now);
    let key = made(sealer, SigningAlgorithm::default(), entropy, signs_from, now)?;
    let addition = store.add_signing_key(&key, None).await?;
    Ok((addition == Addition::Added).then_some(key))
}

/// A new key, sealed.
pub(crate) fn made(
    sealer: &Sealer,
    algorithm: SigningAlgorithm,
    entropy: &dyn Entropy,
    signs_from: Timestamp,
    now: Timestamp,
) -> Result<SealedKey, EntropyError> {
    let key = SigningKey::generate(algorithm, entropy)?;
    Ok(SealedKey {
        id: key.key_id().to_owned(),
        algorithm: algorithm.to_string(),
        sealed: sealer.seal(&key, signs_from, entropy)?,
        created_at: now,
        signs_from,
    })
}

/// The key of a row.
pub(crate) fn opened(sealer: &Sealer, row: &SealedKey) -> Result<SigningKey, KeysError> {
    let found = match row.algorithm.parse() {
        Ok(algorithm) => sealer.open(&row.id, algorithm, row.signs_from, &row.sealed),
        Err(_) => Err(Unsealable::AnotherVersion),
    };
    found.map_err(|cause| KeysError::Sealed { id: row.id.clone(), cause })
}
