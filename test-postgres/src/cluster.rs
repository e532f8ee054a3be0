//! A private server from an installed PostgreSQL.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::client;
use crate::database::Database;
use crate::disk::Disk;
use crate::install;
use crate::skip;

/// A PostgreSQL server of one's own, in a temporary folder, stopped and removed with the value,
/// or with the process, however that ends.
///
/// It listens on a Unix socket in that folder and on no port, so there is none to collide on.
/// It does not wait for the disk (`fsync=off`), which is lost on a power cut alone.
///
/// ```no_run
/// # fn a_test() {
/// let Some(cluster) = test_postgres::Cluster::launch() else { return };
/// let database = cluster.database();
/// cluster.stop(); // as a crash would
/// cluster.start(); // the same address, the same data
/// # }
/// ```
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    account: Option<Account>,
    watcher: Child,
    /// Goes last: the watcher stops the server that uses it.
    _disk: Option<Disk>,
}

/// What is particular to a cluster.
///
/// ```no_run
/// # use test_postgres::{Cluster, Setup};
/// let tiny = Setup { settings: "max_connections = 10", disk_mib: Some(64) };
/// let Some(cluster) = Cluster::launch_with(tiny) else { return };
/// # drop(cluster);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup<'a> {
    /// Lines for its configuration.
    pub settings: &'a str,
    /// The size of a disk of its own, in MiB; without one it shares that of the temporary folders.
    pub disk_mib: Option<u32>,
}

/// Whom the server runs as where we are root, which PostgreSQL refuses to run as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Waits until the test process has gone, by the end of its standard input, and tidies up.
const WATCH: &str = r#"cat >/dev/null; "$1" -D "$3" -m immediate -w -t 10 stop; rm -rf "$2""#;

const SETTINGS: &str = "\
listen_addresses = ''
max_connections = 200
fsync = off
full_page_writes = off
autovacuum_naptime = 1h
";

impl Cluster {
    /// Starts a server; `None` where no PostgreSQL is installed, after saying so.
    ///
    /// `TEST_DATABASE_URL` is of no use here, because that server is not ours to stop.
    ///
    /// # Panics
    ///
    /// Where no PostgreSQL is installed and `REQUIRE_POSTGRES=1`, or where the installed one does
    /// not start.
    pub fn launch() -> Option<Self> {
        Self::launch_with(Setup::default())
    }

    /// Starts a server, as [`launch`](Self::launch) does, with settings or a disk of its own.
    ///
    /// A disk of its own is a file system in memory, and only root may mount one: where that is
    /// refused, the test is skipped like those without a PostgreSQL.
    ///
    /// # Panics
    ///
    /// As [`launch`](Self::launch).
    pub fn launch_with(setup: Setup<'_>) -> Option<Self> {
        let Some(programs) = install::programs() else {
            skip::announce("no installed PostgreSQL was found");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("test-postgres-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        let account = account_for(folder.path());
        if let Some(Account { uid, gid }) = account {
            chown(folder.path(), Some(uid), Some(gid)).expect("root may give its folder away");
        }
        let disk = match setup.disk_mib.map(|mib| Disk::mount(mib, account)) {
            Some(None) => return None,
            mounted => mounted.flatten(),
        };
        let data = disk.as_ref().map_or(folder.path(), Disk::path).join("data");
        let watcher = command("sh", account)
            .args([OsStr::new("-c"), OsStr::new(WATCH), OsStr::new("watcher")])
            .args([programs.join("pg_ctl").as_path(), folder.path(), &data])
            .stdin(Stdio::piped())
            // A group of its own, so that an interrupt from the keyboard leaves it time to tidy up.
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        // From here on the watcher removes the folder.
        let cluster = Self { programs, folder: folder.keep(), data, account, watcher, _disk: disk };
        cluster.init(setup.settings);
        cluster.start();
        Some(cluster)
    }

    /// The URL of a database that is always there, `postgres`, as the superuser.
    pub fn url(&self) -> String {
        self.url_as("postgres")
    }

    /// The URL of the same database as another role; nobody needs a password.
    pub fn url_as(&self, role: &str) -> String {
        format!("postgres://{role}@localhost/postgres?host={}", self.folder.display())
    }

    /// Runs statements as the superuser, each for itself and outside any transaction, and waits
    /// for their end.
    ///
    /// # Panics
    ///
    /// Where the server refuses one, or cannot be reached.
    pub fn execute(&self, statements: &[&str]) {
        for sql in statements {
            client::run(&self.url(), (*sql).to_owned()).unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }

    /// A new, empty database, dropped with the value.
    pub fn database(&self) -> Database {
        Database::create(&self.url())
    }

    /// Stops the server at once, cutting all connections, as a crash would.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }

    /// Stops the server as its administrator would: open transactions are rolled back.
    pub fn shut_down(&self) {
        self.run("pg_ctl", &["-m", "fast", "-w", "stop"]);
    }

    /// Starts a server that has been stopped, at the same address and with the same data;
    /// returns when it answers.
    pub fn start(&self) {
        let log = self.folder.join("log");
        self.run("pg_ctl", &["-w", "-t", "60", "-l", &log.to_string_lossy(), "start"]);
    }

    /// Stops the server as [`shut_down`](Self::shut_down) does and starts it as a standby: with all
    /// its data, and open to readers alone, until `SELECT pg_promote()` makes a primary of it again.
    ///
    /// So it is with a primary that was demoted while another one took its place.
    ///
    /// # Panics
    ///
    /// Where it does not stop or start.
    pub fn demote(&self) {
        self.shut_down();
        fs::write(self.data().join("standby.signal"), "").expect("a file can be made");
        self.start();
    }

    pub(crate) fn answers(&self) -> bool {
        client::run(&self.url(), "SELECT 1".to_owned()).is_ok()
    }

    /// Whether there is a main process.
    pub(crate) fn runs(&self) -> bool {
        let mut status = command(self.programs.join("pg_ctl"), self.account);
        status.arg("-D").arg(&self.data).arg("status").status().is_ok_and(|status| status.success())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn account(&self) -> Option<Account> {
        self.account
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    fn init(&self, settings: &str) {
        self.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let socket = format!("unix_socket_directories = '{}'\n", self.folder.display());
        let file = self.data().join("postgresql.auto.conf");
        let settings = format!("{SETTINGS}{socket}{settings}\n");
        fs::write(file, settings).expect("the configuration can be written");
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = command(self.programs.join(program), self.account);
        let log = self.folder.join(program).with_extension("log");
        let output = fs::File::create(&log).expect("a log can be made");
        let status = command
            .arg("-D")
            .arg(self.data())
            .args(arguments)
            // A file and not a pipe: the server keeps what it is started with.
            .stderr(output)
            .status()
            .expect("an installed program can be started");
        assert!(status.success(), "{program} failed: {}", told(&[&log, &self.folder.join("log")]));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

pub(crate) fn command(program: impl AsRef<OsStr>, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    // The harness waits for whoever holds its output, and a server would hold it. The folder we
    // are in may be closed to the other account. A translated or exotic locale helps nobody.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .env("LC_ALL", "C");
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    command
}

/// The account to run as, told by who owns a folder that we have just made; `None` is ours.
fn account_for(folder: &Path) -> Option<Account> {
    let owner = fs::metadata(folder).expect("the folder is there").uid();
    if owner != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = |name: &str| {
        let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
        fields.filter(|fields| fields[0] == name).find_map(|fields| {
            Some(Account { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
        })
    };
    // The numbers are those of "nobody" nearly everywhere.
    named("postgres").or_else(|| named("nobody")).or(Some(Account { uid: 65_534, gid: 65_534 }))
}

fn told(logs: &[&Path]) -> String {
    logs.iter().filter_map(|log| fs::read_to_string(log).ok()).collect()
}
