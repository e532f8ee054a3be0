//! A server process of one's own: started, watched, stopped, and its log searched.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use test_postgres::{Database, Postgres};

use crate::client::Client;
use crate::secrets::Secrets;

pub(crate) const ACCESS_SECRET: &str = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa";
pub(crate) const REFRESH_SECRET: &str = "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM";

/// Longer than anything here takes; whoever waits for it has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program, in an empty environment and an empty folder.
pub(crate) fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auth-server"));
    command.env_clear().current_dir(folder.path());
    command
}

/// A running server. When it is dropped, it is stopped, and its log searched for secrets.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    readers: Vec<JoinHandle<()>>,
    lines: Receiver<String>,
    log: Vec<String>,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    secrets: Secrets,
    _folder: TempDir,
}

impl Server {
    /// Starts one that is open (`NODE_ENV=test`), with the usual secrets.
    pub(crate) fn start(database: &str) -> Self {
        Self::start_with(database, &[("NODE_ENV", "test"), ("REFRESH_REUSE_GRACE", "0")])
    }

    /// Starts one with the usual secrets, and these variables.
    pub(crate) fn start_with(database: &str, variables: &[(&str, &str)]) -> Self {
        let keys = [("JWT_ACCESS_SECRET", ACCESS_SECRET), ("JWT_REFRESH_SECRET", REFRESH_SECRET)];
        let folder = tempfile::tempdir().unwrap();
        let mut command = program(&folder);
        command
            .env("DATABASE_URL", database)
            .env("PORT", "0")
            .env("RUST_LOG", "trace")
            .env("LOG_FORMAT", "json")
            .envs(keys)
            .envs(variables.iter().copied());
        Self::launch(command, folder)
    }

    /// Starts what the command says, and waits until it listens.
    pub(crate) fn launch(mut command: Command, folder: TempDir) -> Self {
        let secrets = Secrets::default();
        for (name, value) in command.get_envs() {
            let name = name.to_string_lossy();
            if ["_SECRET", "_SECRET_PREVIOUS", "_TOKEN"].iter().any(|end| name.ends_with(end)) {
                value.unwrap().to_string_lossy().split(',').for_each(|secret| secrets.add(secret));
            }
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let readers = vec![
            read(child.stdout.take().unwrap(), sender.clone()),
            read(child.stderr.take().unwrap(), sender),
        ];
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut server = Self {
            child,
            readers,
            lines,
            log: Vec::new(),
            address: nowhere,
            metrics: None,
            secrets,
            _folder: folder,
        };
        let listening = server.wait_for("listening");
        server.address = listening["address"].as_str().unwrap().parse().unwrap();
        server.metrics = listening["metrics"].as_str().map(|address| address.parse().unwrap());
        server
    }

    /// Reads the log up to the first line with this message; panics where the server stops first.
    pub(crate) fn wait_for(&mut self, message: &str) -> Value {
        loop {
            let event: Value = serde_json::from_str(&self.next_line()).unwrap_or_default();
            if event["message"] == message {
                return event;
            }
        }
    }

    /// The next line of the log; panics where the server stops first.
    pub(crate) fn next_line(&mut self) -> String {
        let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
            panic!("the server says no more: {:#?}", self.log);
        };
        self.log.push(line.clone());
        line
    }

    /// A client of this server.
    pub(crate) fn client(&self) -> Client {
        Client { address: self.address, secrets: self.secrets.clone() }
    }

    /// A client of its port for metrics, where it has one.
    pub(crate) fn metrics(&self) -> Option<Client> {
        Some(Client { address: self.metrics?, secrets: self.secrets.clone() })
    }

    /// Its number in the system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends it a signal by name: `TERM`, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        // It cannot be the wrong process: ours keeps its number until we have waited for it.
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself; how, and how long that took.
    pub(crate) fn wait(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        // Its output ends when it does, so reading to the end is waiting without polling.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.log.push(line);
        }
        (self.child.wait().unwrap(), begun.elapsed())
    }

    /// Stops it as an orchestrator would, and gives its whole log.
    pub(crate) fn stop(mut self) -> Vec<String> {
        self.signal("TERM");
        let (status, _) = self.wait();
        assert_eq!(status.code(), Some(0), "{:#?}", self.log);
        self.log.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed rather than asked: there is nothing to lose, and dozens of tests wait.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        self.log.extend(self.lines.try_iter());
        if thread::panicking() {
            return;
        }
        if let Some((line, secret)) = self.secrets.found_in(&self.log) {
            panic!("{secret:?} was logged: {line}");
        }
    }
}

fn read(output: impl Read + Send + 'static, lines: Sender<String>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            // Whoever listened may be gone.
            let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
        }
    })
}

/// A database for one test.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(TempDir),
    Postgres(Database),
}

impl Store {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// `None` where there is no Postgres, which has then been said aloud.
    pub(crate) fn postgres() -> Option<Self> {
        Some(Self::Postgres(Postgres::shared()?.database()))
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}?mode=rwc", folder.path().join("auth.db").display()),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }
}
