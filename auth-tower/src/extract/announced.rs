//! What a guard has announced in the extensions of a request.

use auth_core::{Identity, Roles};
use http::request::Parts;

use crate::guard::RolesInForce;

use super::{NotAuthenticated, Unguarded};

/// Who is asking, or that nobody has said.
///
/// An identity that the application itself has put there will do: it says who is asking, and that is all
/// that is taken from here.
pub(super) fn anyone(parts: &Parts) -> Result<Option<&Identity>, Unguarded> {
    let identity = parts.extensions.get::<Identity>();
    let guarded = identity.is_some() || parts.extensions.get::<RolesInForce>().is_some();
    if guarded { Ok(identity) } else { Err(Unguarded) }
}

/// Who is asking, and what the roles may do by the word of a guard.
pub(super) fn somebody(parts: &Parts) -> Result<(&Identity, &Roles), NotAuthenticated> {
    let Some(RolesInForce(roles)) = parts.extensions.get() else { return Err(Unguarded.into()) };
    let who = anyone(parts)?.ok_or(NotAuthenticated::TokenRequired)?;
    Ok((who, roles))
}
