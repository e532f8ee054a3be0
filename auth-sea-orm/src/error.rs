//! From whatever the database says to a [`StoreError`] that quotes no value.

use std::io;

use auth_core::store::{StoreError, StoreErrorKind};
use sea_orm::sqlx::Error as SqlxError;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::sqlx::sqlite::SqliteError;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// What went wrong, in words that are safe to log.
///
/// Postgres puts the whole failing row, password hash and all, into the "detail" of an error, and
/// may quote a parameter in its message. So what is kept is the code, and the names that the
/// schema gave.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreTrouble {
    #[error("no connection could be had in time")]
    NoConnection,
    #[error("the pool of connections is closed")]
    Closed,
    #[error("the connection failed: {0}")]
    Io(io::ErrorKind),
    #[error("the connection failed: TLS")]
    Tls,
    #[error("the connection failed: {0}")]
    Connection(&'static str),
    #[error("Postgres says {code}{}{}", told(", constraint ", constraint.as_deref()), told(": ", message.as_deref()))]
    Postgres { code: String, constraint: Option<String>, message: Option<String> },
    #[error("SQLite says {0}")]
    Sqlite(String),
    #[error("table {table} holds a row whose {column} makes no sense")]
    Row { table: &'static str, column: &'static str },
    #[error("a column cannot be read: {0}")]
    Column(String),
    #[error("{0}")]
    Other(&'static str),
}

fn told(before: &str, text: Option<&str>) -> String {
    text.map(|text| format!("{before}{text}")).unwrap_or_default()
}

/// What SeaORM reports.
pub(crate) fn from_orm(error: &DbErr) -> StoreError {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
            StoreError::unavailable(StoreTrouble::NoConnection)
        }
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => {
            StoreError::unavailable(StoreTrouble::Closed)
        }
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => from_sqlx(error),
        DbErr::Type(_) => StoreError::broken(StoreTrouble::Other("a column is null or of another type")),
        _ => StoreError::broken(StoreTrouble::Other("SeaORM refused the statement")),
    }
}

/// Whether a statement came to nothing because others were at work on the same rows: a collision or a
/// deadlock, which were rolled back, or a lock that was not to be had in time.
pub(crate) fn got_in_the_way(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    let SqlxError::Database(error) = &**error else { return false };
    let code = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code);
    code.is_some_and(|code| code.starts_with("40") || code == LOCK_NOT_AVAILABLE)
}

/// `lock_not_available`: what Postgres says where `lock_timeout` is over.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// What the driver reports.
pub(crate) fn from_sqlx(error: &SqlxError) -> StoreError {
    match error {
        SqlxError::PoolTimedOut => StoreError::unavailable(StoreTrouble::NoConnection),
        SqlxError::PoolClosed => StoreError::unavailable(StoreTrouble::Closed),
        SqlxError::Io(error) => StoreError::unavailable(StoreTrouble::Io(error.kind())),
        SqlxError::Tls(_) => StoreError::unavailable(StoreTrouble::Tls),
        // A connection that was cut in the middle of a message; the next one may be better.
        SqlxError::Protocol(_) => StoreError::unavailable(StoreTrouble::Connection("unreadable message")),
        SqlxError::WorkerCrashed => StoreError::unavailable(StoreTrouble::Connection("its thread has gone")),
        SqlxError::Database(error) => from_database(&**error),
        SqlxError::ColumnDecode { index, .. } => StoreError::broken(StoreTrouble::Column(index.clone())),
        SqlxError::ColumnNotFound(name) => StoreError::broken(StoreTrouble::Column(name.clone())),
        _ => StoreError::broken(StoreTrouble::Other("SQLx refused the statement")),
    }
}

fn from_database(error: &dyn DatabaseError) -> StoreError {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        let code = error.code();
        let trouble = StoreTrouble::Postgres {
            code: code.to_owned(),
            constraint: error.constraint().map(str::to_owned),
            message: names_no_data(code).then(|| error.message().to_owned()),
        };
        return with_kind(postgres_kind(code), trouble);
    }
    let code = error.code().unwrap_or_default();
    let kind = code.parse().map_or(StoreErrorKind::Broken, sqlite_kind);
    let what = match error.try_downcast_ref::<SqliteError>() {
        Some(_) => StoreTrouble::Sqlite(sqlite_name(&code)),
        None => StoreTrouble::Other("a database of another kind refused the statement"),
    };
    with_kind(kind, what)
}

fn with_kind(kind: StoreErrorKind, trouble: StoreTrouble) -> StoreError {
    match kind {
        StoreErrorKind::Unavailable => StoreError::unavailable(trouble),
        StoreErrorKind::Broken => StoreError::broken(trouble),
    }
}

/// Whether trying again may help, by SQLSTATE (PostgreSQL, appendix A).
fn postgres_kind(code: &str) -> StoreErrorKind {
    let temporary = match code.get(..2) {
        // Connection; rollback after a deadlock or a collision; out of connections, memory or
        // disk; shut down or cancelled; the disk itself.
        Some("08" | "40" | "53" | "57" | "58") => true,
        // Lock not available; a standby that has not been promoted yet.
        _ => matches!(code, "55P03" | "25006"),
    };
    if temporary { StoreErrorKind::Unavailable } else { StoreErrorKind::Broken }
}

/// The classes whose messages speak of the server, the database or the role, and of no data:
/// connection, wrong password, unknown database, resources, shutdown. So does a server of which only
/// reading may be asked.
fn names_no_data(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "28" | "3D" | "53" | "57")) || code == "25006"
}

/// Whether trying again may help, by SQLite's result code, the extended ones included.
fn sqlite_kind(code: u32) -> StoreErrorKind {
    // BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
    if matches!(code & 0xff, 5 | 6 | 7 | 9 | 10 | 13 | 14 | 15) {
        StoreErrorKind::Unavailable
    } else {
        StoreErrorKind::Broken
    }
}

fn sqlite_name(code: &str) -> String {
    let name = match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5) => "busy",
        Ok(6) => "locked",
        Ok(8) => "read-only",
        Ok(10) => "input/output error",
        Ok(11) => "corrupt",
        Ok(13) => "disk full",
        Ok(14) => "cannot open the file",
        Ok(19) => "constraint failed",
        Ok(26) => "not a database",
        _ => return format!("error {code}"),
    };
    format!("error {code} ({name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_are_temporary_and_mistakes_are_not() {
        for code in ["57P01", "57P02", "57P03", "57014", "53300", "53100", "40001", "40P01", "08006", "55P03"]
        {
            assert_eq!(postgres_kind(code), StoreErrorKind::Unavailable, "{code}");
        }
        // Among them RAISE EXCEPTION, as the trigger has it that keeps events from being changed.
        for code in ["23505", "23514", "42P01", "42703", "22P02", "P0001", "XX000", "", "ü"] {
            assert_eq!(postgres_kind(code), StoreErrorKind::Broken, "{code}");
        }
        // Among them BUSY_SNAPSHOT and IOERR_WRITE; then CONSTRAINT_UNIQUE and CONSTRAINT_TRIGGER.
        for code in [5, 6, 13, 517, 778] {
            assert_eq!(sqlite_kind(code), StoreErrorKind::Unavailable, "{code}");
        }
        for code in [1, 8, 11, 19, 2067, 1811, 26] {
            assert_eq!(sqlite_kind(code), StoreErrorKind::Broken, "{code}");
        }
    }

    #[test]
    fn what_is_said_reads_well() {
        let trouble = StoreTrouble::Postgres {
            code: "23505".to_owned(),
            constraint: Some("users_email_key".to_owned()),
            message: None,
        };
        assert_eq!(trouble.to_string(), "Postgres says 23505, constraint users_email_key");
        let trouble = StoreTrouble::Row { table: "users", column: "role" };
        assert_eq!(trouble.to_string(), "table users holds a row whose role makes no sense");
    }
}
