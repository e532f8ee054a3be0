//! The contract of the account routes: one's own account and sessions, and everyone's in the hands
//! of an admin.
//!
//! They are tested like the five endpoints, over a door that answers them too.
//! [`account_contract_tests!`](crate::account_contract_tests) lists them all.

pub mod admin_races;
pub mod at_once;
pub mod authorization;
pub mod bodies;
pub mod changing;
pub mod cors;
pub mod creating;
pub mod cross_site;
pub mod deleting;
pub mod last_admin;
pub mod listing;
pub mod order;
pub mod own_account;
pub mod own_sessions;
pub mod password;
pub mod queries;
pub mod races;
pub mod roles;
pub mod session_limit;
pub mod session_shape;
pub mod their_sessions;

mod places;
mod team;
mod time;
mod wire;
