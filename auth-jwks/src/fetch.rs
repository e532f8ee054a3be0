//! The seam to the network: one question, one answer.

use std::pin::Pin;
use std::time::Duration;

use auth_core::{Jwks, JwksFlaw};

/// Asks an issuer for its keys.
///
/// [`RemoteKeys::start`](crate::RemoteKeys::start) asks by HTTP itself; this is for a client of one's own,
/// through a proxy say, and for tests. It is asked by one task at a time, and given up after five
/// seconds.
pub trait Fetch: Send + 'static {
    /// Asks once.
    fn fetch(&mut self) -> Fetching<'_>;
}

/// A [`Fetch`] at work.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Fetched, FetchError>> + Send + 'a>>;

/// What an issuer has answered.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its keys.
    pub keys: Jwks,
    /// For how long it said that they may be kept.
    pub max_age: Option<Duration>,
}

/// Why the keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There was no answer in time.
    #[error("the issuer did not answer in time")]
    TooSlow,
    /// The issuer could not be reached, or its answer broke off.
    #[error("the issuer could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered with another status than 200; redirects are not followed.
    #[error("the issuer answered with {0}")]
    Status(http::StatusCode),
    /// It answered with something else than a set of keys.
    #[error("the issuer's answer is not a set of keys")]
    Answer(#[from] JwksFlaw),
}
