//! What is particular to Postgres.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::time::Duration;

use auth_core::store::{
    AccountStore, EventStore, FirstAdmin, Opened, Opening, Replaced, Reserved, SessionStore, Settlement,
    StoreErrorKind, ThrottleStore, UserStore,
};
use auth_core::{EventQuery, PasswordHash, Timestamp};
use auth_sea_orm::{Options, Pooling, SeaOrmStore, connect, connect_with};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, Statement, TransactionTrait,
};
use test_postgres::Cluster;
use tokio::task::JoinSet;

use common::{
    Fresh, admin, at, disabling, guessed, happened, key, opening, place, postgres, replacement, step,
    with_a_session,
};

async fn number(db: &impl ConnectionTrait, sql: &str) -> i64 {
    #[derive(FromQueryResult)]
    struct Row {
        n: i64,
    }
    let statement = Statement::from_string(DbBackend::Postgres, format!("SELECT ({sql})::bigint AS n"));
    Row::find_by_statement(statement).one(db).await.unwrap().unwrap().n
}

#[tokio::test]
async fn rotations_touch_no_index() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    for generation in 0..200 {
        let now = at(10 + i64::from(generation));
        assert!(fresh.store.rotate(&step(key(1), generation, now), now).await.unwrap().is_some());
    }
    two_hundred_touched_no_index(fresh, "sessions").await;
}

/// Nor do logins their count, whose minute they leave as it is.
#[tokio::test]
async fn logins_of_a_minute_touch_no_index_of_their_count() {
    let Some(fresh) = postgres().await else { return };
    for n in 0..101 {
        let (count, now) = (guessed(1, 0), at(10 + n));
        let reserved = fresh.store.reserve(&place(count, now), now).await.unwrap();
        assert_eq!(reserved, Reserved::Granted { nth: 1 });
        fresh.store.settle(&count, Settlement::Right, now).await.unwrap();
    }
    two_hundred_touched_no_index(fresh, "auth_throttle").await;
}

async fn two_hundred_touched_no_index(fresh: Fresh, table: &str) {
    // A backend reports its counts when it ends, at the latest.
    fresh.store.database().clone().close().await.unwrap();
    let db = connect(&fresh.url).await.unwrap();
    let counted = |what: &str| format!("pg_stat_get_tuples_{what}('{table}'::regclass)");
    let reported = async {
        while number(&db, &counted("updated")).await < 200 {
            db.execute_unprepared("SELECT pg_stat_clear_snapshot()").await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reported).await.expect("the counts are reported");
    // All of them, unless a vacuum looks on and keeps old versions from being pruned for a moment;
    // none, if an index had to follow.
    let heap_only = number(&db, &counted("hot_updated")).await;
    assert!(heap_only >= 150, "{heap_only} of 200");
    let size = number(&db, &format!("pg_relation_size('{table}')")).await;
    assert!(size <= 8 * 8_192, "old versions are pruned away");
}

/// Returns when somebody waits for a lock, so that races can be staged instead of hoped for.
async fn waiting_for_a_lock(db: &DatabaseConnection) {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let wait = async {
        while number(db, sql).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("somebody waits for a lock");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_waits_for_a_password_that_is_being_replaced_and_is_then_stale() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let watch = connect(&fresh.url).await.unwrap();
    for change in ["password_hash = 'another'", "disabled_at = 5", "name = 'Another'"] {
        let transaction = watch.begin().await.unwrap();
        transaction.execute_unprepared(&format!("UPDATE users SET {change}")).await.unwrap();
        let store = fresh.store.clone();
        let mut replacing = opening(key(2));
        replacing.replaces = Some(key(1));
        let login = tokio::spawn(async move { store.open(&replacing, at(2)).await.unwrap() });
        waiting_for_a_lock(&watch).await;
        transaction.commit().await.unwrap();

        let harmless = change.starts_with("name");
        assert_eq!(login.await.unwrap().is_opened(), harmless, "{change}");
        assert_eq!(fresh.store.find(key(2).id).await.unwrap().is_some(), harmless);
        let old = fresh.store.find(key(1).id).await.unwrap().unwrap();
        assert_eq!(old.session.ended_at, harmless.then_some(at(2)), "a refused login ends nothing");
        let repair =
            format!("UPDATE users SET disabled_at = NULL, password_hash = '{}'", admin().password.expose());
        watch.execute_unprepared(&repair).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_holds_on_an_embedders_connections_whatever_their_default_isolation() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let watch = connect(&fresh.url).await.unwrap();
    let (path, query) = fresh.url.split_once('?').unwrap_or((&fresh.url, ""));
    let theirs = format!("{path}?{query}&options=-c%20default_transaction_isolation=repeatable%5C%20read");
    let store = SeaOrmStore::new(Database::connect(theirs).await.unwrap());

    // A login in slow motion, and one that waits for it and has to make room.
    let first = watch.begin().await.unwrap();
    first.execute_unprepared("SELECT 1 FROM users FOR NO KEY UPDATE").await.unwrap();
    let second =
        tokio::spawn(
            async move { store.open(&Opening { limit: 2, ..opening(key(3)) }, at(3)).await.unwrap() },
        );
    waiting_for_a_lock(&watch).await;
    let sql = "INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at) \
               SELECT '02020202-0202-0202-0202-020202020202', user_id, secret_hash, 0, 2, 9000, 9000 FROM sessions";
    first.execute_unprepared(sql).await.unwrap();
    first.commit().await.unwrap();

    let Opened::Opened { ended } = second.await.unwrap() else { panic!("it is opened") };
    assert_eq!(
        ended.iter().map(|ended| ended.session).collect::<Vec<_>>(),
        [key(1).id],
        "the oldest of three"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_replacement_ends_the_session_of_a_login_that_it_waited_for() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let watch = connect(&fresh.url).await.unwrap();
    // A server may have another default than the one in which the verbs are right.
    let name = fresh.url.split('/').nth(3).and_then(|rest| rest.split('?').next()).unwrap();
    let sql = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
    watch.execute_unprepared(&sql).await.unwrap();
    let store = fresh.another().await;

    // A login in slow motion: its lock on the user, its insertion, its end.
    let login = watch.begin().await.unwrap();
    login.execute_unprepared("SELECT 1 FROM users FOR NO KEY UPDATE").await.unwrap();
    let replaced = {
        let store = store.clone();
        tokio::spawn(async move {
            store.replace_password(&replacement(&PasswordHash::new("another")), at(3)).await
        })
    };
    waiting_for_a_lock(&watch).await;
    let sql = "INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at) \
               SELECT '02020202-0202-0202-0202-020202020202', user_id, secret_hash, 0, 2, 9000, 9000 FROM sessions";
    login.execute_unprepared(sql).await.unwrap();
    login.commit().await.unwrap();

    assert_eq!(replaced.await.unwrap().unwrap(), Replaced::Replaced { ended: 2 });
    for n in [1, 2] {
        let found = store.find(key(n).id).await.unwrap().unwrap();
        assert_eq!(found.session.ended_at, Some(at(3)), "session {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bootstrap_waits_for_a_user_who_is_being_created_and_is_then_refused() {
    let Some(fresh) = postgres().await else { return };
    let watch = connect(&fresh.url).await.unwrap();
    let signup = watch.begin().await.unwrap();
    let sql = "INSERT INTO users (id, email, name, name_folded, role, created_at) \
               VALUES ('03030303-0303-0303-0303-030303030303', 'first@example.com', 'First', 'first', 'USER', 1)";
    signup.execute_unprepared(sql).await.unwrap();
    let store = fresh.store.clone();
    let bootstrap = tokio::spawn(async move { store.create_first_admin(&admin(), at(2)).await.unwrap() });
    waiting_for_a_lock(&watch).await;
    signup.commit().await.unwrap();
    assert_eq!(bootstrap.await.unwrap(), FirstAdmin::UsersExist);
    assert!(fresh.store.credentials(&admin().email).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_does_not_wait_for_a_bootstrap() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let bootstrap = fresh.store.database().begin().await.unwrap();
    bootstrap.execute_unprepared("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE").await.unwrap();
    assert!(fresh.store.open(&opening(key(2)), at(2)).await.unwrap().is_opened());
    assert!(fresh.store.rotate(&step(key(2), 0, at(2)), at(2)).await.unwrap().is_some());
    assert!(fresh.store.find(key(2).id).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_waits_too_long_is_an_outage_and_is_not_carried_out_later() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let impatient = Options { statement_timeout: Duration::from_millis(200), ..Options::default() };
    let store = SeaOrmStore::new(connect_with(&fresh.url, impatient).await.unwrap());

    let busy = fresh.store.database().begin().await.unwrap();
    busy.execute_unprepared("SELECT 1 FROM sessions FOR UPDATE").await.unwrap();
    let error = store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    busy.commit().await.unwrap();

    assert_eq!(fresh.store.find(key(1).id).await.unwrap().unwrap().session.generation, 0);
    assert!(
        store.rotate(&step(key(1), 0, at(3)), at(3)).await.unwrap().is_some(),
        "the token is as good as it was"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_asked_nothing_before_it_is_promoted() {
    let Some(cluster) = Cluster::launch() else { return };
    for pooling in [Pooling::Session, Pooling::Transaction] {
        let database = cluster.database();
        let options = Options { pooling, acquire_timeout: Duration::from_secs(1), ..Options::default() };
        let store = SeaOrmStore::connect(database.url(), options).await.unwrap();
        auth_migrations::run(store.database()).await.unwrap();
        store.create_first_admin(&admin(), at(1)).await.unwrap();
        store.open(&opening(key(1)), at(1)).await.unwrap();

        cluster.demote();
        let reader = Database::connect(database.url()).await.unwrap();
        assert_eq!(number(&reader, "SELECT count(*) FROM sessions").await, 1, "whoever reads is answered");
        for error in [
            store.find(key(1).id).await.unwrap_err(),
            store.credentials(&admin().email).await.unwrap_err(),
            store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap_err(),
            store.ping().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{pooling:?}: {error:?}");
        }
        let refused = SeaOrmStore::connect(database.url(), options).await.unwrap_err();
        assert!(format!("{refused:?}").contains("the server is a standby"), "{refused:?}");

        cluster.execute(&["SELECT pg_promote()"]);
        store.ping().await.unwrap();
        assert_eq!(store.find(key(1).id).await.unwrap().unwrap().session.generation, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_is_an_outage_and_a_started_one_is_found_again() {
    let Some(cluster) = Cluster::launch() else { return };
    let database = cluster.database();
    let quick = Options { acquire_timeout: Duration::from_millis(500), ..Options::default() };
    let db = connect_with(database.url(), quick).await.unwrap();
    auth_migrations::run(&db).await.unwrap();
    let store = SeaOrmStore::new(db);
    store.create_first_admin(&admin(), at(1)).await.unwrap();
    store.open(&opening(key(1)), at(1)).await.unwrap();
    // All ten connections are made, so that there are as many to lose.
    let mut readers = JoinSet::new();
    for _ in 0..50 {
        let store = store.clone();
        readers
            .spawn(async move { store.database().execute_unprepared("SELECT pg_sleep(0.02)").await.is_ok() });
    }
    assert!(readers.join_all().await.into_iter().all(|read| read));

    cluster.stop();
    for _ in 0..12 {
        let error = store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    }
    for error in [
        store.any_user().await.unwrap_err(),
        store.ping().await.unwrap_err(),
        store.change(admin().id, &disabling(), at(2)).await.unwrap_err(),
        store.create_first_admin(&admin(), at(2)).await.unwrap_err(),
        store.sweep(Timestamp::MAX, 1).await.unwrap_err(),
        store.reserve(&place(guessed(1, 0), at(2)), at(2)).await.unwrap_err(),
        store.append(&[happened(1)]).await.unwrap_err(),
        store.events(&EventQuery::default()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    }
    assert!(connect_with(database.url(), quick).await.is_err());

    cluster.start();
    let record = store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap().unwrap();
    assert_eq!(record.session.generation, 1, "the token of before is still good, at the first try");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_nobody_noticed_costs_at_most_one_failure_for_each_connection() {
    let Some(cluster) = Cluster::launch() else { return };
    let database = cluster.database();
    let db = connect(database.url()).await.unwrap();
    auth_migrations::run(&db).await.unwrap();
    let store = SeaOrmStore::new(db);
    store.create_first_admin(&admin(), at(1)).await.unwrap();
    store.open(&opening(key(1)), at(1)).await.unwrap();
    cluster.stop();
    cluster.start();
    let mut failures = 0;
    while let Err(error) = store.find(key(1).id).await {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
        failures += 1;
        assert!(failures <= 10, "there are ten connections at most");
    }
    assert!(store.rotate(&step(key(1), 0, at(2)), at(2)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_halfway_leaves_nothing_behind() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let one = Options { max_connections: Some(1), ..Options::default() };
    let store = SeaOrmStore::new(connect_with(&fresh.url, one).await.unwrap());

    // The password has been replaced, and the end of the sessions waits.
    let elsewhere = fresh.store.database().begin().await.unwrap();
    elsewhere.execute_unprepared("SELECT 1 FROM sessions FOR UPDATE").await.unwrap();
    let caller = {
        let store = store.clone();
        tokio::spawn(async move {
            store.replace_password(&replacement(&PasswordHash::new("another")), at(3)).await
        })
    };
    waiting_for_a_lock(fresh.store.database()).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled(), "it did not panic");
    elsewhere.commit().await.unwrap();

    let found = store.credentials(&admin().email).await.unwrap().unwrap();
    assert!(found.password.unwrap().same_as(&admin().password), "all or nothing");
    assert!(store.find(key(1).id).await.unwrap().unwrap().session.ended_at.is_none());
    assert!(
        store.rotate(&step(key(1), 0, at(4)), at(4)).await.unwrap().is_some(),
        "the connection is usable"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_falls_asleep_within_a_transaction_loses_its_locks() {
    let Some(fresh) = postgres().await else { return };
    let options = Options { statement_timeout: Duration::from_millis(300), ..Options::default() };
    let asleep = connect_with(&fresh.url, options).await.unwrap();
    let transaction = asleep.begin().await.unwrap();
    transaction.execute_unprepared("LOCK TABLE users").await.unwrap();
    assert!(!fresh.store.any_user().await.unwrap(), "it waits for the lock, and gets it");
    transaction.commit().await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn sweeps_wait_for_nobody() {
    let Some(fresh) = postgres().await else { return };
    for n in 1..=3 {
        fresh.store.reserve(&place(guessed(n, 0), at(1)), at(1)).await.unwrap();
        fresh.store.append(&[happened(n.into())]).await.unwrap();
    }
    let busy = connect(&fresh.url).await.unwrap().begin().await.unwrap();
    busy.execute_unprepared(
        "SELECT 1 FROM auth_throttle WHERE account = decode(repeat('02', 32), 'hex') FOR UPDATE",
    )
    .await
    .unwrap();
    busy.execute_unprepared("SELECT 1 FROM auth_events WHERE at = 2 FOR UPDATE").await.unwrap();
    assert_eq!(fresh.store.sweep_throttle(at(9), 10).await.unwrap(), 2);
    assert_eq!(fresh.store.sweep_events(at(9), 10).await.unwrap(), 2);
    busy.commit().await.unwrap();
    assert_eq!(fresh.store.sweep_throttle(at(9), 10).await.unwrap(), 1);
    assert_eq!(fresh.store.sweep_events(at(9), 10).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guess_that_waited_for_another_is_judged_by_what_that_has_left() {
    let Some(fresh) = postgres().await else { return };
    let (key, now) = (guessed(1, 0), at(1));
    for _ in 0..4 {
        fresh.store.reserve(&place(key, now), now).await.unwrap();
    }
    // Another instance takes the last free place, in slow motion.
    let watch = connect(&fresh.url).await.unwrap();
    let other = watch.begin().await.unwrap();
    other.execute_unprepared("UPDATE auth_throttle SET attempts = 5, in_flight = 5").await.unwrap();
    let store = fresh.store.clone();
    let guess = tokio::spawn(async move { store.reserve(&place(key, now), now).await.unwrap() });
    waiting_for_a_lock(&watch).await;
    other.commit().await.unwrap();
    let Reserved::Full(count) = guess.await.unwrap() else { panic!("the last place is taken") };
    assert_eq!((count.attempts, count.in_flight), (5, 5));
}
