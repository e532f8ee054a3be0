//! What can happen to a server, done on purpose.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;

/// A server of which no process does anything until the value is dropped.
#[derive(Debug)]
#[must_use = "it thaws when it is dropped"]
pub struct Frozen {
    processes: Vec<u32>,
}

/// The name of the file that fills a disk.
const BALLAST: &str = "ballast";

impl Cluster {
    /// Kills the main process with SIGKILL, and returns when none of the server is left.
    ///
    /// [`start`](Self::start) then finds what a crash of the machine would leave, but for the
    /// disk's cache.
    pub fn kill(&self) {
        let processes = self.processes();
        signal("KILL", &processes[..1]);
        // The others notice that they are alone, and until then nobody can start anew.
        wait_until_gone(&processes);
        // Whoever was to wait for them may leave them zombies, whose numbers look taken.
        for lock in [self.data().join("postmaster.pid"), self.folder().join(".s.PGSQL.5432.lock")] {
            fs::remove_file(lock).expect("a server that was killed leaves its locks");
        }
    }

    /// Kills one process that serves `role` with SIGKILL, whereupon the server cuts all
    /// connections and recovers by itself. Says whether there was one.
    pub fn kill_backend(&self, role: &str) -> bool {
        let title = format!("postgres: {role} ");
        let serves = |process: &&u32| {
            fs::read_to_string(format!("/proc/{process}/cmdline")).is_ok_and(|line| line.starts_with(&title))
        };
        let processes = self.processes();
        let Some(process) = processes.iter().find(serves) else { return false };
        signal("KILL", &[*process]);
        true
    }

    /// Stops every process of the server in its tracks (SIGSTOP), connections and all.
    pub fn freeze(&self) -> Frozen {
        let main = self.processes()[0];
        signal("STOP", &[main]);
        // From here on it starts no others.
        let processes = self.processes();
        signal("STOP", &processes);
        Frozen { processes }
    }

    /// Writes to the disk of the cluster until it is full.
    ///
    /// # Panics
    ///
    /// Where it has no disk of its own: there would be no end to it, or a bad one.
    pub fn fill_disk(&self) {
        assert!(!self.data().starts_with(self.folder()), "it has a disk of its own");
        let mut ballast = fs::File::create(self.disk().join(BALLAST)).expect("a file can be made");
        for size in [1 << 20, 1 << 12] {
            let block = vec![0; size];
            loop {
                match ballast.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("the disk cannot be filled: {error}"),
                }
            }
        }
    }

    /// Makes room again on a disk that was filled.
    pub fn empty_disk(&self) {
        fs::remove_file(self.disk().join(BALLAST)).expect("it was filled");
    }

    /// Sees that the server runs, as its service manager would: one that has given up is started.
    /// Returns when it answers.
    ///
    /// # Panics
    ///
    /// Where it does not come back.
    pub fn revive(&self) {
        let begun = Instant::now();
        while !self.answers() {
            assert!(begun.elapsed() < Duration::from_mins(1), "the server does not come back");
            if !self.runs() {
                self.start();
            }
            sleep(Duration::from_millis(20));
        }
    }

    fn disk(&self) -> &Path {
        self.data().parent().expect("the data is in a folder of the disk")
    }

    /// The main process, then its children.
    fn processes(&self) -> Vec<u32> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).expect("the server runs");
        let main: u32 = file.lines().next().and_then(|line| line.parse().ok()).expect("a process's number");
        let all = fs::read_dir("/proc").expect("processes can be listed").flatten();
        let children = all
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|process| parent(*process) == Some(main));
        [main].into_iter().chain(children).collect()
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.processes);
    }
}

/// The parent of a process, by the fourth field of its state; the second is a name in brackets.
fn parent(process: u32) -> Option<u32> {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    state.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

fn signal(name: &str, processes: &[u32]) {
    // Some may have gone meanwhile, which is no reason to leave the others alone.
    let _ = Command::new("sh")
        .args(["-c", r#"for process; do kill "-$0" "$process"; done 2>/dev/null"#, name])
        .args(processes.iter().map(u32::to_string))
        .status();
}

fn wait_until_gone(processes: &[u32]) {
    let begun = Instant::now();
    // One that nobody has waited for yet is a zombie: it has a state, and holds nothing.
    let is_there = |process: &u32| {
        let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        state.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim().starts_with('Z'))
    };
    while processes.iter().any(is_there) {
        assert!(begun.elapsed() < Duration::from_secs(30), "the server does not die");
        sleep(Duration::from_millis(10));
    }
}
