//! The command line: `auth-server`, which serves, and the commands of day two.
//!
//! Every command is a verb of [`Auth`](auth_core::Auth) in the hands of the operator, so the checks
//! and the audit events are those of the routes. What it comes to is an `Outcome`; only [`run`]
//! turns that into words on standard error and an exit code.

mod arguments;
mod check;
mod completions;
mod confirm;
mod database;
mod failure;
mod help;
mod import;
mod keys;
mod migrate;
mod openapi;
mod output;
mod password;
mod progress;
mod secret;
mod serve;
mod session;
mod sweep;
mod table;
mod time;
mod user;
mod wire;

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use failure::{Failure, Outcome};
use output::Output;

/// The whole command line, as clap sees it: every command, its arguments, its help.
///
/// ```
/// let command = auth_server::cli::command();
/// assert!(command.get_subcommands().any(|command| command.get_name() == "serve"));
/// ```
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let arguments = match Arguments::of_this_process() {
        Ok(arguments) => arguments,
        Err(error) => return misread(&error),
    };
    let output = arguments.output();
    match act(arguments, output) {
        Ok(code) => code,
        Err(failure) => failure.complain(output),
    }
}

fn act(arguments: Arguments, output: Output) -> Outcome<ExitCode> {
    let done = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => return serve::serve(),
        Command::CheckConfig => check::check(output),
        Command::Migrate(command) => migrate::run(&command, output),
        Command::User(command) => user::run(&command, output),
        Command::Session(command) => session::run(&command, output),
        Command::Keys(command) => keys::run(&command, output),
        Command::Import(arguments) => import::run(&arguments, output),
        Command::Sweep => sweep::run(output),
        Command::Openapi => openapi::print(output),
        Command::Secret(command) => secret::run(&command, output),
        Command::Completions { shell } => completions::run(shell, output),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Says what clap makes of a command line that names no command to run: help, or a mistake.
fn misread(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {}
        _ if wants_json => {
            return Failure::Usage(in_one_line(&error.to_string())).complain(Output::Json);
        }
        _ => {}
    }
    // Where nobody listens, nothing is lost: the exit code says it too.
    let _unheard = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

/// What clap says of a mistake, without the usage that follows for people.
fn in_one_line(text: &str) -> String {
    let sentence = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = sentence.strip_prefix("error: ").unwrap_or(sentence).split_whitespace().collect();
    words.join(" ")
}
