//! What may be done to accounts by those who manage them.

mod change;
mod create;
mod find;
mod import;
mod sessions;
mod unlock;

use crate::actor::Actor;
use crate::error::{Error, Flaw, Refusal};
use crate::parts::Call;
use crate::policy::Policy;
use crate::role::Role;
use crate::store::AccountStore;

pub(crate) use change::{change, delete};
pub(crate) use create::create;
pub(crate) use find::{find, find_by_email, list};
pub(crate) use import::import;
pub(crate) use sessions::{end_session, end_sessions, sessions};
pub(crate) use unlock::unlock;

/// Insists that the role is one of the system's: a misspelt one would lock its holder out of
/// everything, or, worse, mean something one day.
fn known(role: &Role, policy: &Policy) -> Result<(), Flaw> {
    if policy.roles.contains(role) { Ok(()) } else { Err(Flaw::UnknownRole) }
}

/// Insists that an admin still is one. A hash may wait its turn for seconds; whoever is demoted or
/// disabled meanwhile must not act as what they were when they began.
async fn still_may<S: AccountStore>(auth: Call<'_, S>, actor: Actor) -> Result<(), Error> {
    let Actor::Admin(id) = actor else { return Ok(()) };
    match auth.store.account(id).await? {
        Some(held) if held.user.disabled_at.is_none() && held.user.role == Role::ADMIN => Ok(()),
        Some(_) | None => Err(Refusal::InsufficientRole.into()),
    }
}
