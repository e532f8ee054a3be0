//! Argon2id in a bare loop on some threads, with the default cost and the kernel of `auth-core`; what all
//! of them did in a second is printed.
#![expect(clippy::print_stdout, reason = "what was measured is its output")]

use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use auth_core::Argon2Cost;
use clap::Parser;

/// Hashes in a bare loop, and prints one line of JSON.
#[derive(Parser)]
struct Arguments {
    /// How many threads.
    #[arg(long)]
    threads: usize,
    /// How long.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

fn main() {
    let Arguments { threads, seconds } = Arguments::parse();
    let duration = Duration::from_secs_f64(seconds);
    let per_second: f64 = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| hash_for(duration))).collect();
        running.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    });
    println!("{}", serde_json::json!({ "per_second": per_second }));
}

/// How many a second one thread does, the first not counted: it gets the memory.
fn hash_for(duration: Duration) -> f64 {
    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(32)).expect("the cost is allowed");
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    let mut hash = || {
        argon2
            .hash_password_into_with_memory(b"StrongPassword123!", &[7; 16], &mut output, &mut blocks)
            .expect("it can be computed");
    };
    hash();
    let begun = Instant::now();
    let mut hashes = 0_u32;
    while begun.elapsed() < duration {
        hash();
        hashes += 1;
    }
    f64::from(hashes) / begun.elapsed().as_secs_f64()
}
