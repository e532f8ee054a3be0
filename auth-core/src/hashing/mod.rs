//! How passwords are hashed, and on which threads.

mod hash;
mod pool;

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::error::Fault;
use crate::password::Password;
use crate::secret::PasswordHash;

pub use hash::Argon2Cost;
pub(crate) use hash::Verdict;
use pool::Pool;

/// How passwords are hashed, and on how many threads.
///
/// Hashing is the only expensive thing here, so it has threads of its own, with less priority
/// than the rest: a storm of logins then does not slow the other requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing {
    /// What one hash costs.
    pub cost: Argon2Cost,
    /// How many hash at the same time; as many as there are cores. Each takes the memory of one
    /// hash while it works.
    pub threads: NonZeroUsize,
    /// How many may wait for a thread before [`Fault::Busy`] is the answer; 64 for each thread,
    /// about a second and a half of work.
    pub queue: usize,
}

impl Default for Hashing {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { cost: Argon2Cost::default(), threads, queue: 64 * threads.get() }
    }
}

/// Why no password can be hashed like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashingFlaw {
    Cost,
    Threads,
    Entropy,
}

/// Hashes and verifies, on the threads of its own.
#[derive(Debug)]
pub(crate) struct Passwords {
    cost: Argon2Cost,
    /// Memory is kept from job to job during a storm, and given back after it.
    pool: Pool,
    entropy: Arc<dyn Entropy>,
    /// Verified where there is no hash to verify, so that both cost the same.
    dummy: PasswordHash,
}

impl Passwords {
    pub(crate) fn new(hashing: &Hashing, entropy: Arc<dyn Entropy>) -> Result<Self, HashingFlaw> {
        let cost = hashing.cost;
        if !cost.is_allowed() {
            return Err(HashingFlaw::Cost);
        }
        let salt = entropy.array().map_err(|_| HashingFlaw::Entropy)?;
        let output = entropy.array().map_err(|_| HashingFlaw::Entropy)?;
        let dummy = hash::phc(cost, &salt, &output).ok_or(HashingFlaw::Cost)?;
        let pool = Pool::new(hashing.threads, hashing.queue, hash::release_memory)
            .map_err(|_| HashingFlaw::Threads)?;
        Ok(Self { cost, pool, entropy, dummy })
    }

    /// Hashes a password with a new salt.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Fault> {
        let cost = self.cost;
        let salt = self.entropy.array()?;
        self.pool
            .run(move || hash::hash(cost, &salt, password.as_bytes()))
            .await?
            .ok_or(Fault::Internal("hashing a password failed"))
    }

    /// Whether a login could verify this hash; nothing is computed.
    pub(crate) fn recognises(&self, stored: &PasswordHash) -> bool {
        hash::recognises(stored)
    }

    /// Verifies a password against the stored hash. Without one, or with one that cannot be used,
    /// a dummy is verified instead: the time it takes tells nothing.
    pub(crate) async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, Fault> {
        let cost = self.cost;
        let dummy = self.dummy.clone();
        self.pool
            .run(move || {
                let verdict = match stored {
                    Some(stored) => hash::verify(cost, &stored, password.as_bytes()),
                    None => Verdict::Unusable,
                };
                if verdict == Verdict::Unusable {
                    hash::verify(cost, &dummy, password.as_bytes());
                }
                verdict
            })
            .await
    }
}
