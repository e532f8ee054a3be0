//! PgBouncer in front of a cluster.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cluster::{Account, Cluster, command};
use crate::{client, skip};

/// A PgBouncer in transaction mode before a [`Cluster`], stopped with the value.
///
/// Its clients share few connections and meet another with each transaction, as they would where
/// many applications share a server.
#[derive(Debug)]
pub struct Bouncer {
    folder: TempDir,
    role: String,
    process: Child,
}

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
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).expect("the configuration can be written");
        fs::write(folder.path().join("roles"), format!("\"{role}\" \"\"\n")).expect("so can the roles");
        if let Some(Account { uid, gid }) = cluster.account() {
            chown(folder.path(), Some(uid), Some(gid)).expect("root may give its folder away");
        }
        let process = command(program, cluster.account())
            .arg("-q")
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .expect("an installed program can be started");
        let bouncer = Self { folder, role: role.to_owned(), process };
        bouncer.wait_until_it_answers();
        Some(bouncer)
    }

    /// The URL of the database `postgres` behind it.
    pub fn url(&self) -> String {
        format!("postgres://{}@localhost:{PORT}/postgres?host={}", self.role, self.folder.path().display())
    }

    fn wait_until_it_answers(&self) {
        let begun = Instant::now();
        let url = self.url();
        while let Err(error) = client::run(&url, "SELECT 1".to_owned()) {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
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
        let _ = self.process.kill();
        let _ = self.process.wait();
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
