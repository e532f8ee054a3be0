//! The table `users`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `users`, with a unique index on the email address and one for each way to list users.
///
/// Addresses are stored in their normalised form, all lower case, and compared byte by byte.
/// `name_folded` is the name in lower case, to be searched by its beginning; it is compared byte
/// by byte as well, which makes a search for a beginning a search in a range. Times are
/// milliseconds since the Unix epoch on both databases: SQLite has no type for them, and texts
/// would compare wrongly.
///
/// A list goes by `(created_at, id)`, all users or those in one role, in either state or in one of
/// them. That makes six indexes; those for one state are partial, so that each user is in four.
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
        for index in INDEXES {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE users").await.map(drop)
    }
}

const INDEXES: [&str; 8] = [
    "CREATE UNIQUE INDEX users_email_key ON users (email)",
    "CREATE INDEX users_name_folded_idx ON users (name_folded)",
    "CREATE INDEX users_created_idx ON users (created_at, id)",
    "CREATE INDEX users_enabled_created_idx ON users (created_at, id) WHERE disabled_at IS NULL",
    "CREATE INDEX users_disabled_created_idx ON users (created_at, id) WHERE disabled_at IS NOT NULL",
    "CREATE INDEX users_role_created_idx ON users (role, created_at, id)",
    "CREATE INDEX users_enabled_role_created_idx ON users (role, created_at, id) WHERE disabled_at IS NULL",
    "CREATE INDEX users_disabled_role_created_idx ON users (role, created_at, id) WHERE disabled_at IS NOT NULL",
];

const POSTGRES: &str = r#"
CREATE TABLE users (
    id            uuid   PRIMARY KEY,
    email         text   COLLATE "C" NOT NULL,
    name          text   NOT NULL,
    name_folded   text   COLLATE "C" NOT NULL,
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
    name_folded   TEXT    NOT NULL COLLATE BINARY,
    role          TEXT    NOT NULL,
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER,
    CONSTRAINT users_id_length        CHECK (length(id) = 16),
    CONSTRAINT users_email_lower_case CHECK (email = lower(email))
) STRICT";
