//! Accidents of three servers behind the proxy of `docs/proxies.md`.

use std::net::SocketAddr;
use std::time::Instant;

use crate::ledger::Outcome::{Right, Unavailable};
use crate::nginx::Nginx;
use crate::process::{Server, Store};
use crate::scene::{Scene, start};

/// Three of them, on one database.
fn three(store: &Store) -> [Server; 3] {
    std::array::from_fn(|_| one(store))
}

fn one(store: &Store) -> Server {
    start(&store.url(), &[("TRUSTED_PROXIES", "127.0.0.1")])
}

fn addresses(servers: &[Server; 3]) -> [SocketAddr; 3] {
    servers.each_ref().map(Server::address)
}

/// The proxy, with no application behind it: nobody asks for one here.
fn proxy(servers: &[Server; 3]) -> Option<Nginx> {
    Nginx::start(&addresses(servers), servers[0].address())
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_behind_a_proxy_are_killed_one_after_the_other() {
    let Some(store) = Store::postgres() else { return };
    let mut servers = three(&store);
    let Some(nginx) = proxy(&servers) else { return };
    let scene = Scene::behind("kill -9 of one server of three, behind nginx", nginx.address()).await;
    // Now and then one has nothing to do at the moment.
    for turn in 0.. {
        assert!(turn < 30, "nobody ever notices");
        servers[turn % 3].kill();
        // Those that are left serve everybody.
        scene.until_met(Right, scene.met(Right) + 200).await;
        servers[turn % 3] = one(&store);
        nginx.reload(&addresses(&servers));
        if turn >= 2 && scene.met(Unavailable) > 0 {
            break;
        }
    }
    scene.close(Instant::now(), &store.url(), &[Unavailable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_behind_a_proxy_are_restarted_one_after_the_other() {
    let Some(store) = Store::postgres() else { return };
    let mut servers = three(&store);
    let Some(nginx) = proxy(&servers) else { return };
    let scene = Scene::behind("rolling restart of three servers, behind nginx", nginx.address()).await;
    for turn in 0..3 {
        let next = one(&store);
        std::mem::replace(&mut servers[turn], next).stop();
        nginx.reload(&addresses(&servers));
        scene.until_met(Right, scene.met(Right) + 200).await;
    }
    // A request that reaches a connection just when it is closed is not sent twice, for it may not
    // be repeated for all that nginx knows.
    let met = scene.settle(Instant::now(), &store.url()).await;
    assert!(met.iter().all(|outcome| *outcome == Unavailable), "{met:?}");
}
