//! Migrations that several processes may start at once.

use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::Migrator;
use crate::later::{applied, beyond};

/// "auth-mig" in ASCII: the number of an advisory lock must be one that nobody else picks.
const LOCK: i64 = 0x6175_7468_2d6d_6967;

/// Brings the tables of this crate up to date; does nothing where they are, or where a later version has
/// brought them further and this one gets along with that: see [`later`](crate::later()).
///
/// Any number of processes may call it at once: one works, the others wait for it. Either all is
/// applied or nothing.
///
/// # Errors
///
/// [`DbErr`] where the database cannot be reached, or refuses a statement; [`DbErr::Migration`] where a later
/// version took away what this one needs.
pub async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    bring_up(&transaction).await?;
    transaction.commit().await
}

/// What is pending, unless a later version has been here already.
pub(crate) async fn bring_up(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    // A Migrator refuses what it does not know.
    if beyond(&applied(transaction).await?)?.is_empty() {
        Migrator::up(transaction, None).await
    } else {
        Ok(())
    }
}

/// Does for an application's own Migrator, which may contain that of this crate, what [`run`]
/// does for this crate's.
///
/// It refuses a database that has a migration which `M` does not know: what a later version of the application
/// did is for the application to judge. It is one transaction; a migration that cannot be in one (`CREATE INDEX CONCURRENTLY`) needs
/// another way.
///
/// # Errors
///
/// [`DbErr`] where the database cannot be reached, or refuses a statement.
pub async fn run_migrator<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    M::up(&transaction, None).await?;
    transaction.commit().await
}

/// Begins a transaction that only one connection at a time can be in.
///
/// Migrator's own check for what is pending is then made by statements that start after the lock
/// is held, and so sees what the one before has committed. On Postgres the lock belongs to the
/// transaction, on the same connection, and goes with it, even if this process dies. On SQLite an
/// immediate transaction is the only writer there is.
pub(crate) async fn begin_alone(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let immediate = Some(SqliteTransactionMode::Immediate);
        return db
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: immediate,
                ..Default::default()
            })
            .await;
    }
    let transaction = db.begin().await?;
    // Whoever waits for the lock waits for the migrations of another, which may take their time,
    // and may think about what they have read before they write.
    for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        transaction.execute_unprepared(&format!("SET LOCAL {limit} = 0")).await?;
    }
    transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    Ok(transaction)
}
