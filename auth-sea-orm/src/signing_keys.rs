//! The verbs for the keys that sign access tokens.
//!
//! They are not behind a trait of `auth-core`: an application that links the library gives its keys to
//! the builder, from wherever it keeps them. The server keeps them here.

use std::fmt;

use auth_core::Timestamp;
use auth_core::store::StoreError;
use sea_orm::{FromQueryResult, Value};

use crate::store::{SeaOrmStore, execute, fetch_all};

/// A key that signs access tokens, as it is kept: nobody can sign with it who cannot unseal it.
///
/// Which key comes when is told by `signs_from` alone, so that all instances agree.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// The `kid` of its tokens.
    pub id: String,
    /// The name of its algorithm.
    pub algorithm: String,
    /// The private part, encrypted by whoever keeps it here.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_from: Timestamp,
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("created_at", &self.created_at)
            .field("signs_from", &self.signs_from)
            .finish_non_exhaustive()
    }
}

/// What became of a key that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// It is there now.
    Added,
    /// Somebody else has added another one meanwhile.
    Overtaken,
}

impl SeaOrmStore {
    /// All keys, in the order in which they sign.
    ///
    /// ```sql
    /// SELECT id, algorithm, sealed, created_at, signs_from FROM auth_keys ORDER BY signs_from, id
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<SealedKey>, StoreError> {
        let rows: Vec<KeyRow> = fetch_all(self.connections(), LIST, []).await?;
        Ok(rows.into_iter().map(SealedKey::from).collect())
    }

    /// Adds the key that comes after `newest`, the id of the newest one there is; or, where that is
    /// none, the first.
    ///
    /// ```sql
    /// INSERT INTO auth_keys (id, predecessor, algorithm, sealed, created_at, signs_from)
    /// VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
    /// ```
    ///
    /// No two keys have the same predecessor, so of several at once one is added.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database fails; the key may then be there nevertheless.
    pub async fn add_signing_key(
        &self,
        key: &SealedKey,
        newest: Option<&str>,
    ) -> Result<Addition, StoreError> {
        let values: [Value; 6] = [
            key.id.as_str().into(),
            newest.unwrap_or_default().into(),
            key.algorithm.as_str().into(),
            key.sealed.clone().into(),
            key.created_at.millis().into(),
            key.signs_from.millis().into(),
        ];
        let added = execute(self.connections(), ADD, values).await?;
        Ok(if added == 1 { Addition::Added } else { Addition::Overtaken })
    }

    /// Deletes a key that signs nothing at `now`: one that is yet to come, or one that another has replaced,
    /// and then those before it, too. Says whether it did.
    ///
    /// ```sql
    /// DELETE FROM auth_keys
    ///  WHERE (id = $1 AND signs_from > $2)
    ///     OR (EXISTS (SELECT 1 FROM auth_keys AS meant WHERE meant.id = $1 AND auth_keys.signs_from <= meant.signs_from)
    ///         AND EXISTS (SELECT 1 FROM auth_keys AS later
    ///                      WHERE later.signs_from <= $2 AND later.signs_from > (SELECT signs_from FROM auth_keys WHERE id = $1)))
    /// ```
    ///
    /// The one that signs is the latest of those that may, so it is never deleted, whoever deletes
    /// others at the same time. An earlier one is not left behind, because the end of a key is told by the
    /// one after it: without that it would be good again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the database fails.
    pub async fn remove_signing_key(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let values: [Value; 2] = [id.into(), now.millis().into()];
        Ok(execute(self.connections(), REMOVE, values).await? > 0)
    }
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: String,
    algorithm: String,
    sealed: Vec<u8>,
    created_at: i64,
    signs_from: i64,
}

impl From<KeyRow> for SealedKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            algorithm: row.algorithm,
            sealed: row.sealed,
            created_at: Timestamp::from_millis(row.created_at),
            signs_from: Timestamp::from_millis(row.signs_from),
        }
    }
}

const LIST: &str = "\
SELECT id, algorithm, sealed, created_at, signs_from FROM auth_keys ORDER BY signs_from, id";

const ADD: &str = "\
INSERT INTO auth_keys (id, predecessor, algorithm, sealed, created_at, signs_from)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

const REMOVE: &str = "\
DELETE FROM auth_keys
 WHERE (id = $1 AND signs_from > $2)
    OR (EXISTS (SELECT 1 FROM auth_keys AS meant WHERE meant.id = $1 AND auth_keys.signs_from <= meant.signs_from)
        AND EXISTS (SELECT 1 FROM auth_keys AS later
                     WHERE later.signs_from <= $2 AND later.signs_from > (SELECT signs_from FROM auth_keys WHERE id = $1)))";
