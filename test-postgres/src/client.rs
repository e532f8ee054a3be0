//! One SQL statement over one connection.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("no answer within {PATIENCE:?}")]
    Slow,
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
}

const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `sql` on the database at `url`, outside any transaction.
///
/// It has a thread and a runtime of its own, so that it can be called, and dropped, anywhere.
pub(crate) fn run(url: &str, sql: String) -> Result<(), ClientError> {
    // A pooler refuses start-up parameters that it does not know.
    let options = PgConnectOptions::from_str(url)?.extra_float_digits(None).disable_statement_logging();
    let work = async move {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    };
    let on_a_thread = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread can be built");
        runtime.block_on(async { tokio::time::timeout(PATIENCE, work).await.map_err(|_| ClientError::Slow)? })
    };
    std::thread::spawn(on_a_thread).join().expect("the client does not panic")
}
