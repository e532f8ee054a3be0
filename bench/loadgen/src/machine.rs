//! Who used the processors meanwhile: the generator, what is watched, strangers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Instant;

use procfs::process::{Stat, all_processes};
use procfs::{CurrentSI, KernelStats};
use serde_json::{Map, Value, json};

/// A process that is watched, with its children.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    name: String,
    process: i32,
}

impl FromStr for Watched {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('=').and_then(|(name, process)| Some((name, process.parse().ok()?)));
        let (name, process) = parsed.ok_or("a name and a process, as server=4711")?;
        Ok(Self { name: name.to_owned(), process })
    }
}

/// The processor time so far, in ticks.
pub(crate) struct Reading {
    at: Instant,
    busy: u64,
    own: u64,
    watched: Vec<u64>,
}

impl Reading {
    pub(crate) fn take(watched: &[Watched]) -> Self {
        let processes: BTreeMap<i32, Stat> = all_processes()
            .into_iter()
            .flatten()
            .filter_map(|process| process.ok()?.stat().ok())
            .map(|stat| (stat.pid, stat))
            .collect();
        let total = KernelStats::current().expect("the kernel tells of its processors").total;
        let interrupts = total.irq.unwrap_or_default() + total.softirq.unwrap_or_default();
        Self {
            at: Instant::now(),
            busy: total.user + total.nice + total.system + interrupts,
            own: i32::try_from(std::process::id()).map_or(0, |own| ticks(&processes, own)),
            watched: watched.iter().map(|watched| ticks(&processes, watched.process)).collect(),
        }
    }
}

/// How many cores each had on average from one reading to the next, and what a request cost the
/// watched, in microseconds.
pub(crate) fn usage(watched: &[Watched], before: &Reading, after: &Reading, requests: u64) -> Value {
    let seconds = (after.at - before.at).as_secs_f64();
    let cores = |from: u64, to: u64| {
        #[expect(clippy::cast_precision_loss, reason = "ticks of some seconds")]
        let ticks = to.saturating_sub(from) as f64;
        #[expect(clippy::cast_precision_loss, reason = "a hundred")]
        let per_second = procfs::ticks_per_second() as f64;
        ticks / per_second / seconds
    };
    let own = cores(before.own, after.own);
    let mut known = own;
    let mut usage = Map::new();
    for (nth, process) in watched.iter().enumerate() {
        let used = cores(before.watched[nth], after.watched[nth]);
        known += used;
        #[expect(clippy::cast_precision_loss, reason = "millions at most")]
        let each = used * seconds * 1e6 / requests.max(1) as f64;
        usage.insert(process.name.clone(), json!({ "cores": round(used), "microseconds": round(each) }));
    }
    let foreign = (cores(before.busy, after.busy) - known).max(0.0);
    usage.insert("client".to_owned(), json!({ "cores": round(own) }));
    usage.insert("foreign".to_owned(), json!({ "cores": round(foreign) }));
    Value::Object(usage)
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Of a process and all below it, those that have ended included.
fn ticks(processes: &BTreeMap<i32, Stat>, root: i32) -> u64 {
    let Some(process) = processes.get(&root) else { return 0 };
    let ended = u64::try_from(process.cutime + process.cstime).unwrap_or_default();
    let children = processes.values().filter(|child| child.ppid == root);
    process.utime + process.stime + ended + children.map(|child| ticks(processes, child.pid)).sum::<u64>()
}
