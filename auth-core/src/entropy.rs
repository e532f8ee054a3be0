//! Randomness, as the core sees it: bytes from an [`Entropy`] source.

use std::fmt;

/// Where secrets, salts and ids come from.
///
/// [`OsEntropy`] in production; a test may bring a source that repeats or fails.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of randomness",
    note = "`auth_core::OsEntropy` is one, and is taken without being named; for tests there is `auth_testing::CountingEntropy`"
)]
pub trait Entropy: Send + Sync + fmt::Debug + 'static {
    /// Fills `bytes` with unpredictable bytes.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] where the source cannot deliver; the caller then fails the whole verb
    /// rather than go on with weak bytes.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness did not answer")]
pub struct EntropyError;

/// The operating system's random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}

impl dyn Entropy {
    /// An array of unpredictable bytes.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], EntropyError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}
