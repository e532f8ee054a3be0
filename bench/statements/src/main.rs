//! Ways to send the store's statements to the database, compared: 64 tasks each rotate a session of their
//! own, or look it up, as fast as they can. A Markdown table of the medians is printed.
//!
//! Every statement has to return its row, at the generation that is due. Beside each rate stands the
//! processor time for one, of this program and of a Postgres on the same machine, and how many cores
//! somebody else used meanwhile. Of a row all ways but the store's read one column; the store makes a
//! record of it.
#![expect(clippy::print_stdout, reason = "the table is its output")]

mod processor;
mod sessions;
mod texts;
mod ways;

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth_core::{Clock, SystemClock};
use auth_sea_orm::{Options, SeaOrmStore};
use clap::Parser;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::processor::Busy;
use crate::sessions::Session;
use crate::ways::{Driver, Failure, Way};

/// Compares ways to the database.
#[derive(Parser)]
struct Arguments {
    /// An empty database; `postgres:` or `sqlite:`. Its tables are made.
    url: String,
    /// How long each way is measured.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How often.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const TASKS: u8 = 64;
const WARM_UP: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Rotate,
    Find,
    /// No statement at all.
    Acquire,
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
struct Plan {
    verb: Verb,
    driver: Driver,
    connections: u32,
    ping: bool,
}

/// What was measured: per second, and for one.
#[derive(Clone, Copy, Debug)]
struct Figures {
    per_second: f64,
    micros: f64,
    database_micros: Option<f64>,
    foreign_cores: f64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let Arguments { url, seconds, rounds } = Arguments::parse();
    let store =
        SeaOrmStore::connect(&url, Options { max_connections: Some(1), ..Options::default() }).await?;
    let db = store.database();
    auth_migrations::run(db).await?;
    let mut sessions = sessions::open(&store, TASKS).await?;
    let on_postgres = db.get_database_backend() == DbBackend::Postgres;
    let (plans, postmaster) = if on_postgres {
        let question = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid() AS pid");
        let row = db.query_one_raw(question).await?.ok_or("a backend has a number")?;
        (on_postgres_plans(), processor::postmaster(row.try_get("", "pid")?))
    } else {
        (on_sqlite_plans(), None)
    };

    let mut figures = vec![Vec::new(); plans.len()];
    for _ in 0..rounds {
        for (plan, figures) in plans.iter().zip(&mut figures) {
            if on_postgres {
                // Each begins with a table of the same size.
                db.execute_unprepared("VACUUM sessions").await?;
            }
            let way = Arc::new(Way::open(plan.driver, &url, plan.connections, plan.ping).await?);
            drive(&way, plan.verb, &mut sessions, WARM_UP).await?;
            let (begun, before) = (Instant::now(), Busy::until_now(postmaster));
            let count = drive(&way, plan.verb, &mut sessions, Duration::from_secs_f64(seconds)).await?;
            let (busy, elapsed) = (Busy::until_now(postmaster) - before, begun.elapsed().as_secs_f64());
            figures.push(Figures {
                per_second: f64::from(count) / elapsed,
                micros: busy.this * 1e6 / f64::from(count),
                database_micros: busy.database.map(|seconds| seconds * 1e6 / f64::from(count)),
                foreign_cores: busy.foreign() / elapsed,
            });
            Arc::into_inner(way).ok_or("nobody has it any more")?.close().await?;
        }
    }

    println!("| | way | connections | per second | µs here | µs in Postgres | foreign cores |");
    println!("|---|---|---|---|---|---|---|");
    for (plan, figures) in plans.iter().zip(&figures) {
        let median = |of: fn(&Figures) -> f64| median(figures.iter().map(of).collect());
        let database = figures.iter().all(|figures| figures.database_micros.is_some());
        println!(
            "| {} | {}{} | {} | {:.0} | {:.0} | {} | {:.1} |",
            plan.verb.name(),
            plan.driver.name(),
            if plan.ping { ", asked whether it is alive" } else { "" },
            plan.connections,
            median(|figures| figures.per_second),
            median(|figures| figures.micros),
            if database {
                format!("{:.0}", median(|figures| figures.database_micros.unwrap_or_default()))
            } else {
                "–".into()
            },
            median(|figures| figures.foreign_cores),
        );
    }
    Ok(())
}

/// Each task with a session of its own, one verb after the other; how many all of them did.
async fn drive(
    way: &Arc<Way>,
    verb: Verb,
    sessions: &mut Vec<Session>,
    duration: Duration,
) -> Result<u32, Failure> {
    let end = Instant::now() + duration;
    let tasks: Vec<_> = sessions
        .drain(..)
        .enumerate()
        .map(|(task, mut session)| {
            let way = Arc::clone(way);
            tokio::spawn(async move {
                let mut count = 0;
                while Instant::now() < end {
                    step(&way, verb, task, &mut session).await?;
                    count += 1;
                }
                Ok::<_, Failure>((session, count))
            })
        })
        .collect();
    let mut all = 0;
    for task in tasks {
        let (session, count) = task.await??;
        sessions.push(session);
        all += count;
    }
    Ok(all)
}

async fn step(way: &Way, verb: Verb, task: usize, session: &mut Session) -> Result<(), Failure> {
    let found = match verb {
        Verb::Rotate => {
            let now = SystemClock.now();
            let turn = session.turn(now);
            session.generation += 1;
            way.rotate(task, &turn, now).await?
        }
        Verb::Find => way.find(task, session.key.id).await?,
        Verb::Acquire => return way.acquire().await,
    };
    if found == session.generation { Ok(()) } else { Err("a session is at another generation".into()) }
}

fn on_postgres_plans() -> Vec<Plan> {
    let compared = [
        (Driver::Orm, 10),
        (Driver::Sqlx, 10),
        (Driver::TokioPostgres, 1),
        (Driver::TokioPostgres, 2),
        (Driver::TokioPostgres, 10),
        (Driver::Store, 10),
    ];
    let plan = |verb, driver, connections, ping| Plan { verb, driver, connections, ping };
    let mut plans = Vec::new();
    for verb in [Verb::Rotate, Verb::Find] {
        plans.extend(compared.map(|(driver, connections)| plan(verb, driver, connections, false)));
    }
    for connections in [2, 5, 10, 32] {
        plans.extend([false, true].map(|ping| plan(Verb::Rotate, Driver::Orm, connections, ping)));
    }
    plans.extend([false, true].map(|ping| plan(Verb::Acquire, Driver::Sqlx, 10, ping)));
    plans
}

fn on_sqlite_plans() -> Vec<Plan> {
    [(Driver::Orm, 1), (Driver::Orm, 4), (Driver::Store, 4)]
        .map(|(driver, connections)| Plan { verb: Verb::Rotate, driver, connections, ping: false })
        .into()
}

impl Verb {
    const fn name(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::Find => "find",
            Self::Acquire => "acquire",
        }
    }
}

impl Driver {
    const fn name(self) -> &'static str {
        match self {
            Self::Orm => "SeaORM, one each",
            Self::Sqlx => "sqlx, one each",
            Self::TokioPostgres => "tokio-postgres, pipelined",
            Self::Store => "the store, together",
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
