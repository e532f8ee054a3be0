//! Where a server finds its keys.

use std::convert::Infallible;
use std::time::Duration;

use auth_core::{AccessKeys, Auth, Clock, OsEntropy, SystemClock, Timestamp};
use auth_sea_orm::SeaOrmStore;

use super::follow::follow;
use super::ring::{KeysError, Ring, Secrets, first, load};
use super::seal::Sealer;
use crate::config::Config;

/// The keys of a server that is about to start, and the way to those that come later.
#[derive(Debug)]
pub struct SigningKeys {
    store: SeaOrmStore,
    sealer: Sealer,
    secrets: Secrets,
    token_ttl: Duration,
    found: Ring,
}

impl SigningKeys {
    /// The keys in the configured database; `None` where a secret signs, and no keys.
    ///
    /// Where there is neither a key nor a secret that signs, it makes the first key.
    ///
    /// # Errors
    ///
    /// [`KeysError`] where they cannot be read or opened.
    pub async fn find(
        config: &Config,
        store: &SeaOrmStore,
        secrets: &Secrets,
    ) -> Result<Option<Self>, KeysError> {
        let Some(sealer) = Sealer::new(&config.keys.sealing) else { return Ok(None) };
        let now = SystemClock.now();
        if secrets.current.is_none()
            && let Some(key) = first(store, &sealer, &OsEntropy, now).await?
        {
            tracing::info!(key = key.id, algorithm = key.algorithm, "made the first signing key");
        }
        let token_ttl = config.policy.access_ttl;
        let found = load(store, &sealer, secrets, token_ttl, now).await?;
        Ok(Some(Self { store: store.clone(), sealer, secrets: secrets.clone(), token_ttl, found }))
    }

    /// Those that were found.
    pub const fn found(&self) -> &AccessKeys {
        &self.found.access
    }

    /// Takes over those that come and go, for as long as it is polled.
    pub async fn follow(&self, auth: &Auth<SeaOrmStore>, every: Duration) -> Infallible {
        let known = self.found.schedule.clone();
        follow(auth, every, known, async || self.ring(SystemClock.now()).await).await
    }

    async fn ring(&self, now: Timestamp) -> Result<Ring, KeysError> {
        load(&self.store, &self.sealer, &self.secrets, self.token_ttl, now).await
    }
}
