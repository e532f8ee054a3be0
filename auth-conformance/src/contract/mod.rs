//! The HTTP contract of `/api/auth/*`, one function for each thing that a client may rely on.
//!
//! Every function takes a [`Door`], opens an app of its own through it, and panics where the
//! contract is broken. [`contract_tests!`](crate::contract_tests) lists them all.
//!
//! The routes for accounts and sessions, which an embedder may leave away, have a list of their
//! own: [`accounts`], and [`account_contract_tests!`](crate::account_contract_tests).
//!
//! The tests know no more of an implementation than a client does: there is no clock to turn and
//! no table to read. What needs time is tested with a grace of zero, where every refresh rotates
//! and a token that was replaced counts as old at once. Each answer, whatever it is asked for, is
//! also checked for the headers that every answer must have.

pub mod access_tokens;
pub mod accounts;
pub mod bearer;
pub mod bodies;
pub mod bootstrap;
pub mod bootstrap_token;
pub mod check;
pub mod cookies;
pub mod cors;
pub mod cross_site;
pub mod keys;
pub mod login;
pub mod logout;
pub mod me;
pub mod paths;
pub mod refresh;
pub mod throttle;

mod answer;
mod client;
mod door;
mod settings;
mod token;

pub use door::{App, Door, FreshDoor};
pub use settings::Settings;

use crate::race::runtime;

/// Checks one line of the contract; returns at once where there is no door here.
pub fn check_contract<F, P>(door: impl FnOnce() -> F, line: impl FnOnce(<F::Output as FreshDoor>::Door) -> P)
where
    F: Future<Output: FreshDoor>,
    P: Future<Output = ()>,
{
    runtime().block_on(async {
        if let Some(door) = door().await.available() {
            line(door).await;
        }
    });
}
