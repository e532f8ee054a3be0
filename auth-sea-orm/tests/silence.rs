//! Connections that fall silent: the network is cut, or the other machine is gone, and nobody says so.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::time::{Duration, Instant};

use auth_core::store::StoreErrorKind;
use auth_sea_orm::{Options, SeaOrmStore};
use tempfile::TempDir;
use test_postgres::Cluster;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Stands between a store and its database, and falls silent on those who are connected.
struct Line {
    folder: TempDir,
    silence: watch::Sender<u32>,
}

impl Line {
    fn to(cluster: &Cluster) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = |folder: &str| format!("{folder}/.s.PGSQL.5432");
        let listener = UnixListener::bind(socket(folder.path().to_str().unwrap())).unwrap();
        let server = socket(cluster.url().split_once("host=").unwrap().1);
        let (silence, heard) = watch::channel(0);
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let mut server = UnixStream::connect(&server).await.unwrap();
                let mut silence = heard.clone();
                silence.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        // Both ends stay open, and nothing passes.
                        _ = silence.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { folder, silence }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }

    /// From now on nothing passes on the connections that there are; those that are made later
    /// are fine.
    fn fall_silent(&self) {
        self.silence.send_modify(|times| *times += 1);
    }
}

/// A store with three connections, all of them open.
async fn store(line: &Line) -> SeaOrmStore {
    let options = Options {
        max_connections: Some(3),
        acquire_timeout: Duration::from_secs(1),
        statement_timeout: Duration::from_millis(300),
        ..Options::default()
    };
    let store = SeaOrmStore::connect(&line.url(), options).await.unwrap();
    let pool = store.database().get_postgres_connection_pool();
    let all = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    drop(all);
    until_all_are_back(&store).await;
    store
}

/// A connection on its way back is asked for a sign of life, and must not meet the silence there. One may
/// wait at hand for the next statement.
async fn until_all_are_back(store: &SeaOrmStore) {
    while store.pool_health().unwrap().idle < 3 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_on_them_are_given_up_and_their_places_are_taken_by_others() {
    let Some(cluster) = Cluster::launch() else { return };
    let line = Line::to(&cluster);
    let store = store(&line).await;
    // Those that are idle are trusted for a moment, so the statements meet the silence.
    store.ping().await.unwrap();
    until_all_are_back(&store).await;
    line.fall_silent();
    let mut pings = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..3 {
        let store = store.clone();
        pings.spawn(async move { store.ping().await });
    }
    for outcome in pings.join_all().await {
        assert_eq!(outcome.unwrap_err().kind(), StoreErrorKind::Unavailable);
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "given up after {:?}", begun.elapsed());
    while let Err(error) = store.ping().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "all places are still taken: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_idled_are_replaced_before_anybody_meets_them() {
    let Some(cluster) = Cluster::launch() else { return };
    let line = Line::to(&cluster);
    let store = store(&line).await;
    // Until they are no longer trusted.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    line.fall_silent();
    for _ in 0..3 {
        store.ping().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lies_at_hand_is_found_out_and_gives_its_place_up() {
    let Some(cluster) = Cluster::launch() else { return };
    let line = Line::to(&cluster);
    let store = store(&line).await;
    store.ping().await.unwrap();
    line.fall_silent();
    // Nobody asks for anything any more, so there is no doubt.
    let pool = store.database().get_postgres_connection_pool();
    let given_up = async {
        while pool.size() > 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), given_up).await.expect("its place is free");
}
