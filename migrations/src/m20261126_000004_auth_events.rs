//! The table `auth_events`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `auth_events`: one row for each thing that happened.
///
/// A trigger refuses every `UPDATE`: rows are added, and deleted when they are old. They refer to
/// no other table, because they outlive what they are about.
///
/// There are indexes for what is asked: by user, session, address and kind, each with the id,
/// which is in the order of time; and on `at`, for the sweep.
#[derive(Clone, Copy, Debug)]
pub struct CreateEvents;

impl MigrationName for CreateEvents {
    fn name(&self) -> &'static str {
        "m20261126_000004_auth_events"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateEvents {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let db = manager.get_connection();
        let own = if sqlite { SQLITE } else { POSTGRES };
        for statement in own.iter().chain(INDEXES) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP TABLE auth_events").await?;
        if manager.get_database_backend() != DbBackend::Sqlite {
            db.execute_unprepared("DROP FUNCTION auth_events_stay_as_they_are()").await?;
        }
        Ok(())
    }
}

const INDEXES: &[&str] = &[
    "CREATE INDEX auth_events_at_idx ON auth_events (at)",
    "CREATE INDEX auth_events_user_idx ON auth_events (user_id, id) WHERE user_id IS NOT NULL",
    "CREATE INDEX auth_events_session_idx ON auth_events (session_id, id) WHERE session_id IS NOT NULL",
    "CREATE INDEX auth_events_email_idx ON auth_events (email_digest, id) WHERE email_digest IS NOT NULL",
    "CREATE INDEX auth_events_kind_idx ON auth_events (kind, id)",
];

const POSTGRES: &[&str] = &[
    "CREATE TABLE auth_events (
        id           uuid   PRIMARY KEY,
        at           bigint NOT NULL,
        kind         text   NOT NULL,
        cause        text,
        actor        text,
        user_id      uuid,
        email_digest bytea,
        session_id   uuid,
        count        bigint,
        role         text,
        user_agent   text,
        ip_address   text,
        request_id   text,
        CONSTRAINT auth_events_email_digest_length CHECK (octet_length(email_digest) = 16),
        CONSTRAINT auth_events_count_range         CHECK (count >= 0)
    )",
    "CREATE FUNCTION auth_events_stay_as_they_are() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         RAISE EXCEPTION 'events are not changed';
     END $$",
    "CREATE TRIGGER auth_events_append_only BEFORE UPDATE ON auth_events
     FOR EACH STATEMENT EXECUTE FUNCTION auth_events_stay_as_they_are()",
];

const SQLITE: &[&str] = &[
    "CREATE TABLE auth_events (
        id           BLOB    NOT NULL PRIMARY KEY,
        at           INTEGER NOT NULL,
        kind         TEXT    NOT NULL,
        cause        TEXT,
        actor        TEXT,
        user_id      BLOB,
        email_digest BLOB,
        session_id   BLOB,
        count        INTEGER,
        role         TEXT,
        user_agent   TEXT,
        ip_address   TEXT,
        request_id   TEXT,
        CONSTRAINT auth_events_id_length           CHECK (length(id) = 16),
        CONSTRAINT auth_events_user_id_length      CHECK (length(user_id) = 16),
        CONSTRAINT auth_events_session_id_length   CHECK (length(session_id) = 16),
        CONSTRAINT auth_events_email_digest_length CHECK (length(email_digest) = 16),
        CONSTRAINT auth_events_count_range         CHECK (count >= 0)
    ) STRICT",
    "CREATE TRIGGER auth_events_append_only BEFORE UPDATE ON auth_events
     BEGIN
         SELECT RAISE(ABORT, 'events are not changed');
     END",
];
