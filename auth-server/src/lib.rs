//! The reference server: `auth-tower`'s routes over `auth-sea-orm`'s store, configured from the
//! environment.
//!
//! It is a library so that its tests can reach every part; the program is `auth-server`. To embed
//! authentication in an application of your own, use `auth-tower` instead.
//!
//! In reading order: [`config`] judges the environment; [`prepare`] puts the parts together; [`start`]
//! runs them, and takes them apart; [`route`] names what a request asks for; [`app`] is what every request passes
//! through; [`serve`] is the accept loop; [`keys`] looks after the keys that sign; [`telemetry`] is the log,
//! [`metrics`] are the figures, and [`trace`] what a collector of traces gets to see. [`cli`] is the command line
//! around it all.

pub mod access;
pub mod answer;
pub mod app;
pub mod causes;
pub mod cli;
pub mod config;
pub mod console;
pub mod core_dumps;
pub mod headers;
pub mod health;
pub mod import;
pub mod keys;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod prepare;
pub mod record;
pub mod reference;
pub mod route;
pub mod serve;
pub mod signals;
pub mod start;
pub mod sweep;
pub mod telemetry;
pub mod timely;
pub mod trace;

#[cfg(doctest)]
mod documents;
