//! Argon2id in a bare loop on some threads, with the default cost; how many hashes all of them did in a
//! second is printed.
#![expect(clippy::print_stdout, reason = "what was measured is its output")]

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use limits::kernels::Kernel;

/// Hashes in a bare loop, and prints one line of JSON.
#[derive(Parser)]
struct Arguments {
    /// Who computes.
    #[arg(long)]
    kernel: Kernel,
    /// How many threads.
    #[arg(long)]
    threads: usize,
    /// How long.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let Arguments { kernel, threads, seconds } = Arguments::parse();
    if kernel.load()?() != Kernel::Ours.load()?() {
        return Err("it computes something else".into());
    }
    let duration = Duration::from_secs_f64(seconds);
    let rates = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| hash_for(kernel, duration))).collect();
        let rates = running.into_iter().map(|thread| thread.join().expect("it does not panic"));
        rates.collect::<Result<Vec<_>, _>>()
    })?;
    println!("{}", serde_json::json!({ "per_second": rates.iter().sum::<f64>() }));
    Ok(())
}

/// How many a second one thread does, the first not counted: it gets the memory.
fn hash_for(kernel: Kernel, duration: Duration) -> Result<f64, Box<dyn Error + Send + Sync>> {
    let mut hash = kernel.load()?;
    let wanted = hash();
    let begun = Instant::now();
    let mut hashes = 0_u32;
    while begun.elapsed() < duration {
        if hash() != wanted {
            return Err("it does not compute the same twice".into());
        }
        hashes += 1;
    }
    Ok(f64::from(hashes) / begun.elapsed().as_secs_f64())
}
