//! Accidents of the servers.

use std::time::Instant;

use crate::ledger::Outcome::Broken;
use crate::process::Store;
use crate::scene::{Scene, start};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_servers_is_killed_and_started() {
    let Some(store) = Store::postgres() else { return };
    let (one, mut other) = (start(&store.url(), &[]), start(&store.url(), &[]));
    let scene = Scene::open("kill -9 of one server of two", &[&one, &other]).await;
    other.kill();
    scene.until_met(Broken, 20).await;
    let next = start(&store.url(), &[]);
    scene.move_to(&[&one, &next]);
    scene.close(Instant::now(), &store.url(), &[Broken]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_server_is_killed_again_and_again() {
    for (name, store) in [
        ("kill -9 of the server, SQLite", Some(Store::sqlite())),
        ("kill -9 of the server, Postgres", Store::postgres()),
    ] {
        let Some(store) = store else { continue };
        let mut server = start(&store.url(), &[]);
        let scene = Scene::open(name, &[&server]).await;
        for times in 1..=3 {
            server.kill();
            scene.until_met(Broken, 20 * times).await;
            server = start(&store.url(), &[]);
            scene.move_to(&[&server]);
        }
        scene.close(Instant::now(), &store.url(), &[Broken]).await;
    }
}
