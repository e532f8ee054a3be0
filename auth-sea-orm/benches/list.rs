//! How long each kind of list takes among many users, and how fast users are created.
//!
//! `cargo bench -p auth-sea-orm --bench list -- 1000000` prints a table: the medians of first
//! pages and deep ones on both databases, and then the plans.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may stop at the first surprise")]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use auth_core::AccountQuery;
use auth_core::store::AccountStore;
use auth_sea_orm::SeaOrmStore;
use sea_orm::ConnectionTrait;

use common::crowd::{Spy, analyze, fill, plan, queries};
use common::{Fresh, person, postgres, sqlite_file};

const ROUNDS: usize = 9;
const IMPORTED: u32 = 100_000;

#[tokio::main]
async fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    create(&sqlite_file().await).await;
    list(&sqlite_file().await, count).await;
    match postgres().await {
        Some(fresh) => {
            create(&fresh).await;
            fresh.store.database().execute_unprepared("TRUNCATE users CASCADE").await.unwrap();
            list(&fresh, count).await;
        }
        None => println!("no Postgres is to be had"),
    }
}

async fn create(fresh: &Fresh) {
    let people: Vec<_> = (0..IMPORTED).map(person).collect();
    let start = Instant::now();
    for batch in people.chunks(500) {
        fresh.store.create(batch).await.unwrap();
    }
    let took = start.elapsed();
    let rate = f64::from(IMPORTED) / took.as_secs_f64();
    println!("{:?}: {IMPORTED} users created by 500 in {took:.1?}, {rate:.0}/s", backend(fresh));
}

async fn list(fresh: &Fresh, count: u32) {
    let start = Instant::now();
    fill(fresh.store.database(), count).await;
    analyze(fresh.store.database()).await;
    println!("{:?}: {count} users put in in {:.1?}", backend(fresh), start.elapsed());
    println!("search      role  state    page    rows  statements  median ms");
    let (store, spy) = Spy::on(fresh.store.database().clone());
    let mut plans = BTreeMap::new();
    for (name, query) in queries(count) {
        let (rows, _) = timed(&store, &query).await;
        let statements = spy.heard();
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(timed(&store, &query).await.1);
        }
        times.sort();
        let median = times[ROUNDS / 2].as_secs_f64() * 1e3;
        println!("{name:32} {rows:5} {:11} {median:10.2}", statements.len());
        for statement in statements {
            plans.entry(statement.sql.clone()).or_insert((name.clone(), statement));
        }
        spy.heard();
    }
    println!();
    for (name, statement) in plans.values() {
        println!("-- {name}\n{}", statement.sql);
        for line in plan(fresh.store.database(), statement).await {
            println!("    {line}");
        }
    }
}

async fn timed(store: &SeaOrmStore, query: &AccountQuery) -> (usize, Duration) {
    let start = Instant::now();
    let users = store.accounts(query).await.unwrap();
    (users.len(), start.elapsed())
}

fn backend(fresh: &Fresh) -> sea_orm::DbBackend {
    fresh.store.database().get_database_backend()
}
