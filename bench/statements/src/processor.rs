//! Who kept the processor busy, and for how long, as `/proc` says.

use std::fs;
use std::ops::Sub;

/// How many ticks of `/proc` a second has on Linux.
const TICKS: f64 = 100.0;

/// Seconds of processor time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Busy {
    pub(crate) this: f64,
    /// Of the database with all its processes, where it is on this machine.
    pub(crate) database: Option<f64>,
    all: f64,
}

impl Busy {
    /// Since the machine or the process began.
    pub(crate) fn until_now(postmaster: Option<u32>) -> Self {
        let this = Process::read("self").map_or(0.0, |process| process.own);
        Self { this, database: postmaster.and_then(of_family), all: of_machine() }
    }

    /// What neither this program nor the database needed.
    pub(crate) fn foreign(&self) -> f64 {
        (self.all - self.this - self.database.unwrap_or(0.0)).max(0.0)
    }
}

impl Sub for Busy {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let database = self.database.zip(earlier.database).map(|(now, then)| now - then);
        Self { this: self.this - earlier.this, database, all: self.all - earlier.all }
    }
}

/// The process that a backend of Postgres is a child of, where they are on this machine.
pub(crate) fn postmaster(backend: i32) -> Option<u32> {
    let process = Process::read(&backend.to_string())?;
    process.name.starts_with("postgres").then_some(process.parent)
}

/// A process with its children, those included that have ended.
fn of_family(parent: u32) -> Option<f64> {
    let process = Process::read(&parent.to_string())?;
    let names = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let processes = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    let children = processes.filter_map(|name| Process::read(&name)).filter(|child| child.parent == parent);
    Some(process.own + process.ended_children + children.map(|child| child.own).sum::<f64>())
}

/// All processors, without what they were idle or waited for a disk or were somebody else's.
fn of_machine() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = ticks.filter_map(|field| field.parse().ok()).collect();
    [0, 1, 2, 5, 6].iter().filter_map(|nth| ticks.get(*nth)).sum::<f64>() / TICKS
}

struct Process {
    name: String,
    parent: u32,
    own: f64,
    ended_children: f64,
}

impl Process {
    fn read(pid: &str) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (head, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let seconds = |nth: usize| Some(fields.get(nth)?.parse::<f64>().ok()? / TICKS);
        Some(Self {
            name: head.split_once('(')?.1.into(),
            parent: fields.get(1)?.parse().ok()?,
            own: seconds(11)? + seconds(12)?,
            ended_children: seconds(13)? + seconds(14)?,
        })
    }
}
