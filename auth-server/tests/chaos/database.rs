//! Accidents of the database.

use std::time::{Duration, Instant};

use sea_orm::sqlx::{Connection, Executor, PgConnection};
use test_postgres::{Bouncer, Cluster, Setup};
use tokio::time::sleep;

use crate::ledger::Outcome::{Right, Unavailable};
use crate::scene::{ROLE, Scene, start};

/// A small Postgres with a role for the servers.
fn cluster(setup: Setup<'_>) -> Option<Cluster> {
    let cluster = Cluster::launch_with(setup)?;
    cluster.execute(&["CREATE ROLE app LOGIN", "GRANT ALL ON SCHEMA public TO app"]);
    Some(cluster)
}

/// How long an accident lasts once it is felt.
const A_WHILE: Duration = Duration::from_millis(1_500);

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_shut_down_and_started() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("shut down", &[&server]).await;
    cluster.shut_down();
    scene.until_met(Unavailable, 20).await;
    cluster.start();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_restarted_at_once() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("restart", &[&server]).await;
    cluster.shut_down();
    cluster.start();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_killed_and_started() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("kill -9 of Postgres", &[&server]).await;
    cluster.kill();
    scene.until_met(Unavailable, 20).await;
    cluster.start();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_of_postgres_is_killed() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("kill -9 of a backend", &[&server]).await;
    assert!(cluster.kill_backend(ROLE), "the server has connections");
    scene.until_met(Unavailable, 1).await;
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_cut_at_random() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("pg_terminate_backend", &[&server]).await;
    for _ in 0..20 {
        cluster.execute(&["SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                           WHERE usename = 'app' ORDER BY random() LIMIT 2"]);
    }
    scene.until_met(Unavailable, 1).await;
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_freezes_and_thaws() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("SIGSTOP", &[&server]).await;
    let frozen = cluster.freeze();
    scene.until_met(Unavailable, 40).await;
    drop(frozen);
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full() {
    // It keeps no spare file for its log, so that the next one needs room.
    let settings = "wal_recycle = off\nmin_wal_size = 32MB\nmax_wal_size = 32MB";
    let Some(cluster) = cluster(Setup { settings, disk_mib: Some(160) }) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("disk full", &[&server]).await;
    // While somebody reads what was, no row can be overwritten, and each rotation needs room.
    let mut reader = PgConnection::connect(&cluster.url()).await.unwrap();
    reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM sessions").await.unwrap();
    cluster.fill_disk();
    scene.until_met(Unavailable, 20).await;
    // And then there is no room for the log: whoever writes next, be it this one, ends the server.
    let _gone = reader.execute("COMMIT; SELECT pg_switch_wal()").await;
    sleep(A_WHILE).await;
    cluster.empty_disk();
    cluster.revive();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_read_only() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("read-only", &[&server]).await;
    cluster.execute(&["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"]);
    scene.until_met(Unavailable, 20).await;
    sleep(A_WHILE).await;
    cluster.execute(&["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"]);
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_take_all_connections() {
    let Some(cluster) = cluster(Setup { settings: "max_connections = 24", ..Setup::default() }) else {
        return;
    };
    let server = start(&cluster.url_as(ROLE), &[]);
    let scene = Scene::open("max_connections", &[&server]).await;
    let greedy = tokio::spawn(take_all_connections(cluster.url()));
    scene.until_met(Unavailable, 20).await;
    sleep(A_WHILE).await;
    greedy.abort();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_primary_becomes_a_standby_and_is_promoted() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let Some(bouncer) = Bouncer::launch(&cluster, ROLE, 4) else { return };
    let direct = start(&cluster.url_as(ROLE), &[]);
    let pooled = [("DATABASE_POOLING", "transaction"), ("AUTO_MIGRATE", "false")];
    let servers = [&direct, &start(&bouncer.url(), &pooled)];
    let scene = Scene::open("demoted", &servers).await;
    cluster.demote();
    // It answers whoever only reads, and who they are is only read.
    let demoted = Instant::now();
    scene.until_met(Unavailable, scene.met(Unavailable) + 60).await;
    sleep(A_WHILE).await;
    assert_eq!(scene.served_since(demoted), 0, "a standby was asked");
    for server in servers {
        server.client().get("/readyz").await.is_unavailable();
    }
    cluster.execute(&["SELECT pg_promote()"]);
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bouncer_exchanges_the_connections_and_loses_them() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    // Fewer than the server believes to have.
    let Some(bouncer) = Bouncer::launch(&cluster, ROLE, 4) else { return };
    // The tables are made past the pooler.
    drop(start(&cluster.url_as(ROLE), &[]));
    let pooled = [("DATABASE_POOLING", "transaction"), ("AUTO_MIGRATE", "false")];
    let servers: [_; 3] = std::array::from_fn(|_| start(&bouncer.url(), &pooled));
    let scene = Scene::open("PgBouncer", &servers.each_ref()).await;
    cluster.kill();
    scene.until_met(Unavailable, 20).await;
    cluster.start();
    scene.close(Instant::now(), &cluster.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bouncer_without_accidents_is_not_noticed() {
    let Some(cluster) = cluster(Setup::default()) else { return };
    let Some(bouncer) = Bouncer::launch(&cluster, ROLE, 4) else { return };
    drop(start(&cluster.url_as(ROLE), &[]));
    let pooled = [("DATABASE_POOLING", "transaction"), ("AUTO_MIGRATE", "false")];
    let servers: [_; 3] = std::array::from_fn(|_| start(&bouncer.url(), &pooled));
    let scene = Scene::open("PgBouncer, in peace", &servers.each_ref()).await;
    scene.until_met(Right, 1_500).await;
    scene.close(Instant::now(), &cluster.url(), &[]).await;
}

/// Takes what it gets, and cuts the connections of the servers to get those as well.
async fn take_all_connections(url: String) {
    let mut taken = Vec::new();
    loop {
        match PgConnection::connect(&url).await {
            Ok(connection) => taken.push(connection),
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'";
        taken[0].execute(cut).await.unwrap();
    }
}
