//! The store and what its verbs have in common.

use auth_core::store::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, Value,
};

use crate::connect::{ConnectError, Options};
use crate::connections::{Connections, Transaction};
use crate::error::{StoreTrouble, from_orm, got_in_the_way};
use crate::find::Finding;
use crate::open::Admitting;
use crate::pool::PoolHealth;
use crate::recognise::Recognising;
use crate::reserve::Reserving;
use crate::rotate::Rotating;
use crate::settle::Settling;
use crate::standby::REFUSE_STANDBY;
use crate::together::{Gathers, Limits, Together};

/// People and sessions in SQLite or Postgres.
///
/// Clones share one pool of connections, and what comes at the same time goes together whichever was asked: use
/// them on one runtime, and keep that running. The tables are those of `auth-migrations`.
///
/// ```
/// use auth_sea_orm::SeaOrmStore;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = SeaOrmStore::new(auth_sea_orm::connect("sqlite::memory:").await?);
/// store.ping().await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct SeaOrmStore {
    connections: Connections,
    rotations: Together<Rotating>,
    lookups: Together<Finding>,
    people: Together<Recognising>,
    reservations: Together<Reserving>,
    settlements: Together<Settling>,
    openings: Together<Admitting>,
}

impl SeaOrmStore {
    /// A store on the database at `url`: [`connect_with`](crate::connect_with), and verbs that know of its options.
    ///
    /// Where Postgres neither answers nor breaks the connection, because it is frozen or the
    /// network is cut, a statement fails as unavailable half a second after it should have
    /// been over.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] where the URL is wrong, or the first connection cannot be made.
    pub async fn connect(url: &str, options: Options) -> Result<Self, ConnectError> {
        Connections::make(url, options).await.map(Self::over)
    }

    /// A store over connections that are there already, best made by [`connect`](crate::connect).
    ///
    /// Whoever makes them otherwise sees to it that on SQLite foreign keys are enforced and a
    /// busy timeout is set, that the pool does not wait too long for a database that is down, and
    /// that Postgres has a statement timeout: both together below half the refresh token's grace.
    /// And they are to a primary: a standby answers what is only read, and may be behind.
    pub fn new(db: DatabaseConnection) -> Self {
        Self::over(Connections::given(db, Options::default()))
    }

    /// The connections.
    pub const fn database(&self) -> &DatabaseConnection {
        self.connections.database()
    }

    /// How it goes with the connections; `None` where they are no pool that can be asked, a mock say.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use auth_sea_orm::SeaOrmStore;
    /// let store = SeaOrmStore::connect("sqlite::memory:", auth_sea_orm::Options::default()).await?;
    /// store.ping().await?;
    /// let health = store.pool_health().expect("there is a pool");
    /// assert_eq!((health.most, health.open, health.starved), (1, 1, 0));
    /// # Ok(()) }
    /// ```
    pub fn pool_health(&self) -> Option<PoolHealth> {
        self.connections.health()
    }

    /// What the verbs run their statements on.
    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Whether the database answers, and is not a standby: `SELECT 1`, or on Postgres
    /// `pg_is_in_recovery()`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it does not, or is one.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let question = self.dialect(REFUSE_STANDBY, "SELECT 1");
        self.connections.execute_unprepared(question).await.map(drop).map_err(|error| from_orm(&error))
    }

    pub(crate) const fn rotations(&self) -> &Together<Rotating> {
        &self.rotations
    }

    pub(crate) const fn lookups(&self) -> &Together<Finding> {
        &self.lookups
    }

    pub(crate) const fn people(&self) -> &Together<Recognising> {
        &self.people
    }

    pub(crate) const fn reservations(&self) -> &Together<Reserving> {
        &self.reservations
    }

    pub(crate) const fn settlements(&self) -> &Together<Settling> {
        &self.settlements
    }

    pub(crate) const fn openings(&self) -> &Together<Admitting> {
        &self.openings
    }

    pub(crate) fn on_sqlite(&self) -> bool {
        self.connections.get_database_backend() == DbBackend::Sqlite
    }

    /// One of two texts, by database.
    pub(crate) fn dialect<'a>(&self, postgres: &'a str, sqlite: &'a str) -> &'a str {
        if self.on_sqlite() { sqlite } else { postgres }
    }

    /// See [`begin`].
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        begin(&self.connections).await
    }

    /// A store over connections that have their limits.
    fn over(connections: Connections) -> Self {
        let c = &connections;
        let quick = Limits::with(c.patience_for_a_lane(), Gathers::ThoseReady);
        let login = Limits::with(c.patience_for_a_login(), Gathers::WhileMoreCome);
        // SQLite has one writer.
        let lanes = if c.get_database_backend() == DbBackend::Sqlite { 1 } else { quick.lanes };
        Self {
            rotations: Together::new(Rotating(c.clone()), Limits { lanes, ..quick }),
            lookups: Together::new(Finding(c.clone()), quick),
            people: Together::new(Recognising(c.clone()), login),
            reservations: Together::new(Reserving(c.clone()), login),
            settlements: Together::new(Settling(c.clone()), login),
            openings: Together::new(Admitting(c.clone()), login),
            connections,
        }
    }
}

/// Begins a transaction in which each statement sees what was committed before it began.
///
/// Postgres is told so, because a server can be set to another default. SQLite takes the
/// write lock at once: a transaction that asks for it later fails where another writer came
/// between, however long the busy timeout is.
pub(crate) async fn begin(connections: &Connections) -> Result<Transaction, StoreError> {
    let options = if connections.get_database_backend() == DbBackend::Sqlite {
        let immediate = Some(SqliteTransactionMode::Immediate);
        TransactionOptions { sqlite_transaction_mode: immediate, ..Default::default() }
    } else {
        TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..Default::default() }
    };
    connections.begin(options).await.map_err(|error| from_orm(&error))
}

pub(crate) async fn commit(transaction: Transaction) -> Result<(), StoreError> {
    transaction.commit().await.map_err(|error| from_orm(&error))
}

/// Runs a statement and says how many rows it changed.
pub(crate) async fn execute(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let done = db.execute_raw(statement).await.map_err(|error| from_orm(&error))?;
    Ok(done.rows_affected())
}

/// Runs a statement that returns one row or none.
pub(crate) async fn fetch<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, StoreError> {
    let mut rows = fetch_all(db, sql, values).await?;
    let first = rows.pop();
    if rows.is_empty() {
        Ok(first)
    } else {
        Err(StoreError::broken(StoreTrouble::Other("a key was found twice")))
    }
}

/// Runs a statement that returns any number of rows.
///
/// It is read to its end: whoever stops at the first row of a statement that writes has not heard
/// yet whether it was committed.
pub(crate) async fn fetch_all<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    read(&db.query_all_raw(statement).await.map_err(|error| from_orm(&error))?)
}

/// Runs a statement that answers many at once, and returns what answers each of them: nobody, where it and
/// others got in each other's way. It has written nothing then.
pub(crate) async fn fetch_unhindered<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    match db.query_all_raw(statement).await {
        Ok(rows) => read(&rows),
        Err(error) if got_in_the_way(&error) => Ok(Vec::new()),
        Err(error) => Err(from_orm(&error)),
    }
}

fn read<T: FromQueryResult>(rows: &[QueryResult]) -> Result<Vec<T>, StoreError> {
    rows.iter().map(|row| T::from_query_result(row, "").map_err(|error| from_orm(&error))).collect()
}
