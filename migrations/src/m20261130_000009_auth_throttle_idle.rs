//! What the sweep of `auth_throttle` goes by on Postgres.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::postgres::on_busy_postgres;

/// Adds `idle_minute` to `auth_throttle` on Postgres: the minute since which nothing has happened to a count, and
/// nothing where it is kept for good. The index for the sweep is on it, and no longer on the moment itself.
///
/// A login changes its count twice, and each change used to be one of the index: of what it is on, or of what it
/// holds. An attempt that is under way is not kept for good yet, so the second of the two leaves the minute as it is,
/// unless the clock has moved on to the next; and so does the first of another login within it. Each page keeps some
/// room besides, so that such a change touches no index (a "heap-only tuple").
///
/// Postgres works the column out, so the versions before write it without knowing; their sweep finds no index any
/// more, and reads the table. It writes the table anew for that, and nobody else reads or writes it meanwhile: about
/// three seconds for a million addresses. SQLite has no such updates, and keeps its index.
#[derive(Clone, Copy, Debug)]
pub struct AddThrottleIdle;

impl MigrationName for AddThrottleIdle {
    fn name(&self) -> &'static str {
        "m20261130_000009_auth_throttle_idle"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AddThrottleIdle {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_busy_postgres(manager, &UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_busy_postgres(manager, &DOWN).await
    }
}

// The index goes first: it would be built anew with the table, and for nothing.
const UP: [&str; 4] = [
    "DROP INDEX auth_throttle_sweep_idx",
    "ALTER TABLE auth_throttle SET (fillfactor = 70)",
    "\
ALTER TABLE auth_throttle ADD COLUMN idle_minute bigint GENERATED ALWAYS AS
    (CASE WHEN attempts <= in_flight OR NOT known THEN touched_at / 60000 END) STORED",
    "CREATE INDEX auth_throttle_sweep_idx ON auth_throttle (idle_minute) WHERE idle_minute IS NOT NULL",
];

const DOWN: [&str; 4] = [
    "DROP INDEX auth_throttle_sweep_idx",
    "ALTER TABLE auth_throttle DROP COLUMN idle_minute",
    "ALTER TABLE auth_throttle RESET (fillfactor)",
    "CREATE INDEX auth_throttle_sweep_idx ON auth_throttle (touched_at) WHERE attempts = 0 OR NOT known",
];
