//! A Postgres for tests: a fresh database for each, on a server that nobody has to set up.
//!
//! ```no_run
//! # fn a_test() {
//! let Some(postgres) = test_postgres::Postgres::shared() else { return };
//! let database = postgres.database();
//! println!("connect to {}", database.url());
//! # } // here the database is dropped
//! ```
//!
//! The server is the one that `TEST_DATABASE_URL` names, where databases may be created;
//! otherwise a private cluster from the PostgreSQL that is installed (see [`Cluster`]), one for
//! each test process. Where there is neither, the tests that ask are skipped, and say so on the
//! real standard error, past the test harness; with `REQUIRE_POSTGRES=1` they panic instead.
//!
//! All functions block for a moment and may be called from inside an async runtime. They panic
//! where a server that should work does not: that is what a test wants.

mod accident;
mod bouncer;
mod client;
mod cluster;
mod database;
mod disk;
mod install;
mod skip;

use std::sync::OnceLock;

pub use accident::Frozen;
pub use bouncer::Bouncer;
pub use cluster::{Cluster, Setup};
pub use database::Database;

/// A Postgres server on which every test can have a database of its own.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
}

#[derive(Debug)]
enum Server {
    /// Somebody else's server, by the URL of a database on it.
    Given(String),
    /// Ours. It is never dropped; the cluster notices the end of the process by itself.
    Private(Cluster),
}

impl Postgres {
    /// The server of this test process; `None` where there is no Postgres, after saying so.
    ///
    /// # Panics
    ///
    /// Where there is no Postgres and `REQUIRE_POSTGRES=1`, or where an installed one does not start.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(Self::find).as_ref()
    }

    /// A new, empty database, dropped with the value.
    pub fn database(&self) -> Database {
        match &self.server {
            Server::Given(url) => Database::create(url),
            Server::Private(cluster) => cluster.database(),
        }
    }

    fn find() -> Option<Self> {
        let given = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
        let server = match given {
            Some(url) => Server::Given(url),
            None => Server::Private(Cluster::launch()?),
        };
        Some(Self { server })
    }
}
