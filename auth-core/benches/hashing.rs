//! What a hash of the default cost takes in a bare loop: `RustCrypto`'s kernel, which is the default, and with
//! the feature `simd-argon2` that of `argon2-rust` beside it; on one thread and on two.
//!
//! `cargo bench -p auth-core --bench hashing --features simd-argon2`

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::thread;
use std::time::{Duration, Instant};

use auth_core::Argon2Cost;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PASSWORD: &[u8] = b"StrongPassword123!";
const SALT: &[u8] = &[7; 16];

/// A thread's own: it keeps its memory from hash to hash, as the library's threads do.
type Kernel = Box<dyn FnMut() -> [u8; 32]>;

fn portable() -> Kernel {
    use argon2::{Algorithm, Argon2, Block, Params, Version};

    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(32)).expect("it is allowed");
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Box::new(move || {
        let mut output = [0; 32];
        let computed = argon2.hash_password_into_with_memory(PASSWORD, SALT, &mut output, &mut blocks);
        computed.expect("it can be computed");
        output
    })
}

#[cfg(feature = "simd-argon2")]
fn simd() -> Kernel {
    use argon2_rust::params::Memory;
    use argon2_rust::{Algorithm, Argon2, Params, Version};

    let Argon2Cost { memory_kib, passes, lanes } = Argon2Cost::default();
    let params = Params::builder().memory(Memory::kib(memory_kib.into())).passes(passes).lanes(lanes).build();
    let params = params.expect("it is allowed");
    let mut hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher();
    Box::new(move || {
        let mut output = [0; 32];
        hasher.hash_into(PASSWORD, SALT, &mut output).expect("it can be computed");
        output
    })
}

/// How long it takes until each of the threads has computed so many, the first not counted: it gets the
/// memory.
fn race(kernel: fn() -> Kernel, threads: u64, hashes: u64) -> Duration {
    let one = || {
        let mut hash = kernel();
        let wanted = hash();
        let begun = Instant::now();
        for _ in 0..hashes {
            assert_eq!(hash(), wanted);
        }
        begun.elapsed()
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let longest = running.into_iter().map(|thread| thread.join().expect("it does not panic")).max();
        longest.unwrap_or_default()
    })
}

fn measure(c: &mut Criterion, name: &str, kernel: fn() -> Kernel) {
    for threads in [1, 2] {
        let mut group = c.benchmark_group(name);
        group.sample_size(20).throughput(Throughput::Elements(threads));
        group.bench_function(format!("threads: {threads}"), |b| {
            b.iter_custom(|hashes| race(kernel, threads, hashes));
        });
    }
}

fn hashing(c: &mut Criterion) {
    measure(c, "portable", portable);
    #[cfg(feature = "simd-argon2")]
    measure(c, "simd", simd);
}

criterion_group!(benches, hashing);
criterion_main!(benches);
