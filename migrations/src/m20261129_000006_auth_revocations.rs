//! The table `auth_revocations`, and the triggers that write it.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `auth_revocations`: a row for each session that ends, and for each user whose role
/// changes, who is disabled or enabled, or who is deleted.
///
/// Triggers write it, so that it holds whatever was revoked by anyone: this version, the one before
/// it that still runs beside, an application, or somebody at a prompt. They stand on the columns
/// that revoke and on no others, so that a rotation runs none, and none of its columns is indexed.
///
/// What was written before is told by a number. On Postgres, where those who write at once become
/// visible in any order, it is the transaction's: see `revoked_since` in `auth-sea-orm`. SQLite has one
/// writer at a time, so it counts. `at` is for the sweep alone.
#[derive(Clone, Copy, Debug)]
pub struct CreateRevocations;

impl MigrationName for CreateRevocations {
    fn name(&self) -> &'static str {
        "m20261129_000006_auth_revocations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateRevocations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        for statement in if sqlite { SQLITE } else { POSTGRES } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        for statement in if sqlite { SQLITE_DOWN } else { POSTGRES_DOWN } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

// The functions look for the table where it was made, whatever `search_path` their caller has.
const POSTGRES: &[&str] = &[
    "\
CREATE TABLE auth_revocations (
    written_by xid8   NOT NULL DEFAULT pg_current_xact_id(),
    kind       text   NOT NULL,
    id         uuid   NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (written_by, kind, id),
    CONSTRAINT auth_revocations_kind CHECK (kind IN ('session', 'user'))
)",
    "\
CREATE FUNCTION auth_note_session() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO auth_revocations (kind, id, at) VALUES ('session', NEW.id, NEW.ended_at)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$",
    "\
CREATE FUNCTION auth_note_user() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO auth_revocations (kind, id, at)
        VALUES ('user', OLD.id, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$",
    "\
CREATE TRIGGER auth_session_ended AFTER UPDATE OF ended_at ON sessions FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION auth_note_session()",
    "\
CREATE TRIGGER auth_user_changed AFTER UPDATE OF role, disabled_at ON users FOR EACH ROW
    WHEN (OLD.role <> NEW.role OR (OLD.disabled_at IS NULL) <> (NEW.disabled_at IS NULL))
    EXECUTE FUNCTION auth_note_user()",
    "CREATE TRIGGER auth_user_deleted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION auth_note_user()",
];

const POSTGRES_DOWN: &[&str] = &[
    "DROP TRIGGER auth_session_ended ON sessions",
    "DROP TRIGGER auth_user_changed ON users",
    "DROP TRIGGER auth_user_deleted ON users",
    "DROP FUNCTION auth_note_session()",
    "DROP FUNCTION auth_note_user()",
    "DROP TABLE auth_revocations",
];

const SQLITE: &[&str] = &[
    "\
CREATE TABLE auth_revocations (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind   TEXT    NOT NULL,
    id     BLOB    NOT NULL,
    at     INTEGER NOT NULL,
    CONSTRAINT auth_revocations_kind      CHECK (kind IN ('session', 'user')),
    CONSTRAINT auth_revocations_id_length CHECK (length(id) = 16)
) STRICT",
    "\
CREATE TRIGGER auth_session_ended AFTER UPDATE OF ended_at ON sessions FOR EACH ROW
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
    INSERT INTO auth_revocations (kind, id, at) VALUES ('session', NEW.id, NEW.ended_at);
END",
    "\
CREATE TRIGGER auth_user_changed AFTER UPDATE OF role, disabled_at ON users FOR EACH ROW
WHEN OLD.role <> NEW.role OR (OLD.disabled_at IS NULL) <> (NEW.disabled_at IS NULL)
BEGIN
    INSERT INTO auth_revocations (kind, id, at)
        VALUES ('user', OLD.id, CAST(strftime('%s', 'now') AS INTEGER) * 1000);
END",
    "\
CREATE TRIGGER auth_user_deleted AFTER DELETE ON users FOR EACH ROW
BEGIN
    INSERT INTO auth_revocations (kind, id, at)
        VALUES ('user', OLD.id, CAST(strftime('%s', 'now') AS INTEGER) * 1000);
END",
];

const SQLITE_DOWN: &[&str] = &[
    "DROP TRIGGER auth_session_ended",
    "DROP TRIGGER auth_user_changed",
    "DROP TRIGGER auth_user_deleted",
    "DROP TABLE auth_revocations",
];
