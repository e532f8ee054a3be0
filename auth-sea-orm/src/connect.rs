//! From a URL to a pool of connections with the settings that the store needs.

use std::io::ErrorKind;
use std::str::FromStr;
use std::time::Duration;

use auth_core::store::StoreError;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use sea_orm::{DatabaseConnection, SqlxError};

use crate::doubt::Doubt;
use crate::error::{StoreTrouble, from_sqlx};
use crate::standby::REFUSE_STANDBY;

/// How a pool of connections behaves.
///
/// ```
/// let options = auth_sea_orm::Options { max_connections: Some(20), ..Default::default() };
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The most connections that this process opens; 10 on Postgres and 4 on SQLite unless set.
    ///
    /// On SQLite readers do not wait for each other nor for the writer, but there is one writer
    /// at a time; more connections only make more of them wait for it.
    pub max_connections: Option<u32>,
    /// How long a verb waits for a connection before it fails as unavailable; 2 seconds.
    ///
    /// While the database is down this is how long every verb takes to say so; one that waits for others of its
    /// kind first may take twice as long.
    pub acquire_timeout: Duration,
    /// How long Postgres may work on one statement, waiting for locks included, before the verb
    /// fails as unavailable; 2 seconds.
    ///
    /// A rotation is dated when its request arrives. Both times together should stay below half
    /// the grace of the refresh token, 5 seconds by default.
    pub statement_timeout: Duration,
    /// What stands between this process and Postgres; nothing unless set.
    pub pooling: Pooling,
}

/// How long a connection to Postgres stays the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// For as long as it is open: there is no pooler in between, or one in session mode.
    #[default]
    Session,
    /// For one transaction: a pooler such as PgBouncer in transaction mode is in between.
    ///
    /// Each verb is a transaction then, in which everything it needs is said anew; that takes four
    /// more round trips. Prepared statements are forgotten (`DEALLOCATE ALL`) with each of them,
    /// and no start-up parameter is sent that a pooler would have to be taught.
    Transaction,
}

impl Options {
    /// How long a statement may take in all: until there is a connection, and then to run. A
    /// little more, so that Postgres can say itself that it was too much.
    pub(crate) fn patience(&self) -> Duration {
        self.acquire_timeout + self.statement_timeout + Duration::from_millis(500)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: None,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(2),
            pooling: Pooling::default(),
        }
    }
}

/// Why no connection could be made.
///
/// It never quotes the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL starts with neither `sqlite:` nor `postgres:` or `postgresql:`.
    #[error("a database URL starts with sqlite: or postgres:")]
    Scheme,
    /// The rest of the URL makes no sense.
    #[error("the database URL is malformed")]
    Malformed,
    /// The database did not answer, or refused; the source says why.
    #[error("the database cannot be opened")]
    Unreachable(#[source] StoreError),
}

/// How long a connection may have been idle and still be used without asking whether it is alive.
///
/// Asking costs a round trip, so a busy pool never does. After a restart of the database nearly
/// all connections have been idle for longer, and are replaced before anybody meets a dead one.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// How long a connection may take to say whether it is alive.
///
/// One that a frozen server or a cut network has left silent must keep neither a verb waiting nor
/// its place in the pool.
const SIGN_OF_LIFE: Duration = Duration::from_millis(250);

/// How long the first connection may take to come about.
const FIRST_CONNECTION: Duration = Duration::from_secs(10);

/// How long a writer waits for another one on SQLite.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database at `url` with the default [`Options`].
///
/// - `postgres://user:password@host:5432/database`: a pool that notices a restart of the server
///   by itself, and has no connection to a standby (`pg_is_in_recovery()`).
/// - `sqlite://auth.db?mode=rwc`: in WAL mode (readers never wait), with a busy timeout of 5 s,
///   foreign keys enforced, and `synchronous = FULL`: what was answered survives a power cut. A
///   rotation that was undone would make its honest holder look like a thief. A new file can be
///   read by its owner alone.
/// - `sqlite::memory:`: one connection, which keeps the database alive.
///
/// Statements are not logged, and neither is the URL; but the driver warns of a parameter that it
/// does not know and shows its value, so a password belongs where the URL has a place for it.
///
/// # Errors
///
/// [`ConnectError`] where the URL is wrong, or the first connection cannot be made.
pub async fn connect(url: &str) -> Result<DatabaseConnection, ConnectError> {
    connect_with(url, Options::default()).await
}

/// Opens the database at `url`, as [`connect`] does, with other [`Options`].
///
/// # Errors
///
/// [`ConnectError`] where the URL is wrong, or the first connection cannot be made.
pub async fn connect_with(url: &str, options: Options) -> Result<DatabaseConnection, ConnectError> {
    connect_in_doubt(url, options, Doubt::default()).await
}

/// Opens the database for those who say when they have given a statement up.
pub(crate) async fn connect_in_doubt(
    url: &str,
    options: Options,
    doubt: Doubt,
) -> Result<DatabaseConnection, ConnectError> {
    // SeaORM's own `Database::connect` traces its options, and with them the password in the URL.
    match url.split_once(':') {
        Some(("postgres" | "postgresql", _)) => postgres(url, options, doubt).await,
        Some(("sqlite", _)) => sqlite(url, options).await,
        _ => Err(ConnectError::Scheme),
    }
}

async fn postgres(url: &str, options: Options, doubt: Doubt) -> Result<DatabaseConnection, ConnectError> {
    let server =
        PgConnectOptions::from_str(url).map_err(|_| ConnectError::Malformed)?.disable_statement_logging();
    let (server, settings) = match options.pooling {
        // Statements of their own, because a pooler in between may know no startup options. An
        // instance that freezes within a transaction must not keep its locks from the others.
        Pooling::Session => {
            let limit = options.statement_timeout.as_millis();
            let settings = format!(
                "{REFUSE_STANDBY}; SET default_transaction_isolation = 'read committed'; \
                 SET statement_timeout = {limit}; SET idle_in_transaction_session_timeout = {limit}"
            );
            (server, Some(settings))
        }
        Pooling::Transaction => (server.statement_cache_capacity(0).extra_float_digits(None), None),
    };
    try_once(async {
        let mut connection = server.connect().await?;
        connection.execute(REFUSE_STANDBY).await?;
        Ok(connection)
    })
    .await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections.unwrap_or(10).max(1))
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TRUSTED_IDLE {
                    is_alive(connection).await?;
                }
                Ok(true)
            })
        })
        .after_release(move |connection, _| {
            let doubt = doubt.clone();
            Box::pin(async move {
                if doubt.is_recent() {
                    is_alive(connection).await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move {
                match settings {
                    Some(settings) => connection.execute(AssertSqlSafe(settings)).await.map(drop),
                    None => Ok(()),
                }
            })
        })
        .connect_lazy_with(server);
    Ok(pool.into())
}

/// Asks for a sign of life; an error closes the connection, and another one is made.
pub(crate) async fn is_alive(connection: &mut PgConnection) -> Result<(), SqlxError> {
    let answered = tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await;
    answered.unwrap_or_else(|_| Err(SqlxError::Io(ErrorKind::TimedOut.into())))
}

async fn sqlite(url: &str, options: Options) -> Result<DatabaseConnection, ConnectError> {
    let file = SqliteConnectOptions::from_str(url)
        .map_err(|_| ConnectError::Malformed)?
        .disable_statement_logging()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new().acquire_timeout(options.acquire_timeout).test_before_acquire(false);
    if url.contains(":memory:") || url.contains("mode=memory") {
        // The database lives as long as its connection: there must be one, and it must stay.
        let pool = pool.max_connections(1).idle_timeout(None).max_lifetime(None);
        return Ok(pool.connect_lazy_with(file).into());
    }
    if url.contains("mode=rwc") {
        create_for_owner_alone(&file);
    }
    try_once(file.connect()).await?;
    let pool = pool.max_connections(options.max_connections.unwrap_or(4).max(1));
    Ok(pool.connect_lazy_with(file).into())
}

/// Makes one connection outside the pool, which would retry until its time is up and then say
/// no more than that it is.
async fn try_once<C: Connection>(
    connecting: impl Future<Output = Result<C, SqlxError>>,
) -> Result<(), ConnectError> {
    let attempt = async { connecting.await?.close().await };
    let outcome = tokio::time::timeout(FIRST_CONNECTION, attempt).await;
    let trouble = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => from_sqlx(&error),
        Err(_) => StoreError::unavailable(StoreTrouble::NoConnection),
    };
    Err(ConnectError::Unreachable(trouble))
}

/// The file holds password hashes, and SQLite would let everyone read it. Its companions (`-wal`,
/// `-shm`) get the same permissions.
fn create_for_owner_alone(options: &SqliteConnectOptions) {
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    // It may be there already; any other trouble is met again, and told, when SQLite opens it.
    let _ = file.open(options.get_filename());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrong_url_is_told_without_being_quoted() {
        for url in [
            "",
            "hunter2",
            "mysql://root:hunter2@localhost/db",
            "postgres://u:hunter2@[/db",
            "sqlite:x?hunter2=1",
        ] {
            let error = connect(url).await.expect_err("none of them can be opened");
            assert!(matches!(error, ConnectError::Scheme | ConnectError::Malformed), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_missing_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("missing.db").display());
        let error = connect(&url).await.expect_err("nobody asked to create it");
        assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
    }
}
