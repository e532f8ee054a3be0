//! What there is on Postgres alone.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

/// Runs statements on Postgres, and nothing on SQLite.
pub(crate) async fn on_postgres(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
    }
    Ok(())
}

/// Runs statements on Postgres that lock tables in use, and nothing on SQLite.
///
/// It waits for a table for two seconds at most, and then gives up: whoever asks for the table later waits behind us.
pub(crate) async fn on_busy_postgres(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    on_postgres(manager, &["SET LOCAL lock_timeout = '2s'"]).await?;
    on_postgres(manager, statements).await?;
    on_postgres(manager, &["SET LOCAL lock_timeout TO DEFAULT"]).await
}
