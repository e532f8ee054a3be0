//! A soak: mixed load for minutes, one tenth of it hostile, on a release build and a Postgres of
//! its own. What must stay level is looked at every few seconds.
//!
//! ```text
//! cargo bench -p auth-server --bench soak                  # ten minutes
//! SOAK_SECONDS=120 cargo bench -p auth-server --bench soak
//! ```
//!
//! It fails where memory grows by more than [`STEEPEST`], where file descriptors are left over, or
//! where dead sessions are not swept; a wrong answer stops it at once.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench talks, and stops at the first surprise"
)]

mod connection;
mod hostile;
mod lot;
mod sample;
mod table;
mod visitor;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use test_postgres::Cluster;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::connection::Tally;
use crate::table::Table;
use crate::visitor::Visitor;

const VISITORS: u32 = 16;

/// How often the server is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// The steepest slope of memory, in MiB an hour: 2 MiB in the last two thirds of ten minutes are
/// what the allocator makes of it anyway.
const STEEPEST: f64 = 18.0;

/// More than connections to the database, listeners and pipes need: when the load is over, each
/// descriptor beyond is one that was forgotten.
const LEFT_OVER: usize = 32;

/// So many sessions die at once every now and then, five batches of the sweep.
const DEAD: u32 = 5_000;

fn main() -> ExitCode {
    // `cargo test --benches` and the like only want to know that it starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let seconds = std::env::var("SOAK_SECONDS").map_or(600, |text| text.parse().expect("whole seconds"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(soak(Duration::from_secs(seconds)))
}

async fn soak(length: Duration) -> ExitCode {
    let cluster = Cluster::launch().expect("an installed PostgreSQL");
    let (mut server, address) = start(&cluster.url());
    let tally = Arc::new(Tally::default());
    let mut visitors = JoinSet::new();
    Visitor::found(address, &cluster, VISITORS).await;
    for number in 0..VISITORS {
        visitors.spawn(Visitor::new(number, address, Arc::clone(&tally)).stay());
    }

    let begun = Instant::now();
    let mut table = Table::begin(server.id(), &cluster.url()).await;
    while begun.elapsed() < length {
        if table.len() % 12 == 6 {
            cluster.execute(&[&bury()]);
        }
        sleep(EVERY).await;
        if let Some(left) = visitors.try_join_next() {
            panic!("a visitor left: {left:?}");
        }
        table.add(&tally).await;
    }
    visitors.shutdown().await;
    // Whoever was slow is cut off within ten seconds.
    sleep(Duration::from_secs(15)).await;
    let verdict = table.end(&tally).await;
    server.kill().unwrap();
    server.wait().unwrap();
    verdict
}

/// A release build, with lifetimes that pass while one looks on.
fn start(database: &str) -> (Child, SocketAddr) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_auth-server"))
        .env_clear()
        .envs([
            ("DATABASE_URL", database),
            ("NODE_ENV", "test"),
            ("PORT", "0"),
            ("LOG_FORMAT", "json"),
            ("RUST_LOG", "warn,auth_server::start=info"),
            ("JWT_ACCESS_TTL", "20s"),
            ("JWT_REFRESH_TTL", "20s"),
            ("SESSION_MAX_TTL", "40s"),
            ("REFRESH_REUSE_GRACE", "0"),
            ("SWEEP_INTERVAL", "10s"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().expect("it starts").unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if event["message"] == "listening" {
            break event["address"].as_str().unwrap().parse().unwrap();
        }
    };
    // Somebody has to read on, or it would wait for that.
    std::thread::spawn(move || lines.for_each(drop));
    (server, address)
}

/// Sessions that are over, as if many had logged in long ago.
fn bury() -> String {
    format!(
        "INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at) \
         SELECT gen_random_uuid(), id, decode(repeat('00', 32), 'hex'), 0, 1, 2, 3 \
         FROM generate_series(1, {DEAD}), (SELECT id FROM users LIMIT 1) AS anybody"
    )
}
