//! A crash in the middle of a thousand refreshes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::client::{Client, with_cookie};
use crate::process::{Server, Store};

const SESSIONS: usize = 10;
const REFRESHES: usize = 100;

/// Ten sessions refresh a hundred times each, by turns at two servers, of which one is killed
/// after the first few hundred. Each client does as a browser does: it keeps the cookie it was
/// last given, and where a connection breaks, it tries again with the cookie it holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_thousand_refreshes_loses_no_session() {
    let Some(store) = Store::postgres() else { return };
    let survivor = Server::start(&store.url());
    let mut victim = Server::start(&store.url());
    assert_eq!(survivor.client().bootstrap().await.status, 201);

    let done = Arc::new(AtomicUsize::new(0));
    let halfway = Arc::new(Notify::new());
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        let login = survivor.client().login().await;
        assert_eq!(login.status, 200);
        sessions.push(tokio::spawn(keep_refreshing(
            login.cookie().unwrap(),
            [victim.client(), survivor.client()],
            Arc::clone(&done),
            Arc::clone(&halfway),
        )));
    }
    halfway.notified().await;
    victim.kill();

    let mut broken = 0;
    let mut held = Vec::new();
    for session in sessions {
        let (cookie, interrupted) = session.await.expect("no session was lost");
        broken += interrupted;
        held.push(cookie);
    }
    assert!(done.load(Ordering::SeqCst) >= SESSIONS * REFRESHES);
    assert!(broken > 0, "the crash was felt");
    for cookie in held {
        let answer = survivor.client().refresh(&cookie).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// Refreshes until it has been answered often enough; the cookie it holds in the end, and how
/// often it was interrupted.
async fn keep_refreshing(
    mut cookie: String,
    servers: [Client; 2],
    done: Arc<AtomicUsize>,
    halfway: Arc<Notify>,
) -> (String, usize) {
    let (mut answered, mut interrupted, mut turn) = (0, 0, 0);
    while answered < REFRESHES {
        turn += 1;
        let Ok(answer) = servers[turn % 2].try_send(with_cookie("/api/auth/refresh", &cookie)).await else {
            interrupted += 1;
            continue;
        };
        if answer.status() == 503 {
            sleep(Duration::from_millis(10)).await;
            continue;
        }
        assert_eq!(answer.status(), 200, "{answer:?}");
        answered += 1;
        if let Some(set) = answer.headers().get("set-cookie") {
            let set = set.to_str().unwrap();
            set.strip_prefix("refresh_token=").unwrap().split(';').next().unwrap().clone_into(&mut cookie);
        }
        if done.fetch_add(1, Ordering::SeqCst) + 1 == SESSIONS * REFRESHES / 3 {
            halfway.notify_one();
        }
    }
    (cookie, interrupted)
}
