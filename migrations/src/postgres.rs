//! What there is on Postgres alone.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

/// Waits for a table for two seconds at most, and then gives up: whoever asks for the table later waits behind us.
///
/// To begin with what locks a table that is in use; [`AS_LONG_AS_BEFORE`] ends it.
pub(crate) const NOT_FOR_LONG: &str = "SET LOCAL lock_timeout = '2s'";

/// Waits for tables as the connection does otherwise.
pub(crate) const AS_LONG_AS_BEFORE: &str = "SET LOCAL lock_timeout TO DEFAULT";

/// Runs a statement on Postgres, and nothing on SQLite.
pub(crate) async fn on_postgres(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
