//! Password hashes that cost next to nothing.

use std::num::NonZeroUsize;

use auth_core::{Argon2Cost, Hashing};

use crate::only_in_tests;

/// How to hash in tests: Argon2id at its least, some microseconds instead of some twenty
/// milliseconds, on one thread.
///
/// [`TestKit`](crate::TestKit) uses it; this is for an application that builds its
/// [`Auth`](auth_core::Auth) itself and lets its tests say how to hash.
///
/// ```
/// use auth_core::{Auth, MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new())
///     .random_secrets()
///     .hashing(auth_testing::cheap_hashing())
///     .build()?;
/// # let _ = auth;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
///
/// # Panics
///
/// In a build without debug assertions; see the crate's documentation.
#[track_caller]
pub fn cheap_hashing() -> Hashing {
    only_in_tests::insist("cheap_hashing");
    Hashing {
        cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
        threads: NonZeroUsize::MIN,
        ..Hashing::default()
    }
}
