//! The command line: `auth-server`, `auth-server serve`, `auth-server check-config`.

mod check;
mod help;
mod serve;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Environment, Mistakes};

/// The server could not start, or did not stop in good order.
const FAILED: u8 = 1;

/// The configuration is wrong: `EX_CONFIG` of BSD's `sysexits.h`. It differs from a failure, so
/// that whoever restarts the server can tell what a restart will not mend.
const MISCONFIGURED: u8 = 78;

/// Where a `.env` is looked for.
const DOTENV: &str = ".env";

#[derive(Debug, Parser)]
#[command(name = "auth-server", version, about = help::ABOUT, after_help = help::variables())]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Runs the server (this is the default).
    Serve,
    /// Judges the configuration without starting: 0 and a summary, or 78 and every mistake.
    CheckConfig,
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match configuration() {
        Ok(config) => config,
        Err(mistakes) => {
            complain(&mistakes);
            return ExitCode::from(MISCONFIGURED);
        }
    };
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(&config),
        Command::CheckConfig => check::check(&config),
    }
}

fn configuration() -> Result<Config, Mistakes> {
    Environment::load(Path::new(DOTENV))?.config()
}

/// Says something to the person at the terminal.
fn complain(what: &dyn std::fmt::Display) {
    // Where nobody listens, nothing is lost: the exit code says it too.
    let _unheard = writeln!(io::stderr(), "{what}");
}
