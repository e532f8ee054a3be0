//! Where it happens: a database, servers over it, a crowd before them, and what holds afterwards.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sea_orm::{ConnectionTrait, Database, Statement};
use uuid::Uuid;

use crate::client::Client;
use crate::crowd::{Addresses, Crowd, forgetful};
use crate::ledger::Outcome;
use crate::process::Server;
use crate::secrets::Secrets;

/// Who the servers are to Postgres: nobody special.
pub(crate) const ROLE: &str = "app";

/// How soon after the accident is over somebody is served again.
const RECOVERY: Duration = Duration::from_secs(5);

/// Longer than a server ever takes to say that it cannot.
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// Starts a server that says little: a crowd makes it say a lot. With a grace of zero every
/// refresh rotates.
pub(crate) fn start(database: &str, variables: &[(&str, &str)]) -> Server {
    let usual = [
        ("NODE_ENV", "test"),
        ("REFRESH_REUSE_GRACE", "0"),
        ("RUST_LOG", "warn,auth_server::start=info"),
        ("HASH_THREADS", "2"),
    ];
    Server::start_with(database, &[&usual, variables].concat())
}

pub(crate) struct Scene {
    name: &'static str,
    servers: Addresses,
    crowd: Crowd,
}

impl Scene {
    /// A crowd before these servers, everybody logged in and served.
    pub(crate) async fn open(name: &'static str, servers: &[&Server]) -> Self {
        Self::before(name, servers.iter().map(|server| forgetful(&server.client())).collect()).await
    }

    /// A crowd before a proxy, everybody logged in and served.
    pub(crate) async fn behind(name: &'static str, proxy: SocketAddr) -> Self {
        Self::before(name, vec![Client { address: proxy, secrets: Secrets::default() }]).await
    }

    async fn before(name: &'static str, clients: Vec<Client>) -> Self {
        let servers = Arc::new(Mutex::new(clients));
        let mut crowd = Crowd::gather(&servers).await;
        crowd.until_all_are_served().await;
        Self { name, servers, crowd }
    }

    /// From now on these are the servers.
    pub(crate) fn move_to(&self, servers: &[&Server]) {
        *self.servers.lock().unwrap() = servers.iter().map(|server| forgetful(&server.client())).collect();
    }

    /// Returns when this was met so often since the crowd gathered.
    pub(crate) async fn until_met(&self, outcome: Outcome, times: usize) {
        let begun = Instant::now();
        while self.met(outcome) < times {
            assert!(begun.elapsed() < Duration::from_secs(30), "{outcome:?} was never met");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How often this was met so far.
    pub(crate) fn met(&self, outcome: Outcome) -> usize {
        self.crowd.ledger().counts().get(&outcome).copied().unwrap_or(0)
    }

    /// How many have asked since, and were answered.
    pub(crate) fn served_since(&self, since: Instant) -> usize {
        self.crowd.ledger().served_since(since)
    }

    /// The accident is over: everybody is served within seconds, and nothing was lost.
    ///
    /// `outcomes` are those that were met, beside right answers.
    pub(crate) async fn close(self, healed: Instant, database: &str, outcomes: &[Outcome]) {
        assert_eq!(self.settle(healed, database).await, outcomes, "what was met");
    }

    /// As [`close`](Self::close), and tells what was met beside right answers.
    pub(crate) async fn settle(mut self, healed: Instant, database: &str) -> Vec<Outcome> {
        self.crowd.until_all_are_served().await;
        let ledger = self.crowd.ledger().clone();
        let cookies = self.crowd.leave().await;
        let counts = ledger.counts();
        let (first, last) = ledger.recovery(healed);
        let longest = ledger.longest_wait();
        // Past the harness, which shows what the print macros write for failures only.
        let _ = writeln!(
            std::io::stdout(),
            "{}: first served {first:.1?} after, everybody {last:.1?}; longest wait {longest:.1?}; {counts:?}",
            self.name
        );
        assert!(first < RECOVERY, "nobody was served within {RECOVERY:?}");
        assert!(longest < LONGEST_WAIT, "somebody waited for {longest:?}");

        let client = self.servers.lock().unwrap()[0].clone();
        let mut held = BTreeMap::new();
        for cookie in cookies {
            let refreshed = client.refresh(&cookie).await;
            assert_eq!(refreshed.status, 200, "somebody was logged out: {}", refreshed.body);
            assert_eq!(client.me(&refreshed.access_token()).await.status, 200);
            let (session, generation) = read(&refreshed.cookie().expect("every refresh rotates"));
            held.insert(session, generation);
        }
        assert_eq!(kept(database).await, held, "each holds the current token of a session that lives");
        counts.into_keys().filter(|outcome| *outcome != Outcome::Right).collect()
    }
}

/// The session and the generation that a refresh token names.
fn read(cookie: &str) -> (Uuid, i64) {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cookie).unwrap();
    let generation: [u8; 4] = bytes[33..37].try_into().unwrap();
    (Uuid::from_slice(&bytes[1..17]).unwrap(), u32::from_be_bytes(generation).into())
}

/// The sessions that live, and their current generations, as the database has them.
async fn kept(database: &str) -> BTreeMap<Uuid, i64> {
    let db = Database::connect(database).await.unwrap();
    let sql = "SELECT id, CAST(generation AS BIGINT) AS generation FROM sessions WHERE ended_at IS NULL";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let row =
        |row: &sea_orm::QueryResult| (row.try_get("", "id").unwrap(), row.try_get("", "generation").unwrap());
    rows.iter().map(row).collect()
}
