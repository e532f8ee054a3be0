//! Authentication as a library: people, passwords, sessions and tokens over a storage trait.
//!
//! No HTTP, no SQL, no async runtime: [`Auth`] is a handful of async functions over a store.
//! `auth-tower` puts them behind `/api/auth/*`, `auth-sea-orm` puts them on SQLite and Postgres.
//!
//! ```
//! use auth_core::{Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::builder(MemoryStore::new())
//!     .random_secrets() // in production: `access_secret` and `refresh_secret`
//!     .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
//!     .build()?;
//!
//! let email = Email::parse("admin@example.com")?;
//! let password = Password::parse("StrongPassword123!")?;
//! auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), Name::parse("Admin")?)).await?;
//!
//! let login = auth.login(Login::new(email, password)).await?;
//! let refreshed = auth.refresh(login.refresh.token.expose()).await?;
//! assert_eq!(auth.me(refreshed.access_token.expose()).await?.name.as_str(), "Admin");
//! # Ok(()) }
//! ```
//!
//! In reading order: [`Auth`] is the door; `flow` has one file for each of its verbs; `decide`
//! has the judgements, as pure functions; [`store`] says what a store promises; `token` and
//! `hashing` hold the cryptography; `throttle` limits guessing; `revocation` spares guards a question;
//! `event` tells what happened, and `observer` what is only counted. [`Error`] says what can go wrong.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "rust-crypto", feature = "aws-lc-rs")))]
compile_error!(
    "auth-core needs a backend: its feature `rust-crypto`, which is on by default, or `aws-lc-rs`; \
     a binary picks one, and what stands between passes both on"
);

mod actor;
mod audit;
mod auth;
mod client;
mod clock;
mod decide;
mod email;
mod entropy;
mod error;
mod event;
#[cfg(test)]
mod exploration;
mod flow;
mod hashing;
mod id;
mod list;
mod model;
mod name;
mod named;
mod observer;
mod parts;
mod password;
mod permission;
mod policy;
mod revocation;
mod role;
mod roles;
mod secret;
pub mod store;
mod throttle;
mod token;
mod verbs;

pub use actor::Actor;
pub use auth::{Accounts, Auth, AuthBuilder, BuildError};
pub use client::{Client, RequestId, UserAgent};
pub use clock::{Clock, SystemClock, Timestamp};
pub use email::{Email, EmailFlaw};
pub use entropy::{Entropy, EntropyError, OsEntropy};
pub use error::{Error, Fault, Flaw, KeySourceError, Refusal};
pub use event::{Cause, EmailDigest, Event, EventKind, EventPage, EventQuery, EventSink};
pub use hashing::{Argon2Cost, Hashing, HashingHealth, PasswordVerifier, Verification};
pub use id::{EventId, InvalidId, SessionId, UserId};
pub use list::{AccountPage, AccountQuery, AccountState, Cursor, InvalidCursor, InvalidSearch, Search};
pub use model::{Credentials, EndReason, LiveSession, NewUser, Session, SessionRecord, User};
pub use name::{Name, NameFlaw};
#[doc(hidden)]
pub use named::__all_differ;
pub use named::RoleSet;
pub use observer::{Observation, Observer, RefreshOutcome};
pub use password::{Password, PasswordFlaw};
pub use permission::{InvalidPermission, NamedPermission, Permission};
pub use policy::{Bootstrap, LateRetry, Policy, PolicyFlaw};
pub use revocation::{RevocationDelay, RevocationHealth, Revocations};
pub use role::{InvalidRole, Role};
pub use roles::Roles;
pub use secret::{AccessToken, BootstrapToken, DeviceToken, PasswordHash, RefreshToken, SecretHash};
pub use store::MemoryStore;
pub use throttle::{MemoryThrottle, RetryAfter, ThrottlePolicy};
pub use token::{
    AccessKeys, Jwks, JwksFlaw, KeyFlaw, KeySource, Learning, PublicKey, SigningAlgorithm, SigningKey,
    SigningKeyFlaw, SigningSecret, UnknownAlgorithm, Verifier,
};
pub use verbs::{
    AccountChange, Demand, Identity, Imported, ImportedAccount, IssuedDevice, IssuedRefresh, LoggedIn, Login,
    NewAccount, NewAdmin, OwnSessions, Passed, PasswordChange, Refreshed,
};
