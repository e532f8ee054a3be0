//! The recipe of `docs/proxies.md` for nginx, run: an nginx with the files of `deploy/nginx`, a real
//! auth-server beside it, and an application behind it that knows nothing of either.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[expect(dead_code, reason = "the tests of the server need more of it")]
#[path = "../server/client.rs"]
mod client;
#[expect(dead_code, reason = "the accidents need more of it")]
mod nginx;
#[expect(dead_code, reason = "the tests of the server need more of it")]
#[path = "../server/process.rs"]
mod process;
mod recipe;
#[path = "../server/secrets.rs"]
mod secrets;
mod upstream;
mod visitor;
