//! A crash in the middle of a thousand refreshes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::client::{Client, with_cookie};
use crate::process::{Server, Store};

const SESSIONS: usize = 10;
const REFRESHES: usize = 100;

/// Ten browsers, each with a session that it refreshes a hundred times, at all servers by turns.
///
/// Each keeps the cookie it was last given, and where a connection breaks, it tries again with
/// the cookie it holds. With a grace of zero, every refresh rotates.
struct Browsers {
    tasks: Vec<JoinHandle<(String, usize)>>,
    halfway: Arc<Notify>,
}

impl Browsers {
    async fn start(servers: &Arc<Mutex<Vec<Client>>>) -> Self {
        let client = servers.lock().unwrap()[0].clone();
        assert_eq!(client.bootstrap().await.status, 201);
        let (done, halfway) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let mut tasks = Vec::new();
        for _ in 0..SESSIONS {
            let login = client.login().await;
            assert_eq!(login.status, 200);
            let cookie = login.cookie().unwrap();
            tasks.push(tokio::spawn(browse(
                cookie,
                Arc::clone(servers),
                Arc::clone(&done),
                Arc::clone(&halfway),
            )));
        }
        Self { tasks, halfway }
    }

    /// Waits until all have had their answers; every session lives on at `server`.
    async fn finish(self, server: &Client) {
        let mut interruptions = 0;
        for task in self.tasks {
            let (cookie, interrupted) = task.await.expect("no session was lost");
            interruptions += interrupted;
            let answer = server.refresh(&cookie).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        assert!(interruptions > 0, "the crash was felt");
    }
}

/// The cookie it holds in the end, and how often it was interrupted.
async fn browse(
    mut cookie: String,
    servers: Arc<Mutex<Vec<Client>>>,
    done: Arc<AtomicUsize>,
    halfway: Arc<Notify>,
) -> (String, usize) {
    let (mut answered, mut interrupted, mut turn) = (0, 0, 0);
    while answered < REFRESHES {
        turn += 1;
        let server = {
            let servers = servers.lock().unwrap();
            servers[turn % servers.len()].clone()
        };
        let answer = match server.try_send(with_cookie("/api/auth/refresh", &cookie)).await {
            Ok(answer) if answer.status() != 503 => answer,
            // Not the answer, and not the end: a moment later, once more.
            _ => {
                interrupted += 1;
                sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
        assert_eq!(answer.status(), 200, "{answer:?}");
        answered += 1;
        let set = answer.headers().get("set-cookie").expect("every refresh rotates").to_str().unwrap();
        set.strip_prefix("refresh_token=").unwrap().split(';').next().unwrap().clone_into(&mut cookie);
        if done.fetch_add(1, Ordering::SeqCst) + 1 == SESSIONS * REFRESHES / 3 {
            halfway.notify_one();
        }
    }
    (cookie, interrupted)
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_servers_the_other_one_carries_on() {
    let Some(store) = Store::postgres() else { return };
    let survivor = Server::start(&store.url());
    let mut victim = Server::start(&store.url());
    let servers = Arc::new(Mutex::new(vec![survivor.client(), victim.client()]));
    let browsers = Browsers::start(&servers).await;
    browsers.halfway.notified().await;
    victim.kill();
    browsers.finish(&survivor.client()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_server_on_sqlite_its_successor_carries_on() {
    let store = Store::sqlite();
    let mut victim = Server::start(&store.url());
    let servers = Arc::new(Mutex::new(vec![victim.client()]));
    let browsers = Browsers::start(&servers).await;
    browsers.halfway.notified().await;
    victim.kill();
    let successor = Server::start(&store.url());
    *servers.lock().unwrap() = vec![successor.client()];
    browsers.finish(&successor.client()).await;
}
