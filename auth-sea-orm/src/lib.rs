//! Keeps the people and sessions of `auth-core` in SQLite or Postgres, through SeaORM.
//!
//! ```
//! use auth_core::store::UserStore;
//! use auth_sea_orm::SeaOrmStore;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let db = auth_sea_orm::connect("sqlite::memory:").await?;
//! auth_migrations::run(&db).await?;
//!
//! let store = SeaOrmStore::new(db);
//! assert!(!store.any_user().await?);
//! # Ok(()) }
//! ```
//!
//! Each verb of the storage traits is one statement, or one transaction where it cannot be one;
//! its documentation shows the SQL. `users` has the verbs for people who log in and `accounts` those
//! for managing them; `sessions` has those for one session and `session_list` those for all of a
//! user; `throttle` counts wrong passwords. What many may ask for at the same time goes together:
//! `recognise`, `reserve`, `settle`, `open`, `find` and `rotate` have each its statement, for one and for
//! many. `events` keeps what happened, and `signing_keys` keeps keys that are sealed by somebody else;
//! `standby` keeps questions from servers that may be behind; `pool` says how busy the connections are;
//! `convert` makes values of rows and trusts none of them; `error` makes a
//! [`StoreError`](auth_core::store::StoreError) of whatever the database says, without quoting it.
//!
//! # Secrets and logs
//!
//! No value that is bound to a statement is ever logged, by this crate or by those below it, at
//! any level; a test greps for them. What would log them is SeaORM's feature `debug-print`, and a
//! metric callback of your own: leave the former alone, and keep `Statement::values` out of the
//! latter.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod accounts;
mod at_hand;
mod connect;
mod connections;
mod convert;
mod doubt;
pub mod entity;
mod error;
mod events;
mod find;
mod open;
mod pool;
mod recognise;
mod reserve;
mod revocations;
mod rotate;
mod session_list;
mod sessions;
mod settle;
mod signing_keys;
mod span;
mod sql;
mod standby;
mod store;
mod throttle;
mod together;
mod users;

pub use connect::{ConnectError, Options, Pooling, connect, connect_with};
pub use pool::PoolHealth;
pub use signing_keys::{Addition, SealedKey};
pub use store::SeaOrmStore;
