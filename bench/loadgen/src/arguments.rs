//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::machine::Watched;

/// Asks a server on this machine as many users at a time would, and prints one line of JSON.
///
/// Each user has a connection that is kept, an account of their own, a token and a cookie that
/// rotates. Every answer is looked at: its status, the token, the right user, another cookie.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Where it listens: loopback only.
    #[arg(long, value_parser = loopback)]
    pub(crate) server: SocketAddr,
    /// What the users do.
    #[arg(long)]
    pub(crate) scenario: Scenario,
    /// How many users at a time.
    #[arg(long, default_value_t = 64)]
    pub(crate) parallel: usize,
    /// How long is measured, in seconds; `storm` measures twice as long.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// How long they have been at it before that, in seconds.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) warmup: f64,
    /// How many accounts there are.
    #[arg(long, default_value_t = 1000)]
    pub(crate) accounts: usize,
    /// Their addresses; `{}` is a number from 0.
    #[arg(long, default_value = "user{}@example.com")]
    pub(crate) email: String,
    /// Their password.
    #[arg(long, default_value = "StrongPassword123!")]
    pub(crate) password: String,
    /// `storm`: how many log in at a time.
    #[arg(long, default_value_t = 64)]
    pub(crate) logins: usize,
    /// `storm`: how often each of the others asks, in milliseconds.
    #[arg(long, default_value_t = 40)]
    pub(crate) pace: u64,
    /// `get`: what is asked for.
    #[arg(long, default_value = "/hello")]
    pub(crate) path: String,
    /// `get`: the access token.
    #[arg(long, default_value = "")]
    pub(crate) bearer: String,
    /// `refresh` and `me`: a file of sessions to take turns with, an address and a refresh token in each
    /// line; afterwards it has the tokens of then.
    #[arg(long)]
    pub(crate) sessions: Option<PathBuf>,
    /// A process whose CPU time, with its children's, is told apart from that of strangers.
    #[arg(long, value_name = "NAME=PID")]
    pub(crate) watch: Vec<Watched>,
}

/// What the users do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Log in, again and again.
    Login,
    /// Refresh, each a session of their own.
    Refresh,
    /// Ask who they are.
    Me,
    /// Ask for `--path`.
    Get,
    /// A quarter refresh and the others ask who they are, at a steady pace; first alone, then beside
    /// `--logins` who log in again and again. Their latency counts from when they meant to ask.
    Storm,
    /// 90 % ask who they are, 8 % refresh, 2 % log in.
    Mixed,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "an address and a port, as 127.0.0.1:4000".to_owned())?;
    if address.ip().is_loopback() { Ok(address) } else { Err("loopback only".to_owned()) }
}
