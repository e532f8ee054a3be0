//! The table `users`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `users`, with a unique index on the email address.
///
/// Addresses are stored in their normalised form, all lower case, and compared byte by byte.
/// Times are milliseconds since the Unix epoch on both databases: SQLite has no type for them,
/// and texts would compare wrongly.
#[derive(Clone, Copy, Debug)]
pub struct CreateUsers;

impl MigrationName for CreateUsers {
    fn name(&self) -> &'static str {
        "m20261122_000001_auth_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateUsers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let db = manager.get_connection();
        db.execute_unprepared(if sqlite { SQLITE } else { POSTGRES }).await?;
        db.execute_unprepared("CREATE UNIQUE INDEX users_email_key ON users (email)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE users").await.map(drop)
    }
}

const POSTGRES: &str = r#"
CREATE TABLE users (
    id            uuid   PRIMARY KEY,
    email         text   COLLATE "C" NOT NULL,
    name          text   NOT NULL,
    role          text   NOT NULL,
    password_hash text,
    created_at    bigint NOT NULL,
    disabled_at   bigint,
    CONSTRAINT users_email_lower_case CHECK (email = lower(email))
)"#;

const SQLITE: &str = "
CREATE TABLE users (
    id            BLOB    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL COLLATE BINARY,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER,
    CONSTRAINT users_id_length        CHECK (length(id) = 16),
    CONSTRAINT users_email_lower_case CHECK (email = lower(email))
) STRICT";
