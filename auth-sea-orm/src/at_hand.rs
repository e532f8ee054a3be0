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
use tokio::task::JoinHandle;

use crate::connect::is_alive;
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
    /// How many wait for one from the pool.
    waiting: usize,
    /// Who sees to it that they go back, and where: a connection goes back by a task.
    watch: Option<(JoinHandle<()>, Handle)>,
}

/// The store may outlive the runtime it was used on.
impl Drop for Kept {
    fn drop(&mut self) {
        let _context = self.watch.as_ref().map(|(_, runtime)| runtime.enter());
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

    /// Says that somebody waits for a connection from the pool, until it is dropped. Where the pool has
    /// none left it gets one back.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        let Shared { pool, .. } = &*self.0;
        let mut kept = self.0.kept();
        kept.waiting += 1;
        let exhausted = pool.num_idle() < kept.waiting && pool.size() >= pool.options().get_max_connections();
        if exhausted && !kept.connections.is_empty() {
            give_back(kept.connections.remove(0));
        }
        Waiting(&self.0)
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
        let (at_hand, waiting) = {
            let mut kept = self.0.kept();
            let at_hand = kept.connections.pop();
            // In the same breath: whoever is done with one next sees it kept, or somebody waiting.
            kept.waiting += usize::from(at_hand.is_none());
            let waiting = at_hand.is_none().then(|| Waiting(&self.0));
            (at_hand, waiting)
        };
        if let Some(mut held) = at_hand {
            if held.used.elapsed() < IDLE || is_alive(&mut held.connection).await.is_ok() {
                return Ok(held);
            }
            held.connection.close_on_drop();
        }
        let _waiting = waiting.unwrap_or_else(|| self.wait());
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
        if kept.waiting > 0 || kept.connections.len() >= self.0.most {
            drop(kept);
            return;
        }
        kept.connections.push(held);
        if kept.watch.as_ref().is_none_or(|(watch, _)| watch.is_finished()) {
            let runtime = Handle::current();
            kept.watch = Some((runtime.spawn(watch(Arc::clone(&self.0))), runtime));
        }
    }
}

/// Somebody waits for a connection from the pool.
#[derive(Debug)]
#[must_use]
pub(crate) struct Waiting<'a>(&'a Shared);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.kept().waiting -= 1;
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
        let idle = kept.connections.extract_if(.., |held| closed || held.used.elapsed() >= IDLE);
        idle.for_each(give_back);
        if kept.connections.is_empty() {
            // Before the lock is given up: who keeps one next starts another watch.
            kept.watch = None;
            return;
        }
    }
}

/// Gives one back that has lain idle, in a task of its own. The pool would ask it whether it is alive, and
/// wait for an answer as long as that takes, in place of whoever waits for the pool.
fn give_back(mut held: Held) {
    tokio::spawn(async move {
        if is_alive(&mut held.connection).await.is_err() {
            held.connection.close_on_drop();
        }
    });
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
