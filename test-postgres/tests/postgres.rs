//! The promises of the crate, on whatever Postgres there is.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use test_postgres::{Bouncer, Cluster, Postgres, Setup};

async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    PgConnectOptions::from_str(url)?.connect().await
}

async fn exists(name: &str, connection: &mut PgConnection) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn each_database_is_empty_and_goes_with_its_value() {
    let Some(postgres) = Postgres::shared() else { return };
    let (one, other) = (postgres.database(), postgres.database());
    assert_ne!(one.name(), other.name());

    let mut connection = connect(one.url()).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x int)").execute(&mut connection).await.unwrap();
    let mut elsewhere = connect(other.url()).await.unwrap();
    assert!(sqlx::raw_sql("SELECT * FROM t").execute(&mut elsewhere).await.is_err(), "they are two");

    let name = one.name().to_owned();
    assert!(exists(&name, &mut elsewhere).await);
    drop(one);
    assert!(!exists(&name, &mut elsewhere).await, "dropped in spite of the open connection");
}

#[tokio::test]
async fn a_cluster_can_be_stopped_and_started_with_its_data() {
    let Some(cluster) = Cluster::launch() else { return };
    let database = cluster.database();
    let mut connection = connect(database.url()).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x int); INSERT INTO t VALUES (7)").execute(&mut connection).await.unwrap();

    cluster.stop();
    assert!(sqlx::raw_sql("SELECT 1").execute(&mut connection).await.is_err(), "the connection is cut");
    assert!(connect(database.url()).await.is_err(), "and no other is made");

    cluster.start();
    let mut connection = connect(database.url()).await.unwrap();
    let x: i32 = sqlx::query_scalar("SELECT x FROM t").fetch_one(&mut connection).await.unwrap();
    assert_eq!(x, 7);
}

#[tokio::test]
async fn a_cluster_that_was_killed_starts_again_with_its_data() {
    let Some(cluster) = Cluster::launch() else { return };
    cluster.execute(&["CREATE TABLE t (x int)", "INSERT INTO t VALUES (7)"]);
    cluster.kill();
    assert!(connect(&cluster.url()).await.is_err(), "nobody is there");
    cluster.start();
    cluster.execute(&["INSERT INTO t VALUES (8)"]);
    cluster.shut_down();
    cluster.revive();
    cluster.execute(&["INSERT INTO t VALUES (9)"]);
}

#[tokio::test]
async fn a_frozen_cluster_says_nothing_until_it_thaws() {
    let Some(cluster) = Cluster::launch() else { return };
    let mut connection = connect(&cluster.url()).await.unwrap();
    let frozen = cluster.freeze();
    let mut asked = std::pin::pin!(sqlx::raw_sql("SELECT 1").execute(&mut connection));
    let patience = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, asked.as_mut()).await.is_err(), "there is no answer");
    drop(frozen);
    asked.await.unwrap();
}

#[tokio::test]
async fn a_disk_that_was_filled_refuses_until_it_is_emptied() {
    let Some(cluster) = Cluster::launch_with(Setup { disk_mib: Some(160), ..Setup::default() }) else {
        return;
    };
    let mut connection = connect(&cluster.url()).await.unwrap();
    cluster.fill_disk();
    let error = sqlx::raw_sql("CREATE TABLE t AS SELECT * FROM generate_series(1, 1000)");
    let error = error.execute(&mut connection).await.unwrap_err();
    assert_eq!(
        error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
        Some("53100")
    );
    cluster.empty_disk();
    cluster.execute(&["CREATE TABLE t AS SELECT * FROM generate_series(1, 1000)"]);
}

#[tokio::test]
async fn a_bouncer_passes_statements_on() {
    let Some(cluster) = Cluster::launch() else { return };
    let Some(bouncer) = Bouncer::launch(&cluster, "postgres", 1) else { return };
    let database = cluster.database();
    let options = PgConnectOptions::from_str(&bouncer.url_of(database.name())).unwrap();
    let mut connection = options.extra_float_digits(None).connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x int)").execute(&mut connection).await.unwrap();
}
