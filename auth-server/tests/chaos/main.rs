//! Chaos: a database that stops, dies, freezes, fills up or turns people away, and servers that
//! are killed, under the eyes of twenty honest browsers that never stop using them.
//!
//! Each accident strikes in the middle and then heals. Whatever it is, every answer is right or a
//! 503 that says when to try again, nobody is logged out, no refresh burns a token, and all goes on
//! within five seconds.
//!
//! `cargo test -p auth-server --test chaos -- --nocapture` shows how long each recovery took.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the tests of the server need more of it")]
#[path = "../server/client.rs"]
mod client;
mod crowd;
mod database;
mod ledger;
#[path = "../nginx/nginx.rs"]
mod nginx;
#[expect(dead_code, reason = "the tests of the server need more of it")]
#[path = "../server/process.rs"]
mod process;
mod scene;
#[path = "../server/secrets.rs"]
mod secrets;
mod server;
mod several;
