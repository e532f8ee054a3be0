//! The samples, as a table, and what is to be made of them.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::connection::Tally;
use crate::sample::{Sample, slope};
use crate::{LEFT_OVER, STEEPEST};

pub(crate) struct Table {
    server: u32,
    db: DatabaseConnection,
    begun: Instant,
    samples: Vec<Sample>,
    before: u64,
    rows: (i64, i64),
}

impl Table {
    pub(crate) async fn begin(server: u32, database: &str) -> Self {
        println!(
            "{:>6} {:>9} {:>6} {:>8} {:>12} {:>10} {:>8}",
            "s", "RSS MiB", "fds", "threads", "requests/s", "sessions", "swept"
        );
        let db = Database::connect(database).await.unwrap();
        Self { server, db, begun: Instant::now(), samples: Vec::new(), before: 0, rows: (0, 0) }
    }

    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    pub(crate) async fn add(&mut self, tally: &Tally) {
        let sample = Sample::of(self.server);
        self.rows = self.count().await;
        let since = self.samples.last().map_or(self.begun, |last| last.at);
        let requests = u32::try_from(tally.total() - self.before).expect("they fit");
        self.before = tally.total();
        println!(
            "{:>6.0} {:>9.1} {:>6} {:>8} {:>12.0} {:>10} {:>8}",
            (sample.at - self.begun).as_secs_f64(),
            sample.memory_mib,
            sample.descriptors,
            sample.threads,
            f64::from(requests) / (sample.at - since).as_secs_f64(),
            self.rows.0,
            self.rows.1,
        );
        self.samples.push(sample);
    }

    /// Sums up; a failure where something grew.
    pub(crate) async fn end(mut self, tally: &Tally) -> ExitCode {
        let under_load = self.samples.clone();
        println!("the load is over");
        self.add(tally).await;
        let rest = *self.samples.last().expect("one was added");
        let last_two_thirds = &under_load[under_load.len() / 3..];
        let steepness = slope(last_two_thirds);
        let descriptors = under_load.iter().map(|sample| sample.descriptors);
        let (fewest, most) = (descriptors.clone().min().unwrap_or(0), descriptors.max().unwrap_or(0));
        println!("{}", tally.tell());
        println!(
            "memory: {steepness:+.1} MiB/h over {:.0} s; file descriptors: {fewest} to {most}, {} at rest; \
             {} sessions swept, {} left",
            last_two_thirds
                .last()
                .map_or(Duration::ZERO, |last| last.at - last_two_thirds[0].at)
                .as_secs_f64(),
            rest.descriptors,
            self.rows.1,
            self.rows.0,
        );
        let verdicts = [
            (steepness <= STEEPEST, "memory grows"),
            (rest.descriptors <= LEFT_OVER, "file descriptors are left over"),
            (self.rows.1 > 0, "no session was swept"),
        ];
        let mut code = ExitCode::SUCCESS;
        for (_, complaint) in verdicts.iter().filter(|(holds, _)| !holds) {
            println!("FAILED: {complaint}");
            code = ExitCode::FAILURE;
        }
        code
    }

    /// The sessions that there are, and how many have been deleted.
    async fn count(&self) -> (i64, i64) {
        let sql = "SELECT count(*) AS there, pg_stat_get_tuples_deleted('sessions'::regclass) AS gone FROM sessions";
        let row =
            self.db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        (row.try_get("", "there").unwrap(), row.try_get("", "gone").unwrap())
    }
}
