//! The server as its users meet it: a process with an environment, a socket and a log.
//!
//! One program, because each test program links the whole server once more. Every server runs at
//! `RUST_LOG=trace`, and when it stops, its whole log is searched for every secret that passed
//! through the test's clients (see `secrets`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod command_line;
mod commands;
mod console;
mod contract;
mod core_dumps;
mod dial;
mod hostile;
mod http2;
mod keys;
mod kill;
mod later;
mod lint;
mod logs;
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod openapi;
mod outage;
mod process;
mod proxies;
mod rotation;
mod secrets;
mod shutdown;
mod signing_keys;
#[cfg(feature = "otlp")]
mod traces;
mod two_servers;
