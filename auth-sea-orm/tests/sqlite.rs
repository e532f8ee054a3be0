//! What is particular to SQLite.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use auth_core::store::{
    AccountStore, Deletion, EventStore, SessionStore, StoreErrorKind, ThrottleStore, UserStore,
};
use auth_sea_orm::{SeaOrmStore, connect};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions, Connection};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use tokio::task::JoinSet;

use common::{
    admin, at, disabling, guessed, happened, key, opening, person, place, sqlite_file, sqlite_memory, step,
    with_a_session,
};

async fn pragma(store: &SeaOrmStore, name: &str) -> String {
    #[derive(FromQueryResult)]
    struct Row {
        value: String,
    }
    let sql = format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}");
    let statement =
        Statement::from_string(DbBackend::Sqlite, sql.replace("CAST(busy_timeout", "CAST(timeout"));
    Row::find_by_statement(statement).one(store.database()).await.unwrap().unwrap().value
}

#[tokio::test]
async fn a_file_is_opened_with_the_settings_that_are_promised() {
    let fresh = sqlite_file().await;
    assert_eq!(pragma(&fresh.store, "journal_mode").await, "wal");
    assert_eq!(pragma(&fresh.store, "synchronous").await, "2");
    assert_eq!(pragma(&fresh.store, "foreign_keys").await, "1");
    assert_eq!(pragma(&fresh.store, "busy_timeout").await, "5000");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let db = connect(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
    auth_migrations::run(&db).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_create_one_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("auth.db").display());
    let mut racers = JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        racers.spawn(async move {
            let db = connect(&url).await.unwrap();
            auth_migrations::run(&db).await.unwrap();
            assert!(!SeaOrmStore::new(db).any_user().await.unwrap());
        });
    }
    racers.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_in_memory_stays_whole_under_many_callers() {
    let fresh = sqlite_memory().await;
    with_a_session(&fresh, key(1)).await;
    let mut racers = JoinSet::new();
    for _ in 0..50 {
        let store = fresh.store.clone();
        racers.spawn(async move { store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap().is_some() });
    }
    assert_eq!(racers.join_all().await.into_iter().filter(|won| *won).count(), 1);
    assert!(fresh.store.any_user().await.unwrap());
}

#[tokio::test]
async fn a_writer_elsewhere_delays_writers_and_no_readers() {
    let fresh = sqlite_file().await;
    with_a_session(&fresh, key(1)).await;
    let elsewhere: SqliteConnectOptions = fresh.url.parse().unwrap();
    let mut elsewhere = elsewhere.connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE users SET name = 'X'").execute(&mut elsewhere).await.unwrap();

    let read = fresh.store.find(key(1).id).await.unwrap().unwrap();
    assert_eq!(read.user.name, admin().name, "readers see what was committed");
    let store = fresh.store.clone();
    let writer = tokio::spawn(async move { store.rotate(&step(key(1), 0, at(2)), at(2)).await });
    sqlx::raw_sql("COMMIT").execute(&mut elsewhere).await.unwrap();
    elsewhere.close().await.unwrap();
    let record = writer.await.unwrap().unwrap().unwrap();
    assert_eq!((record.session.generation, record.user.name.as_str()), (1, "X"));
}

#[tokio::test]
async fn a_lock_that_is_never_released_is_an_outage_and_not_a_refusal() {
    let fresh = sqlite_file().await;
    with_a_session(&fresh, key(1)).await;
    let impatient: SqliteConnectOptions = fresh.url.parse().unwrap();
    let impatient = impatient.busy_timeout(std::time::Duration::ZERO);
    let store = SeaOrmStore::new(sqlx::SqlitePool::connect_lazy_with(impatient).into());
    let elsewhere: SqliteConnectOptions = fresh.url.parse().unwrap();
    let mut elsewhere = elsewhere.connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut elsewhere).await.unwrap();

    let error = store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let error = store.change(admin().id, &disabling(), at(2)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let error = store.reserve(&place(guessed(1, 0), at(2)), at(2)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let error = store.append(&[happened(1)]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);

    sqlx::raw_sql("ROLLBACK").execute(&mut elsewhere).await.unwrap();
    assert!(store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap().is_some(), "the token is still good");
    assert!(store.database().execute_unprepared("SELECT 1").await.is_ok());
}

#[tokio::test]
async fn sessions_go_with_their_user_even_where_foreign_keys_are_not_heeded() {
    #[derive(FromQueryResult)]
    struct Row {
        n: i64,
    }
    let fresh = sqlite_file().await;
    with_a_session(&fresh, key(1)).await;
    let heedless: SqliteConnectOptions = fresh.url.parse().unwrap();
    let store = SeaOrmStore::new(sqlx::SqlitePool::connect_lazy_with(heedless.foreign_keys(false)).into());
    store.create(&[person(1)]).await.unwrap();
    let mut theirs = opening(key(2));
    theirs.user = person(1).user.id;
    store.open(&theirs, at(1)).await.unwrap();
    assert_eq!(store.delete(theirs.user).await.unwrap(), Deletion::Deleted);
    let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n FROM sessions");
    assert_eq!(Row::find_by_statement(count).one(store.database()).await.unwrap().unwrap().n, 1);
}
