//! Indexes that find a session and its user in one step on Postgres.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::postgres::on_busy_postgres;

/// Adds hash indexes on the ids of `users` and `sessions` on Postgres, beside those of their primary keys.
///
/// Every `/me` and every refresh looks both up. The B-tree of a primary key gets deeper the more there are, and each
/// level is one more page that is searched; a hash says on which page an id is, among ten million as among ten
/// thousand. No rotation changes an id, so none touches them.
///
/// It takes ten to thirty seconds for ten million sessions, during which nobody logs in or refreshes. Where they have
/// been made before, with `CREATE INDEX CONCURRENTLY` and by these names, nothing is left to do, unless that broke off.
#[derive(Clone, Copy, Debug)]
pub struct CreateHashIndexes;

impl MigrationName for CreateHashIndexes {
    fn name(&self) -> &'static str {
        "m20261130_000010_auth_hash_indexes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateHashIndexes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_busy_postgres(manager, &UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_busy_postgres(manager, &DOWN).await
    }
}

// Users come first, as in every statement that changes both.
const UP: [&str; 3] = [
    // One that broke off is kept up to date, and never looked at.
    "\
DO $$
DECLARE
    broken text;
BEGIN
    FOR broken IN
        SELECT indexrelid::regclass::text FROM pg_index
         WHERE indexrelid IN (to_regclass('users_id_hash_idx'), to_regclass('sessions_id_hash_idx')) AND NOT indisvalid
    LOOP
        EXECUTE 'DROP INDEX ' || broken;
    END LOOP;
END
$$",
    "CREATE INDEX IF NOT EXISTS users_id_hash_idx ON users USING hash (id)",
    "CREATE INDEX IF NOT EXISTS sessions_id_hash_idx ON sessions USING hash (id)",
];

const DOWN: [&str; 2] =
    ["DROP INDEX IF EXISTS users_id_hash_idx", "DROP INDEX IF EXISTS sessions_id_hash_idx"];
