//! The public keys of an issuer, fetched from its JWKS URL and kept up to date.
//!
//! For services that verify access tokens and issue none: no database and no secret, nothing but a URL.
//! [`RemoteKeys`] fetches the keys, and is what a [`Verifier`](auth_core::Verifier) is made of; the guards of
//! `auth-tower` take that verifier as they take an [`Auth`](auth_core::Auth).
//!
//! ```no_run
//! use auth_core::Verifier;
//! use auth_jwks::{JwksUrl, RemoteKeys};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let url = JwksUrl::parse("https://auth.example.com/.well-known/jwks.json")?;
//! let verifier = Verifier::new(RemoteKeys::start(url)?)
//!     .with_issuer("auth-server")
//!     .with_audience("api");
//! let identity = verifier.verify_learning("the bearer token").await?;
//! # let _ = identity;
//! # Ok(()) }
//! ```
//!
//! # What it does
//!
//! * The keys are fetched once at the start, and again in the background before the issuer's
//!   `Cache-Control: max-age` is over (never sooner than after a minute, at the latest after a day).
//! * A token that names an unknown key is a reason to fetch: once for all who wait, and not again for ten
//!   seconds, whatever tokens come. So a new key is learnt at once, and tokens with invented ids cost
//!   the issuer next to nothing.
//! * While the issuer cannot be reached, the keys that are known go on verifying. A token of a key that
//!   is not known then is a fault, which becomes a 503, and not a 401: nobody is logged out by an outage.
//! * An answer may take five seconds and have 64 KiB, and must be a 200 of the URL itself: redirects
//!   are not followed.

mod fetch;
mod freshness;
mod remote;
mod url;
mod web;

pub use fetch::{Fetch, FetchError, Fetched, Fetching};
pub use remote::{RemoteKeys, StartError};
pub use url::{InvalidJwksUrl, JwksUrl};
