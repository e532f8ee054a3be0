//! PgBouncer in front of a cluster.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::{Account, Cluster, command};
use crate::{client, skip};

/// A PgBouncer in transaction mode before a [`Cluster`], stopped with the value, or with the
/// process, however that ends.
///
/// Its clients share few connections and meet another with each transaction, as they would where
/// many applications share a server.
#[derive(Debug)]
pub struct Bouncer {
    folder: PathBuf,
    role: String,
    watcher: Child,
}

/// Runs it until the test process has gone, by the end of its standard input, and tidies up.
const WATCH: &str = r#""$1" -q "$2/pgbouncer.ini" </dev/null & cat >/dev/null; kill -9 "$!"; rm -rf "$2""#;

/// It names the socket; no port is opened.
const PORT: u16 = 6432;

impl Bouncer {
    /// Starts one for `role`, with so many connections to the database; `None` where no PgBouncer
    /// is installed, after saying so.
    ///
    /// # Panics
    ///
    /// Where none is installed and `REQUIRE_POSTGRES=1`, or where the installed one does not start.
    pub fn launch(cluster: &Cluster, role: &str, connections: u16) -> Option<Self> {
        let Some(program) = program() else {
            skip::announce("no installed PgBouncer was found");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("test-bouncer-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        let settings = format!(
            "[databases]\n\
             * = host={} port=5432\n\
             [pgbouncer]\n\
             listen_addr =\n\
             listen_port = {PORT}\n\
             unix_socket_dir = {folder}\n\
             logfile = {folder}/log\n\
             auth_type = trust\n\
             auth_file = {folder}/roles\n\
             pool_mode = transaction\n\
             default_pool_size = {connections}\n\
             server_login_retry = 1\n\
             max_client_conn = 200\n",
            cluster.folder().display(),
            folder = folder.path().display(),
        );
        fs::write(folder.path().join("pgbouncer.ini"), settings).expect("the configuration can be written");
        fs::write(folder.path().join("roles"), format!("\"{role}\" \"\"\n")).expect("so can the roles");
        if let Some(Account { uid, gid }) = cluster.account() {
            chown(folder.path(), Some(uid), Some(gid)).expect("root may give its folder away");
        }
        let watcher = command("sh", cluster.account())
            .args([OsStr::new("-c"), OsStr::new(WATCH), OsStr::new("watcher")])
            .args([program.as_path(), folder.path()])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        let bouncer = Self { folder: folder.keep(), role: role.to_owned(), watcher };
        bouncer.wait_until_it_answers();
        Some(bouncer)
    }

    /// The URL of the database `postgres` behind it.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The URL of any database behind it.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://{}@localhost:{PORT}/{database}?host={}", self.role, self.folder.display())
    }

    fn wait_until_it_answers(&self) {
        let begun = Instant::now();
        let url = self.url();
        while let Err(error) = client::run(&url, "SELECT 1".to_owned()) {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "PgBouncer does not answer: {error}: {}",
                log()
            );
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// Debian puts it where only root looks.
fn program() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let places =
        ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].map(|place| Path::new(place).to_owned());
    let places = on_path.unwrap_or_default().into_iter().chain(places);
    places.map(|place| place.join("pgbouncer")).find(|program| program.is_file())
}
