//! The promises of the storage traits, one function each.
//!
//! Every function takes a fresh [`Harness`](crate::Harness) and panics where its promise is
//! broken. [`store_tests!`](crate::store_tests) lists those of
//! [`UserStore`](auth_core::store::UserStore) and [`SessionStore`](auth_core::store::SessionStore),
//! and [`managed_store_tests!`](crate::managed_store_tests) those of
//! [`AccountStore`](auth_core::store::AccountStore) and
//! [`SessionListStore`](auth_core::store::SessionListStore), beside and against the others.
//!
//! Those of [`ThrottleStore`](auth_core::store::ThrottleStore) and
//! [`EventStore`](auth_core::store::EventStore) take whatever is [`Counting`](crate::Counting) and
//! [`Recording`](crate::Recording); [`throttle_store_tests!`](crate::throttle_store_tests) and
//! [`event_store_tests!`](crate::event_store_tests) list them. Those of
//! [`RevocationStore`](auth_core::store::RevocationStore) are about what the other verbs revoke, and listed by
//! [`revocation_store_tests!`](crate::revocation_store_tests).

pub mod account_list;
pub mod accounts;
pub mod bootstrap;
pub mod changes;
pub mod deletion;
pub mod end;
pub mod ended;
pub mod event_filters;
pub mod event_list;
pub mod event_sessions;
pub mod event_sweep;
pub mod faults;
pub mod fidelity;
pub mod forgetting;
pub mod last_admin;
pub mod live_sessions;
pub mod managed_faults;
pub mod managed_races;
pub mod managed_session_races;
pub mod open;
pub mod passwords;
pub mod races;
pub mod replacements;
pub mod reservations;
pub mod revocations;
pub mod rotate;
pub mod search;
pub mod session_limit;
pub mod settlements;
pub mod sweep;
pub mod throttle_races;
