//! `user create`: one account more.

use auth_core::{Email, Error, Flaw, Name, NewAccount, Refusal, Role, User};
use clap::Args;

use crate::cli::database::with_auth;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::password::Source;
use crate::cli::wire::Account;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address they will log in with.
    #[arg(long)]
    email: String,
    /// The name they will be shown by.
    #[arg(long)]
    name: String,
    /// What they may do: ADMIN, USER, or another role of this system.
    #[arg(long, default_value = "USER")]
    role: String,
    #[command(flatten)]
    source: Source,
}

pub(super) fn create(arguments: &Arguments, output: Output) -> Outcome {
    let email = Email::parse(&arguments.email).map_err(Flaw::from)?;
    let name = Name::parse(&arguments.name).map_err(Flaw::from)?;
    let role = role(&arguments.role)?;
    let user = with_auth(async |auth| {
        let accounts = auth.as_operator();
        // Told before a password is typed for nothing; what counts is the answer of `create`.
        if !auth.policy().roles.contains(&role) {
            return Err(Flaw::UnknownRole.into());
        }
        match accounts.find_by_email(&email).await {
            Ok(_) => return Err(Refusal::EmailTaken.into()),
            Err(Error::Refused(Refusal::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
        let password = arguments.source.read()?;
        Ok(accounts.create(NewAccount { email, name, role, password }).await?)
    })?;
    output.print(&Account::from(&user), || told(&user))
}

/// A role as it was typed; whether the system has it is judged with the rest.
pub(super) fn role(text: &str) -> Result<Role, Flaw> {
    Role::parse(text).map_err(|_| Flaw::UnknownRole)
}

fn told(user: &User) -> String {
    let User { email, role, id, .. } = user;
    format!("{email} has an account now, with the role {role} and the id {id}.")
}
