//! What a login storm costs in memory.

use std::fs;
use std::io::Write;

use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Client, PASSWORD, post};
use crate::process::{Server, Store};
use crate::secrets::Secrets;

const LOGINS: usize = 1_000;
const HASH_THREADS: u64 = 2;

/// What one hash takes.
const PER_THREAD: u64 = 19;

/// What a thousand connections, and whoever waits on them, may take beside that: 64 MiB. Code that
/// is not optimised keeps more of everything at hand.
const REST: u64 = if cfg!(debug_assertions) { 192 } else { 64 };

/// A thousand people who have the first user's password.
async fn many(database: &str) {
    let db = Database::connect(database).await.unwrap();
    db.execute_unprepared(&format!(
        "WITH RECURSIVE numbers (number) AS \
             (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < {LOGINS} - 1) \
         INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at) \
         SELECT randomblob(16), 'user' || number || '@example.com', name, name_folded, 'USER', \
                password_hash, created_at \
         FROM users, numbers"
    ))
    .await
    .unwrap();
    db.close().await.unwrap();
}

/// A line of the process's state, in MiB.
fn mib(server: &Server, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap() / 1_024
}

/// The status of each login; every second one has the wrong password.
async fn storm(client: &Client) -> Vec<u16> {
    let mut logins = JoinSet::new();
    for number in 0..LOGINS {
        let client = client.clone();
        let password = if number % 2 == 0 { PASSWORD } else { "not this one" };
        let login = json!({"email": format!("user{number}@example.com"), "password": password});
        logins.spawn(async move {
            client.try_send(post("/api/auth/login", &login)).await.unwrap().status().as_u16()
        });
    }
    logins.join_all().await
}

/// The queue of the first server is as long as it is by default, so that most are turned away; the
/// second one lets everybody wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_logins_at_once_cost_no_more_than_their_threads_and_a_little() {
    for queue in ["128", "1000"] {
        let store = Store::sqlite();
        let threads = HASH_THREADS.to_string();
        let variables =
            [("NODE_ENV", "test"), ("RUST_LOG", "info"), ("HASH_THREADS", &threads), ("HASH_QUEUE", queue)];
        let server = Server::start_with(&store.url(), &variables);
        let idle = mib(&server, "VmRSS:");
        let client = server.client();
        assert_eq!(client.bootstrap().await.status, 201);
        many(&store.url()).await;

        // It keeps no list of what passes by, which would be searched for in vain for a while.
        let client = Client { address: server.address(), secrets: Secrets::default() };
        let statuses = storm(&client).await;
        let peak = mib(&server, "VmHWM:");
        let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
        let told = format!(
            "queue {queue}: {idle} MiB idle, {peak} MiB at most; {} right, {} wrong, {} throttled, {} turned away",
            count(200),
            count(401),
            count(429),
            count(503)
        );
        // Past the harness, which shows what the print macros write for failures only.
        let _ = writeln!(std::io::stdout(), "{told}");
        assert_eq!(count(200) + count(401) + count(429) + count(503), LOGINS, "{told}");
        assert!(count(200) > 0, "{told}");
        assert!(peak < idle + HASH_THREADS * PER_THREAD + REST, "{told}");
    }
}
