//! The promises of the crate, on whatever Postgres there is.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use test_postgres::{Cluster, Postgres};

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
