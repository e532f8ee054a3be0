//! `user disable`, `enable`, `set-role`, `set-password`, `unlock` and `delete`.

use auth_core::{AccountChange, AccountState, User};
use serde_json::json;

use super::Who;
use super::create::role;
use crate::cli::confirm::Consent;
use crate::cli::database::with_auth;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::password::Source;
use crate::cli::wire::Account;

pub(super) fn disable(who: &Who, output: Output) -> Outcome {
    let user = change(who, || Ok(to_state(AccountState::Disabled)))?;
    output.print(&Account::from(&user), || {
        format!("{} is disabled, and all their sessions have ended.", user.email)
    })
}

pub(super) fn enable(who: &Who, output: Output) -> Outcome {
    let user = change(who, || Ok(to_state(AccountState::Enabled)))?;
    output.print(&Account::from(&user), || format!("{} is enabled, and can log in.", user.email))
}

pub(super) fn set_role(who: &Who, text: &str, output: Output) -> Outcome {
    let role = role(text)?;
    let user = change(who, || Ok(AccountChange { role: Some(role), ..AccountChange::default() }))?;
    output.print(&Account::from(&user), || format!("{} has the role {} now.", user.email, user.role))
}

pub(super) fn set_password(who: &Who, source: Source, output: Output) -> Outcome {
    let user =
        change(who, || Ok(AccountChange { password: Some(source.read()?), ..AccountChange::default() }))?;
    output.print(&Account::from(&user), || {
        format!("{} has another password now, and all their sessions have ended.", user.email)
    })
}

pub(super) fn unlock(who: &Who, output: Output) -> Outcome {
    let (user, counted) = with_auth(async |auth| {
        let user = who.find(auth).await?;
        let counted = auth.as_operator().unlock(user.id).await?;
        Ok((user, counted))
    })?;
    output.print(&Account::from(&user), || {
        if counted {
            format!("{} may log in at once; wrong passwords are counted anew.", user.email)
        } else {
            format!("{} had no wrong passwords to their count.", user.email)
        }
    })
}

pub(super) fn delete(who: &Who, consent: Consent, output: Output) -> Outcome {
    let user = with_auth(async |auth| {
        let user = who.find(auth).await?;
        consent.ask(&format!("Deleting {} and all their sessions", user.email))?;
        auth.as_operator().delete(user.id).await?;
        Ok(user)
    })?;
    output.print(&json!({ "deleted": Account::from(&user) }), || {
        format!("{} is deleted, and all their sessions with them.", user.email)
    })
}

fn to_state(state: AccountState) -> AccountChange {
    AccountChange { state: Some(state), ..AccountChange::default() }
}

/// Finds the user first, so that nobody types a password for a name that is misspelt.
fn change(who: &Who, what: impl FnOnce() -> Outcome<AccountChange>) -> Outcome<User> {
    with_auth(async |auth| {
        let user = who.find(auth).await?;
        Ok(auth.as_operator().change(user.id, what()?).await?)
    })
}
