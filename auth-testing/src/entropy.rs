//! Entropy that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use auth_core::{Entropy, EntropyError};

use crate::only_in_tests;

/// Entropy that repeats from run to run and never within one: a counter, scrambled.
///
/// Whatever is drawn from it in the same order is the same in each run, tokens, ids and salts. Requests
/// that run side by side draw in an order of their own. Clones count on together.
///
/// ```
/// use auth_core::Entropy;
/// use auth_testing::CountingEntropy;
///
/// let draw = |entropy: &CountingEntropy| {
///     let mut bytes = [0; 16];
///     entropy.fill(&mut bytes).map(|()| bytes)
/// };
/// let (one, other) = (CountingEntropy::new(), CountingEntropy::new());
/// let first = draw(&one)?;
/// assert_eq!(first, draw(&other)?);
/// assert_ne!(first, draw(&one)?);
/// # Ok::<(), auth_core::EntropyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CountingEntropy(Arc<AtomicU64>);

impl CountingEntropy {
    /// Entropy that begins to count.
    ///
    /// # Panics
    ///
    /// In a build without debug assertions; see the crate's documentation.
    #[track_caller]
    pub fn new() -> Self {
        only_in_tests::insist("CountingEntropy");
        Self(Arc::default())
    }
}

impl Default for CountingEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let word = scrambled(self.0.fetch_add(1, Ordering::SeqCst)).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// The output function of `SplitMix64`: another word for each number, and no pattern that a check for
/// weak secrets could stumble over.
const fn scrambled(count: u64) -> u64 {
    let mut word = count.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nothing_is_drawn_twice() {
        let entropy = CountingEntropy::new();
        let mut drawn = HashSet::new();
        for _ in 0..10_000 {
            let mut bytes = [0; 10];
            entropy.fill(&mut bytes).expect("it counts");
            assert!(drawn.insert(bytes));
        }
    }
}
