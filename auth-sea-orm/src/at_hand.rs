//! Connections that are kept at hand from one statement to the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sea_query::Values;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, PgPool, Postgres};
use sea_orm::{ConnAcquireErr, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement};
use sea_query_sqlx::SqlxValues;
use tokio::runtime::Handle;

use crate::doubt::Doubt;

/// Runs statements on connections of a Postgres pool, and keeps some of them at hand; clones share them.
///
/// A pool of sqlx asks each connection that comes back to it whether it is alive. After a statement,
/// which has just shown that, the question is one more trip: as many of them as statements. So a
/// connection waits here for the next statement, and goes back to the pool when none comes, when it has
/// been away for long, and when anything went wrong on it.
#[derive(Clone, Debug)]
pub(crate) struct AtHand(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    doubt: Doubt,
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The one that was used last comes last.
    connections: Vec<Held>,
    /// Whether somebody sees to it that they go back.
    watched: bool,
    /// Where they were used: a connection goes back by a task.
    runtime: Option<Handle>,
}

/// The store may outlive the runtime it was used on.
impl Drop for Kept {
    fn drop(&mut self) {
        let _context = self.runtime.as_ref().map(Handle::enter);
        self.connections.clear();
    }
}

/// A connection that the pool has given away.
#[derive(Debug)]
struct Held {
    connection: PoolConnection<Postgres>,
    /// When the pool gave it.
    taken: Instant,
    /// When a statement was last done with it.
    used: Instant,
}

/// How long a connection waits here for a statement; the pool trusts one without asking for as long.
const IDLE: Duration = Duration::from_secs(1);

/// How long one stays away from the pool, which knows how long it may live.
const AWAY: Duration = Duration::from_mins(1);

impl AtHand {
    /// A third of the pool at most: transactions take their connections from there.
    pub(crate) fn of(pool: PgPool, doubt: Doubt) -> Self {
        let most = pool.options().get_max_connections() as usize / 3;
        Self(Arc::new(Shared { pool, doubt, most, kept: Mutex::default() }))
    }

    /// How many there are that nobody uses.
    pub(crate) fn count(&self) -> usize {
        self.0.kept().connections.len()
    }

    /// Gives one back where the pool has no other left for whoever is about to ask it.
    pub(crate) fn make_room(&self) {
        let Shared { pool, .. } = &*self.0;
        if pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections() {
            let mut kept = self.0.kept();
            let longest_idle = (!kept.connections.is_empty()).then(|| kept.connections.remove(0));
            drop((kept, longest_idle));
        }
    }

    pub(crate) async fn execute(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.take().await?;
        let done = query(statement).execute(&mut *held.connection).await.map_err(failed)?;
        self.keep(held);
        Ok(done.into())
    }

    pub(crate) async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut held = self.take().await?;
        let sql = AssertSqlSafe(sql.to_owned());
        let done = held.connection.execute(sql).await.map_err(failed)?;
        self.keep(held);
        Ok(done.into())
    }

    pub(crate) async fn query_all(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.take().await?;
        let rows = query(statement).fetch_all(&mut *held.connection).await.map_err(failed)?;
        self.keep(held);
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn take(&self) -> Result<Held, DbErr> {
        let at_hand = self.0.kept().connections.pop();
        // One that has waited for too long goes back to the pool before that is asked.
        if let Some(held) = at_hand.filter(|held| held.used.elapsed() < IDLE) {
            return Ok(held);
        }
        let connection = self.0.pool.acquire().await.map_err(none_to_be_had)?;
        let now = Instant::now();
        Ok(Held { connection, taken: now, used: now })
    }

    /// What is not kept goes back to the pool.
    fn keep(&self, mut held: Held) {
        if held.taken.elapsed() >= AWAY || self.0.doubt.is_recent() || self.0.pool.is_closed() {
            return;
        }
        held.used = Instant::now();
        let mut kept = self.0.kept();
        if kept.connections.len() >= self.0.most {
            return;
        }
        kept.connections.push(held);
        if !kept.watched {
            kept.watched = true;
            let runtime = Handle::current();
            runtime.spawn(watch(Arc::clone(&self.0)));
            kept.runtime = Some(runtime);
        }
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives back what nobody uses, until nothing is kept any more.
async fn watch(shared: Arc<Shared>) {
    loop {
        let closed = tokio::time::timeout(IDLE, shared.pool.close_event()).await.is_ok();
        let mut kept = shared.kept();
        let all = std::mem::take(&mut kept.connections);
        let (stay, back): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|held| !closed && held.used.elapsed() < IDLE);
        kept.connections = stay;
        kept.watched = !kept.connections.is_empty();
        let goes_on = kept.watched;
        drop(kept);
        drop(back);
        if !goes_on {
            return;
        }
    }
}

/// As SeaORM makes it of a statement.
fn query(statement: &Statement) -> Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

fn failed(error: SqlxError) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

fn none_to_be_had(error: SqlxError) -> DbErr {
    match error {
        SqlxError::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        SqlxError::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}
