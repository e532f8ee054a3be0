//! How passwords are hashed and verified, and on which threads.
//!
//! New hashes are Argon2id. Hashes that came from elsewhere are verified as well ([`kind`] has the
//! list), and so is whatever an embedder's [`PasswordVerifier`] takes; after a login they are
//! replaced by an Argon2id hash.
//!
//! **Costs are judged before any work**: a stored hash that is malformed, longer than 1 KiB or
//! more expensive than its kind's ceiling is not obeyed.
//!
//! **Timing.** An unknown account costs what one with a hash of today's parameters costs. One whose
//! hash came from elsewhere, and who has not logged in since, costs what that hash costs: it can
//! be told from the others by time until its first login.

mod argon2;
mod bcrypt;
mod fields;
#[cfg(test)]
mod hostile;
mod judge;
mod kernel;
mod kind;
#[cfg(test)]
mod known_answers;
mod pbkdf2;
mod pool;
mod scrypt;
mod verifier;

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::error::Fault;
use crate::password::Password;
use crate::secret::PasswordHash;

pub use self::argon2::Argon2Cost;
use self::judge::Judge;
pub(crate) use self::kind::Verdict;
pub use self::pool::HashingHealth;
use self::pool::Pool;
pub(crate) use self::pool::Stopwatch;
pub use self::verifier::{PasswordVerifier, Verification};

/// How passwords are hashed, and on how many threads.
///
/// Hashing is the only expensive thing here, so it has threads of its own, with less priority
/// than the rest: a storm of logins then does not slow the other requests.
///
/// New hashes are Argon2id. Stored hashes that came from elsewhere are verified as well, and
/// replaced by Argon2id after a login:
///
/// | kind | ceiling |
/// |---|---|
/// | Argon2id and Argon2i (PHC; Django's `argon2$…`) | as in [`Argon2Cost`] |
/// | bcrypt (`$2a$`, `$2b$`, `$2y$`; Django's `bcrypt$…` and `bcrypt_sha256$…`) | cost 4 to 14 |
/// | scrypt (PHC; Django's `scrypt$…`) | `128 N r` of 256 MiB, and `N r p` of 2²² |
/// | PBKDF2 (PHC; passlib's; Django's `pbkdf2_sha256$…` and `pbkdf2_sha1$…`) | 5,000,000 iterations |
///
/// A hash beyond its ceiling is refused before any work. bcrypt reads only the first 72 bytes of
/// a password, so until that first login only those count. Other kinds can be added with
/// [`AuthBuilder::verifier`](crate::AuthBuilder::verifier).
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
    /// Each of its threads keeps the memory of a hash from job to job.
    pool: Pool,
    entropy: Arc<dyn Entropy>,
    judge: Arc<Judge>,
}

impl Passwords {
    pub(crate) fn new(
        hashing: &Hashing,
        verifiers: Vec<Box<dyn PasswordVerifier>>,
        entropy: Arc<dyn Entropy>,
        stopwatch: Option<Stopwatch>,
    ) -> Result<Self, HashingFlaw> {
        let cost = hashing.cost;
        if !cost.is_allowed() {
            return Err(HashingFlaw::Cost);
        }
        let salt = entropy.array().map_err(|_| HashingFlaw::Entropy)?;
        let output = entropy.array().map_err(|_| HashingFlaw::Entropy)?;
        let dummy = argon2::phc(cost, &salt, &output).ok_or(HashingFlaw::Cost)?;
        let pool = Pool::new(hashing.threads, hashing.queue, stopwatch).map_err(|_| HashingFlaw::Threads)?;
        Ok(Self { cost, pool, entropy, judge: Arc::new(Judge::new(cost, dummy, verifiers)) })
    }

    /// How busy the threads are.
    pub(crate) fn health(&self) -> HashingHealth {
        self.pool.health()
    }

    /// Hashes a password with a new salt.
    pub(crate) async fn hash(&self, password: Password) -> Result<PasswordHash, Fault> {
        let cost = self.cost;
        let salt = self.entropy.array()?;
        self.pool
            .run(move || argon2::hash(cost, &salt, password.as_bytes()))
            .await?
            .ok_or(Fault::Internal("hashing a password failed"))
    }

    /// Verifies a password against the stored hash. Without one, or with one that cannot be used,
    /// a dummy is verified instead: the time it takes tells nothing.
    pub(crate) async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, Fault> {
        let judge = Arc::clone(&self.judge);
        self.pool.run(move || judge.judge(stored.as_ref(), &password)).await
    }

    /// Whether `stored` is of a kind that can be verified, and costs no more than is allowed.
    /// Nothing is computed.
    pub(crate) fn recognises(&self, stored: &PasswordHash) -> bool {
        self.judge.recognises(stored)
    }
}
