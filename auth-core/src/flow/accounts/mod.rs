//! What may be done to accounts by those who manage them.

mod change;
mod create;
mod find;
mod import;
mod sessions;

use crate::error::Flaw;
use crate::policy::Policy;
use crate::role::Role;

pub(crate) use change::{change, delete};
pub(crate) use create::create;
pub(crate) use find::{find, find_by_email, list};
pub(crate) use import::import;
pub(crate) use sessions::{end_session, end_sessions, sessions};

/// Insists that the role is one of the system's: a misspelt one would lock its holder out of
/// everything, or, worse, mean something one day.
fn known(role: &Role, policy: &Policy) -> Result<(), Flaw> {
    if policy.roles.contains(role) { Ok(()) } else { Err(Flaw::UnknownRole) }
}
