//! Connections on which nobody waits for ever, and which a pooler in between may exchange.

use std::io::ErrorKind;
use std::pin::pin;
use std::time::Duration;

use sea_orm::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, SqlxError, Statement, TransactionOptions, TransactionTrait,
};
use tokio::time::timeout;

use crate::at_hand::AtHand;
use crate::connect::{ConnectError, Options, Pooling, connect_in_doubt};
use crate::doubt::Doubt;
use crate::pool::{GivenUp, PoolHealth};
use crate::span::Sql;
use crate::standby::REFUSE_STANDBY;

/// What the verbs run their statements on.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    db: DatabaseConnection,
    /// What statements that stand alone are run on; `None` where `db` does that.
    at_hand: Option<AtHand>,
    limit: Limit,
    /// How long a statement waits for a connection.
    acquire_timeout: Duration,
    /// Whether each transaction is known to read what is committed without being told so.
    reads_committed: bool,
    /// What begins each transaction where a pooler chooses the connection anew for each.
    prologue: Option<String>,
}

impl Connections {
    /// Those of an embedder, who has set limits to them.
    pub(crate) fn given(db: DatabaseConnection, options: Options) -> Self {
        Self {
            db,
            at_hand: None,
            limit: Limit::default(),
            acquire_timeout: options.acquire_timeout,
            reads_committed: false,
            prologue: None,
        }
    }

    /// Those of a database, made with these options.
    pub(crate) async fn make(url: &str, options: Options) -> Result<Self, ConnectError> {
        let doubt = Doubt::default();
        let db = connect_in_doubt(url, options, doubt.clone()).await?;
        // SQLite is in this process, and has a busy timeout.
        if db.get_database_backend() != DbBackend::Postgres {
            return Ok(Self::given(db, options));
        }
        let prologue = match options.pooling {
            Pooling::Session => None,
            // What an earlier client of the connection left behind may bear the name of what
            // comes. The limits go with the transaction, and so trouble nobody else. The pooler may
            // have gone over to another server meanwhile.
            Pooling::Transaction => Some(format!(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; {REFUSE_STANDBY}; DEALLOCATE ALL; \
                 SET LOCAL statement_timeout = {limit}; \
                 SET LOCAL idle_in_transaction_session_timeout = {limit}",
                limit = options.statement_timeout.as_millis()
            )),
        };
        // Behind a pooler each statement is a transaction.
        let at_hand =
            prologue.is_none().then(|| AtHand::of(db.get_postgres_connection_pool().clone(), doubt.clone()));
        Ok(Self {
            db,
            at_hand,
            limit: Limit { patience: Some(options.patience()), doubt, ..Limit::default() },
            acquire_timeout: options.acquire_timeout,
            reads_committed: true,
            prologue,
        })
    }

    /// Whether a statement by itself sees what was committed before it began.
    pub(crate) const fn reads_committed(&self) -> bool {
        self.reads_committed
    }

    /// How long a refresh or a look at a session may wait for a trip to begin, before it waits for a
    /// connection. With the times of a connection and of a statement it stays below half the grace.
    pub(crate) fn patience_for_a_lane(&self) -> Duration {
        self.acquire_timeout / 4
    }

    /// How long a step of a login may; no grace ends meanwhile, and a right password is not to be in vain.
    pub(crate) const fn patience_for_a_login(&self) -> Duration {
        self.acquire_timeout
    }

    pub(crate) const fn database(&self) -> &DatabaseConnection {
        &self.db
    }

    pub(crate) fn health(&self) -> Option<PoolHealth> {
        let kept = self.at_hand.as_ref().map_or(0, AtHand::count);
        self.limit.given_up.health(&self.db, kept)
    }

    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<Transaction, DbErr> {
        // SeaORM sets options by a prepared statement: one more trip, and before the prologue.
        let options = if self.reads_committed { TransactionOptions::default() } else { options };
        let waiting = self.at_hand.as_ref().map(AtHand::wait);
        let span = Sql::of(self.db.get_database_backend(), "BEGIN");
        let begun = span.over(self.limit.hold(self.db.begin_with_options(options))).await?;
        drop(waiting);
        let transaction = Transaction { begun, limit: self.limit.clone() };
        if let Some(prologue) = &self.prologue {
            transaction.execute_unprepared(prologue).await?;
        }
        Ok(transaction)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Connections {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.prologue.is_none() {
            let span = Sql::of(self.db.get_database_backend(), &statement.sql);
            return match &self.at_hand {
                Some(at_hand) => span.over(self.limit.hold(Box::pin(at_hand.execute(&statement)))).await,
                None => span.over(self.limit.hold(self.db.execute_raw(statement))).await,
            };
        }
        let transaction = self.begin(TransactionOptions::default()).await?;
        let done = transaction.execute_raw(statement).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// A single message, which no pooler takes apart.
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let span = Sql::of(self.db.get_database_backend(), sql);
        match &self.at_hand {
            Some(at_hand) => span.over(self.limit.hold(Box::pin(at_hand.execute_unprepared(sql)))).await,
            None => span.over(self.limit.hold(self.db.execute_unprepared(sql))).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.prologue.is_none() {
            let span = Sql::of(self.db.get_database_backend(), &statement.sql);
            return match &self.at_hand {
                Some(at_hand) => span.over(self.limit.hold(Box::pin(at_hand.query_all(&statement)))).await,
                None => span.over(self.limit.hold(self.db.query_all_raw(statement))).await,
            };
        }
        let transaction = self.begin(TransactionOptions::default()).await?;
        let rows = transaction.query_all_raw(statement).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// A transaction; rolled back unless it is committed.
#[derive(Debug)]
pub(crate) struct Transaction {
    begun: DatabaseTransaction,
    limit: Limit,
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let span = Sql::of(self.begun.get_database_backend(), "COMMIT");
        span.over(self.limit.hold(self.begun.commit())).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.begun.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let span = Sql::of(self.begun.get_database_backend(), &statement.sql);
        span.over(self.limit.hold(self.begun.execute_raw(statement))).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let span = Sql::of(self.begun.get_database_backend(), sql);
        span.over(self.limit.hold(self.begun.execute_unprepared(sql))).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let span = Sql::of(self.begun.get_database_backend(), &statement.sql);
        span.over(self.limit.hold(self.begun.query_one_raw(statement))).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let span = Sql::of(self.begun.get_database_backend(), &statement.sql);
        span.over(self.limit.hold(self.begun.query_all_raw(statement))).await
    }
}

/// How long an answer may take, whatever the other side promised; a server that is frozen or cut
/// off keeps no promise.
#[derive(Clone, Debug, Default)]
struct Limit {
    patience: Option<Duration>,
    doubt: Doubt,
    given_up: GivenUp,
}

impl Limit {
    /// Gives `work` up when it takes too long. It may have been done nevertheless, like anything
    /// whose answer is lost.
    async fn hold<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let outcome = match self.patience {
            Some(patience) => self.within(patience, work).await,
            None => work.await,
        };
        self.given_up.note(&outcome);
        outcome
    }

    async fn within<T>(
        &self,
        patience: Duration,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        // Dropped in the opposite order: there is doubt before the pool has the connection back.
        let mut work = pin!(work);
        let pending = self.doubt.unless_settled();
        if let Ok(outcome) = timeout(patience, work.as_mut()).await {
            pending.settle();
            outcome
        } else {
            self.given_up.note_silence();
            Err(DbErr::Conn(RuntimeErr::SqlxError(SqlxError::Io(ErrorKind::TimedOut.into()).into())))
        }
    }
}
