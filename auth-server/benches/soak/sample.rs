//! What a process holds, by `/proc`.

use std::fs;
use std::time::Instant;

/// A look at the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) at: Instant,
    pub(crate) memory_mib: f64,
    pub(crate) descriptors: usize,
    pub(crate) threads: usize,
}

impl Sample {
    pub(crate) fn of(process: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the server runs");
        let field = |name: &str| -> u32 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a known field");
            line.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number")
        };
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).expect("the server runs").count();
        Self {
            at: Instant::now(),
            memory_mib: f64::from(field("VmRSS:")) / 1024.0,
            descriptors,
            threads: field("Threads:") as usize,
        }
    }
}

/// The slope of memory over time by least squares, in MiB an hour.
pub(crate) fn slope(samples: &[Sample]) -> f64 {
    let Some(first) = samples.first() else { return 0.0 };
    let points: Vec<_> = samples
        .iter()
        .map(|sample| ((sample.at - first.at).as_secs_f64() / 3_600.0, sample.memory_mib))
        .collect();
    let count = f64::from(u32::try_from(points.len()).expect("a soak ends"));
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_time, mean_memory) = (mean(|point| point.0), mean(|point| point.1));
    let along: f64 = points.iter().map(|(time, memory)| (time - mean_time) * (memory - mean_memory)).sum();
    let spread: f64 = points.iter().map(|(time, _)| (time - mean_time).powi(2)).sum();
    if spread == 0.0 { 0.0 } else { along / spread }
}
