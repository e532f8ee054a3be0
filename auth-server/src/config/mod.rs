//! The configuration: read from the environment, judged in one go.
//!
//! [`Config::from_env`] is a pure function from variables and files to a [`Config`], or to all the
//! [`Mistakes`] at once. [`VARIABLES`] is the one table of what can be set; `--help` prints it and
//! the book repeats it.

mod console;
mod database;
mod edge;
mod environment;
mod keys;
mod lint;
mod listen;
mod log;
mod mistake;
mod mode;
mod parse;
mod policy;
mod policy_file;
mod purpose;
mod reader;
mod roles;
mod table;
mod throttle;
mod traces;

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use auth_core::{Hashing, Policy, RevocationDelay};
use auth_sea_orm::Pooling;

pub use console::Console;
pub use database::DatabaseUrl;
pub use edge::Edge;
pub use environment::Environment;
pub use keys::{Key, Keys};
pub use log::{Log, LogFormat};
pub use mistake::{Mistake, Mistakes};
pub use mode::Mode;
pub use purpose::Purpose;
pub use table::{VARIABLES, Variable};
pub use throttle::ThrottleStore;
pub use traces::{Sampling, Traces};

use lint::Surroundings;
use reader::Reader;

/// Everything the server is told from outside, checked.
#[derive(Debug)]
pub struct Config {
    /// Where it listens; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Where metrics are served, if they are; port 0 lets the system choose.
    pub metrics: Option<SocketAddr>,
    /// How careful it has to be.
    pub mode: Mode,
    /// Which database.
    pub database: DatabaseUrl,
    /// The most connections to the database; unset, what suits its kind.
    pub database_max_connections: Option<u32>,
    /// How long a connection to the database stays the same.
    pub database_pooling: Pooling,
    /// Whether missing tables are created at start.
    pub auto_migrate: bool,
    /// The secrets that sign and seal tokens.
    pub keys: Keys,
    /// Who is trusted with what, from outside.
    pub edge: Edge,
    /// Lifetimes, and what is open.
    pub policy: Policy,
    /// How long the check may believe a token whose session has ended or whose user has changed.
    pub revocation_delay: RevocationDelay,
    /// How often sessions that have ended for good are deleted.
    pub sweep_interval: Duration,
    /// How passwords are hashed, and on how many threads.
    pub hashing: Hashing,
    /// Where failed logins are counted.
    pub throttle_store: ThrottleStore,
    /// How long events are kept.
    pub audit_retention: Duration,
    /// Whether the console is there.
    pub console: Console,
    /// The most connections from clients at the same time.
    pub max_connections: usize,
    /// What is logged, and how.
    pub log: Log,
    /// Where traces are sent to, if anywhere.
    pub traces: Option<Traces>,
    /// What is allowed but worth a second look; to be logged at start.
    pub notices: Vec<Notice>,
}

/// Something in the configuration that is allowed but worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Good to know.
    Note(String),
    /// Probably not what is wanted.
    Warning(String),
}

impl Config {
    /// Reads and judges the whole environment.
    ///
    /// `var` looks a variable up; one that is empty counts as unset. `file` reads the file that a
    /// `…_FILE` variable names, and refuses one that is far too large.
    ///
    /// # Errors
    ///
    /// All mistakes in one go; none of them quotes a secret.
    ///
    /// ```
    /// use auth_server::config::Config;
    ///
    /// let no_files = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    /// let config = Config::from_env(|_| None, no_files)?;
    /// assert_eq!(config.listen.to_string(), "127.0.0.1:4000");
    /// # Ok::<(), auth_server::config::Mistakes>(())
    /// ```
    pub fn from_env(
        var: impl Fn(&str) -> Option<OsString>,
        file: impl Fn(&Path) -> io::Result<Vec<u8>>,
    ) -> Result<Self, Mistakes> {
        Self::for_purpose(Purpose::Serve, var, file)
    }

    /// Reads and judges the whole environment, as far as it matters to the purpose.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn for_purpose(
        purpose: Purpose,
        var: impl Fn(&str) -> Option<OsString>,
        file: impl Fn(&Path) -> io::Result<Vec<u8>>,
    ) -> Result<Self, Mistakes> {
        Self::judged(purpose, &var, &file, &Surroundings::unknown())
    }

    fn judged(
        purpose: Purpose,
        var: &dyn Fn(&str) -> Option<OsString>,
        file: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Mistakes> {
        let mut reader = Reader::new(var, file);
        let stated = mode::read(&mut reader);
        let mode = stated.unwrap_or(Mode::Development);
        let mut config = Self {
            listen: listen::read(&mut reader, stated),
            metrics: reader.parsed("METRICS_LISTEN", parse::socket),
            mode,
            database: database::read(&mut reader, mode),
            database_max_connections: reader.parsed("DATABASE_MAX_CONNECTIONS", parse::up_to(1_000)),
            database_pooling: database::read_pooling(&mut reader),
            auto_migrate: reader.parsed("AUTO_MIGRATE", parse::yes_or_no).unwrap_or(true),
            keys: keys::read(&mut reader, mode, purpose),
            edge: Edge::default(),
            policy: policy::read(&mut reader, mode),
            revocation_delay: reader
                .parsed("REVOCATION_DELAY", parse::revocation_delay)
                .unwrap_or(RevocationDelay::Within(Duration::ZERO)),
            sweep_interval: reader
                .parsed("SWEEP_INTERVAL", parse::sweep_interval)
                .unwrap_or(Duration::from_hours(1)),
            hashing: policy::read_hashing(&mut reader),
            throttle_store: throttle::read(&mut reader),
            audit_retention: reader
                .parsed("AUDIT_RETENTION", parse::retention)
                .unwrap_or(Duration::from_hours(24 * 90)),
            console: console::read(&mut reader),
            max_connections: reader
                .parsed("MAX_CONNECTIONS", parse::up_to(100_000))
                .map_or(1_024, |number| number as usize),
            log: log::read(&mut reader, mode, purpose),
            traces: traces::read(&mut reader, purpose),
            notices: Vec::new(),
        };
        if config.database_pooling == Pooling::Transaction && config.auto_migrate {
            reader.mistake(
                "AUTO_MIGRATE",
                "has to be false with DATABASE_POOLING=transaction: migrations need a connection of their own",
                "set it to false, and run `auth-server migrate up` with a DATABASE_URL that leads to Postgres itself",
            );
        }
        config.edge = edge::read(&mut reader, purpose);
        lint::judge(&mut reader, &config, purpose, surroundings);
        let notices = reader.finish(mode)?;
        Ok(Self { notices, ..config })
    }
}

#[cfg(test)]
mod tests;
