//! What computes Argon2: `RustCrypto`'s portable kernel, or with the feature `simd-argon2` one that picks
//! the widest instructions of the processor it runs on.
//!
//! Either keeps the memory of a thread's hashes for good: getting it anew costs a tenth of a hash, and
//! giving it back leaves holes that an allocator does not fill.

#[cfg(all(test, feature = "simd-argon2"))]
mod equality;
#[cfg(any(test, not(feature = "simd-argon2")))]
mod portable;
#[cfg(feature = "simd-argon2")]
mod simd;
#[cfg(test)]
mod vectors;

use argon2::{Algorithm, Version};

use super::argon2::Argon2Cost;

#[cfg(not(feature = "simd-argon2"))]
pub(super) use self::portable::compute;
#[cfg(feature = "simd-argon2")]
pub(super) use self::simd::compute;

/// How much a thread keeps at most: 64 MiB. What needs more is somebody else's hash, and not a measure
/// for all time.
const KEPT_KIB: u32 = 64 * 1024;

/// What is computed, but for the password and its salt; the length of the output counts as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) cost: Argon2Cost,
}

impl Recipe {
    fn is_kept(self) -> bool {
        self.cost.memory_kib <= KEPT_KIB
    }
}
