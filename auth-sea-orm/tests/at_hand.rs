//! A connection waits at hand for the next statement, and is in nobody's way meanwhile.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::time::Duration;

use auth_core::EndReason;
use auth_core::store::{FirstAdmin, SessionStore, UserStore};
use auth_sea_orm::{Options, PoolHealth, SeaOrmStore};
use sea_orm::sqlx::PgPool;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tokio::time::{sleep, timeout};

use common::{Fresh, admin, at, key, postgres, with_a_session};

const PATIENCE: Duration = Duration::from_secs(30);

fn pool(store: &SeaOrmStore) -> &PgPool {
    store.database().get_postgres_connection_pool()
}

/// One of at most `connections`.
async fn store(fresh: &Fresh, connections: u32) -> SeaOrmStore {
    let options = Options { max_connections: Some(connections), ..Options::default() };
    SeaOrmStore::connect(&fresh.url, options).await.unwrap()
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it becomes so");
}

#[tokio::test]
async fn it_is_the_same_one_again_and_again_and_goes_back_when_nothing_comes() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 10).await;
    for _ in 0..20 {
        assert!(store.find(key(1).id).await.unwrap().is_none());
    }
    // The pool has it away, and for whoever counts it is idle.
    assert_eq!((pool(&store).size(), pool(&store).num_idle()), (1, 0));
    let health = store.pool_health().unwrap();
    assert_eq!(health, PoolHealth { most: 10, open: 1, idle: 1, starved: 0, unanswered: 0 });

    until(|| pool(&store).num_idle() == 1).await;
    assert_eq!(store.pool_health().unwrap(), health);
}

#[tokio::test]
async fn a_small_pool_keeps_all_to_itself() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 2).await;
    store.ping().await.unwrap();
    until(|| pool(&store).num_idle() == 1).await;
}

#[tokio::test]
async fn whoever_needs_the_last_connection_gets_it() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 3).await;
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(store.database().begin().await.unwrap());
    }
    store.ping().await.unwrap();
    assert_eq!((pool(&store).size(), pool(&store).num_idle()), (3, 0));
    // A transaction, which takes its connection from the pool.
    let created = timeout(PATIENCE, store.create_first_admin(&admin(), at(1))).await.unwrap();
    assert_eq!(created.unwrap(), FirstAdmin::Created);
    assert_eq!(store.pool_health().unwrap().starved, 0);
}

#[tokio::test]
async fn whoever_waits_gets_the_next_that_comes_free() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    // Less than a connection lies at hand.
    let acquire_timeout = Duration::from_millis(900);
    let options = Options { max_connections: Some(3), acquire_timeout, ..Options::default() };
    let store = SeaOrmStore::connect(&fresh.url, options).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(store.database().begin().await.unwrap());
    }
    let lock = fresh.store.database().begin().await.unwrap();
    lock.execute_unprepared("SELECT 1 FROM sessions FOR UPDATE").await.unwrap();

    // One statement on the third connection waits for the lock, and then another one for a connection.
    let last = {
        let store = store.clone();
        tokio::spawn(async move { store.end(&key(1), EndReason::Logout, at(2)).await })
    };
    let waiting =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let is_waiting = || async {
        let asked = Statement::from_string(DbBackend::Postgres, waiting);
        fresh.store.database().query_one_raw(asked).await.unwrap().is_some()
    };
    while !is_waiting().await {}
    let next = {
        let store = store.clone();
        tokio::spawn(async move { store.create_first_admin(&admin(), at(3)).await })
    };
    // There is one thread: it gets as far as it can.
    tokio::task::yield_now().await;
    lock.commit().await.unwrap();
    assert!(last.await.unwrap().unwrap().is_some());
    assert_eq!(next.await.unwrap().unwrap(), FirstAdmin::UsersExist);
    assert_eq!(store.pool_health().unwrap().starved, 0);
}

#[tokio::test]
async fn a_second_runtime_watches_over_its_own() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 10).await;
    let first = {
        let store = store.clone();
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { store.ping().await.unwrap() });
        }
    };
    // It leaves a connection at hand whose runtime is gone.
    std::thread::spawn(first).join().unwrap();
    let answered = async { while store.ping().await.is_err() {} };
    timeout(PATIENCE, answered).await.expect("it recovers");
    until(|| store.pool_health().unwrap().open == 0 || pool(&store).num_idle() > 0).await;
}

#[tokio::test]
async fn closing_the_pool_waits_for_none() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 10).await;
    store.ping().await.unwrap();
    timeout(PATIENCE, store.database().clone().close()).await.expect("nothing holds it up").unwrap();
    assert_eq!(pool(&store).size(), 0);
}

#[tokio::test]
async fn one_that_broke_is_not_kept() {
    let Some(fresh) = postgres().await else { return };
    let store = store(&fresh, 10).await;
    store.ping().await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    fresh.store.database().execute_unprepared(end).await.unwrap();
    store.find(key(1).id).await.expect_err("its connection is gone");
    // Whatever connections there were are gone, and what comes next gets another.
    let answered = async { while store.find(key(1).id).await.is_err() {} };
    timeout(PATIENCE, answered).await.expect("it recovers");
}

#[test]
fn a_store_may_outlive_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some((_fresh, store)) = runtime.block_on(async {
        let fresh = postgres().await?;
        let store = store(&fresh, 10).await;
        store.ping().await.unwrap();
        assert_eq!(pool(&store).num_idle(), 0);
        Some((fresh, store))
    }) else {
        return;
    };
    drop(runtime);
    drop(store);
}
