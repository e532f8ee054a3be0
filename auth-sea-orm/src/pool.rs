//! How it goes with the pool of connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnAcquireErr, DatabaseConnection, DatabaseConnectionType as Kind, DbErr};

/// How it goes with the connections to the database; for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolHealth {
    /// The most connections that there may be.
    pub most: u32,
    /// How many are open.
    pub open: u32,
    /// How many of those nobody uses.
    pub idle: u32,
    /// How many statements were given up since the start because no connection came free in time.
    pub starved: u64,
    /// How many statements were given up since the start because the database was silent for too long.
    pub unanswered: u64,
}

/// What was given up since the start; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenUp(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    starved: AtomicU64,
    unanswered: AtomicU64,
}

impl GivenUp {
    /// Takes note of what came of a statement.
    pub(crate) fn note<T>(&self, outcome: &Result<T, DbErr>) {
        if let Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) = outcome {
            self.0.starved.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes note of a statement whose answer did not come.
    pub(crate) fn note_silence(&self) {
        self.0.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// Together with what the pool says of itself; `None` where there is none that can be asked.
    /// `kept` are connections that the pool has given away, and that nobody uses.
    pub(crate) fn health(&self, db: &DatabaseConnection, kept: usize) -> Option<PoolHealth> {
        // SeaORM's other kinds are there or not by its features, which others may turn on.
        let (most, open, idle) = if let Kind::SqlxPostgresPoolConnection(_) = &db.inner {
            let pool = db.get_postgres_connection_pool();
            (pool.options().get_max_connections(), pool.size(), pool.num_idle())
        } else if let Kind::SqlxSqlitePoolConnection(_) = &db.inner {
            let pool = db.get_sqlite_connection_pool();
            (pool.options().get_max_connections(), pool.size(), pool.num_idle())
        } else {
            return None;
        };
        Some(PoolHealth {
            most,
            open,
            // They are read one after the other.
            idle: u32::try_from(idle.saturating_add(kept)).unwrap_or(open).min(open),
            starved: self.0.starved.load(Ordering::Relaxed),
            unanswered: self.0.unanswered.load(Ordering::Relaxed),
        })
    }
}
