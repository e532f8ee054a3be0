//! What can be said on the command line.

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::output::Output;
use super::{help, import, keys, migrate, secret, session, user};

#[derive(Debug, Parser)]
#[command(name = "auth-server", version, about = help::ABOUT, after_help = help::variables())]
pub(super) struct Arguments {
    /// Answers with one JSON document on standard output, and tells errors as {"error":"…"}.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs the server (this is the default).
    #[command(after_help = help::SERVE)]
    Serve,
    /// Creates, upgrades, shows or takes back the tables.
    #[command(subcommand, after_help = help::MIGRATE)]
    Migrate(migrate::Command),
    /// Creates, lists, changes and deletes the accounts of people.
    #[command(subcommand, after_help = help::USER)]
    User(user::Command),
    /// Lists and ends the sessions of a user.
    #[command(subcommand, after_help = help::SESSION)]
    Session(session::Command),
    /// Makes, lists, replaces and removes the keys that sign access tokens.
    #[command(subcommand, after_help = help::KEYS)]
    Keys(keys::Command),
    /// Creates accounts that come from another system, with the passwords they have there.
    #[command(after_help = import::EXAMPLES)]
    Import(import::Arguments),
    /// Deletes the sessions whose longest lifetime is over; a running server does it every hour.
    #[command(after_help = help::SWEEP)]
    Sweep,
    /// Judges the configuration without starting: 0 and a summary, or 78 and every mistake.
    #[command(after_help = help::CHECK_CONFIG)]
    CheckConfig,
    /// Prints what the routes take and answer, as an OpenAPI 3.1 document; needs no database.
    #[command(after_help = help::OPENAPI)]
    Openapi,
    /// Draws secrets.
    #[command(subcommand, after_help = help::SECRET)]
    Secret(secret::Command),
    /// Prints what makes a shell complete the commands and options of auth-server.
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

impl Arguments {
    /// Those that this process was started with.
    pub(super) fn of_this_process() -> Result<Self, clap::Error> {
        Self::try_parse()
    }

    pub(super) fn output(&self) -> Output {
        if self.json { Output::Json } else { Output::Text }
    }
}
