//! The table `auth_keys`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `auth_keys`: the keys that sign access tokens, with their private parts encrypted.
///
/// `predecessor` is the id of the key that was the newest when this one was made, and empty for the
/// first. It is unique, so that of several who make the next key at once, one does.
#[derive(Clone, Copy, Debug)]
pub struct CreateKeys;

impl MigrationName for CreateKeys {
    fn name(&self) -> &'static str {
        "m20261129_000005_auth_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateKeys {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let db = manager.get_connection();
        db.execute_unprepared(if sqlite { SQLITE } else { POSTGRES }).await?;
        db.execute_unprepared(INDEX).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE auth_keys").await.map(drop)
    }
}

const INDEX: &str = "CREATE UNIQUE INDEX auth_keys_predecessor_idx ON auth_keys (predecessor)";

const POSTGRES: &str = "
CREATE TABLE auth_keys (
    id          text   NOT NULL PRIMARY KEY,
    predecessor text   NOT NULL,
    algorithm   text   NOT NULL,
    sealed      bytea  NOT NULL,
    created_at  bigint NOT NULL,
    signs_from  bigint NOT NULL
)";

const SQLITE: &str = "
CREATE TABLE auth_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    predecessor TEXT    NOT NULL,
    algorithm   TEXT    NOT NULL,
    sealed      BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    signs_from  INTEGER NOT NULL
) STRICT";
