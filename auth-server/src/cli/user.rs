//! `user`: the accounts of people.

mod change;
mod create;
mod list;
mod who;

use clap::Subcommand;

use super::confirm::Consent;
use super::database::with_auth;
use super::failure::Outcome;
use super::output::Output;
use super::table::pairs;
use super::time::rfc3339;
use super::wire::{Account, state};
use super::{help, password};

pub(super) use who::Who;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Creates an account; asks for its password.
    #[command(after_help = help::USER_CREATE)]
    Create(create::Arguments),
    /// Lists accounts, the newest first.
    #[command(after_help = help::USER_LIST)]
    List(list::Arguments),
    /// Shows an account.
    #[command(after_help = help::USER_SHOW)]
    Show {
        #[command(flatten)]
        who: Who,
    },
    /// Keeps a user out, and ends all their sessions.
    #[command(after_help = help::USER_DISABLE)]
    Disable {
        #[command(flatten)]
        who: Who,
    },
    /// Lets a user in again who was disabled.
    #[command(after_help = help::USER_ENABLE)]
    Enable {
        #[command(flatten)]
        who: Who,
    },
    /// Gives a user another role; their sessions go on in it.
    #[command(after_help = help::USER_SET_ROLE)]
    SetRole {
        #[command(flatten)]
        who: Who,
        /// The role, in upper-case letters.
        role: String,
    },
    /// Gives a user another password, and ends all their sessions; asks for it.
    #[command(after_help = help::USER_SET_PASSWORD)]
    SetPassword {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        source: password::Source,
    },
    /// Lets a user log in at once whose password was guessed too often.
    #[command(after_help = help::USER_UNLOCK)]
    Unlock {
        #[command(flatten)]
        who: Who,
    },
    /// Deletes an account and all its sessions.
    #[command(after_help = help::USER_DELETE)]
    Delete {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        consent: Consent,
    },
}

pub(super) fn run(command: &Command, output: Output) -> Outcome {
    match command {
        Command::Create(arguments) => create::create(arguments, output),
        Command::List(arguments) => list::list(arguments, output),
        Command::Show { who } => show(who, output),
        Command::Disable { who } => change::disable(who, output),
        Command::Enable { who } => change::enable(who, output),
        Command::SetRole { who, role } => change::set_role(who, role, output),
        Command::SetPassword { who, source } => change::set_password(who, *source, output),
        Command::Unlock { who } => change::unlock(who, output),
        Command::Delete { who, consent } => change::delete(who, *consent, output),
    }
}

fn show(who: &Who, output: Output) -> Outcome {
    let user = with_auth(async |auth| who.find(auth).await)?;
    output.print(&Account::from(&user), || {
        let mut rows = vec![
            ("id", user.id.to_string()),
            ("email", user.email.to_string()),
            ("name", user.name.to_string()),
            ("role", user.role.to_string()),
            ("state", state(&user).to_owned()),
            ("created", rfc3339(user.created_at)),
        ];
        rows.extend(user.disabled_at.map(|at| ("disabled", rfc3339(at))));
        pairs(&rows)
    })
}
