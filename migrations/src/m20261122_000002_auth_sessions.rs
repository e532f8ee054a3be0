//! The table `sessions`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `sessions`: one row for each login, changed in place by every rotation.
///
/// There are indexes on `user_id`, for the end of the user; on `(user_id, created_at)` of the
/// sessions that have not been ended, for the list of them, their limit and their end; and on
/// `ends_at`, for the sweep. There is none on a column that a rotation changes, and on Postgres
/// each page keeps some room, so that a rotation touches no index (a "heap-only tuple").
///
/// `user_agent` and `ip_address` say from where the user logged in, as far as the request told;
/// the address is text on both databases.
#[derive(Clone, Copy, Debug)]
pub struct CreateSessions;

impl MigrationName for CreateSessions {
    fn name(&self) -> &'static str {
        "m20261122_000002_auth_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateSessions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let db = manager.get_connection();
        db.execute_unprepared(if sqlite { SQLITE } else { POSTGRES }).await?;
        db.execute_unprepared("CREATE INDEX sessions_user_id_idx ON sessions (user_id)").await?;
        db.execute_unprepared(NOT_ENDED).await?;
        db.execute_unprepared("CREATE INDEX sessions_ends_at_idx ON sessions (ends_at)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE sessions").await.map(drop)
    }
}

const NOT_ENDED: &str =
    "CREATE INDEX sessions_user_created_idx ON sessions (user_id, created_at) WHERE ended_at IS NULL";

// Generations are unsigned 32-bit numbers, which need a bigint.
const POSTGRES: &str = "
CREATE TABLE sessions (
    id          uuid   PRIMARY KEY,
    user_id     uuid   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash bytea  NOT NULL,
    generation  bigint NOT NULL,
    parent      bigint,
    rotated_at  bigint,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    ends_at     bigint NOT NULL,
    ended_at    bigint,
    end_reason  text,
    user_agent  text,
    ip_address  text,
    CONSTRAINT sessions_secret_hash_length CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT sessions_generation_range   CHECK (generation BETWEEN 0 AND 4294967295),
    CONSTRAINT sessions_parent_range       CHECK (parent BETWEEN 0 AND 4294967295),
    CONSTRAINT sessions_end_has_a_reason   CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) WITH (fillfactor = 70)";

const SQLITE: &str = "
CREATE TABLE sessions (
    id          BLOB    NOT NULL PRIMARY KEY,
    user_id     BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash BLOB    NOT NULL,
    generation  INTEGER NOT NULL,
    parent      INTEGER,
    rotated_at  INTEGER,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    ended_at    INTEGER,
    end_reason  TEXT,
    user_agent  TEXT,
    ip_address  TEXT,
    CONSTRAINT sessions_id_length          CHECK (length(id) = 16),
    CONSTRAINT sessions_secret_hash_length CHECK (length(secret_hash) = 32),
    CONSTRAINT sessions_generation_range   CHECK (generation BETWEEN 0 AND 4294967295),
    CONSTRAINT sessions_parent_range       CHECK (parent BETWEEN 0 AND 4294967295),
    CONSTRAINT sessions_end_has_a_reason   CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT";
