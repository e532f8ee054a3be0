//! What is asked for again and again leaves the allocator alone. One test, because all of a program is counted.

mod support;

use std::alloc::System;
use std::num::NonZeroUsize;

use auth_core::{Auth, Hashing, MemoryStore};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};
use support::{EMAIL, PASSWORD, SetClock, builder, login, new_admin, open_policy};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often a token is verified: so often that what the test's runner does meanwhile is no whole one of each.
const TIMES: usize = 1_000;
const KIBIBYTE: usize = 1024;

#[tokio::test]
async fn a_verified_token_is_one_allocation_and_a_login_takes_no_memory_for_its_hash() {
    let one_thread = Hashing { threads: NonZeroUsize::MIN, ..Hashing::default() };
    let store = MemoryStore::new();
    let auth =
        builder(&store, &SetClock::new(), open_policy()).hashing(one_thread).build().expect("it is complete");
    let (first, ()) =
        counted(async || drop(auth.bootstrap(new_admin()).await.expect("the store is empty"))).await;
    let memory = first.bytes_allocated;
    // The other kernel maps its memory past the allocator.
    if cfg!(not(feature = "simd-argon2")) {
        assert!(memory >= 19 * 1024 * KIBIBYTE, "the first hash took no memory: {memory} bytes");
    }

    let (again, token) = counted(async || token(&auth).await).await;
    assert!(again.bytes_allocated < 64 * KIBIBYTE, "a login took {} bytes", again.bytes_allocated);

    let (verified, ()) = counted(async || {
        for _ in 0..TIMES {
            auth.authenticate(&token).expect("it is good");
        }
    })
    .await;
    assert_eq!(verified.allocations / TIMES, 1, "beyond the JSON of the claims");
    assert_eq!(verified.reallocations / TIMES, 0);
}

async fn token(auth: &Auth<MemoryStore>) -> String {
    let session = auth.login(login(EMAIL, PASSWORD)).await.expect("it is right");
    session.access_token.expose().to_owned()
}

/// What all of this program took from the allocator meanwhile.
async fn counted<T>(work: impl AsyncFnOnce() -> T) -> (Stats, T) {
    let region = Region::new(COUNTED);
    let made = work().await;
    (region.change(), made)
}
