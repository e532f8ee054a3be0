//! Whether whoever is behind an access token may pass, as they are now.

use crate::audit;
use crate::error::{Error, Flaw, Refusal};
use crate::model::User;
use crate::parts::Call;
use crate::policy::Policy;
use crate::revocation::{Revocations, Standing};
use crate::store::SessionStore;
use crate::verbs::{Demand, Identity, Passed};

use super::me::{current, still};

pub(crate) async fn check<S: SessionStore>(
    auth: Call<'_, S>,
    token: &str,
    demand: &Demand,
) -> Result<User, Error> {
    let (identity, user) = current(auth, token).await?;
    insist(auth, &Identity { role: user.role.clone(), ..identity }, demand)?;
    Ok(user)
}

/// The same, by the token and what is remembered where `revocations` are sure of it and know its user's
/// address; else by the store, whose word on the address is then remembered.
pub(crate) async fn check_heeding<S: SessionStore>(
    auth: Call<'_, S>,
    token: &str,
    demand: &Demand,
    revocations: &Revocations,
) -> Result<Passed, Error> {
    let now = auth.clock.now();
    let who = auth.access.verify(token, now).ok_or(Refusal::InvalidAccessToken)?;
    let address = match revocations.standing(&who) {
        Standing::Ended => return Err(Refusal::InvalidAccessToken.into()),
        Standing::Believed => revocations.address(who.user_id),
        Standing::Unsure => None,
    };
    let (who, email) = if let Some(email) = address {
        (who, email)
    } else {
        let user = still(auth, &who, now).await?;
        revocations.meet(&user);
        (Identity { role: user.role, ..who }, user.email)
    };
    insist(auth, &who, demand)?;
    Ok(Passed { user_id: who.user_id, email, role: who.role })
}

/// Refuses whoever does not meet the demand; that they lack the role leaves an event.
fn insist<S>(auth: Call<'_, S>, who: &Identity, demand: &Demand) -> Result<(), Refusal> {
    let judged = judge(who, demand, &auth.policy);
    if judged == Err(Refusal::InsufficientRole) {
        denied(auth, who);
    }
    judged
}

/// Leaves an event, once in ten seconds for each user.
pub(crate) fn denied<S>(auth: Call<'_, S>, who: &Identity) {
    if auth.denied.is_news(who.user_id, auth.clock.now()) {
        auth.tell(audit::permission_denied(who.user_id, who.session_id));
    }
}

/// A role that does not exist is the asker's mistake: nobody is ever in it, and to answer as if
/// somebody could be would hide the misspelling.
fn judge(who: &Identity, demand: &Demand, policy: &Policy) -> Result<(), Refusal> {
    let Demand { role, permission } = demand;
    if role.as_ref().is_some_and(|role| !policy.roles.contains(role)) {
        return Err(Flaw::UnknownRole.into());
    }
    role.as_ref().map_or(Ok(()), |role| who.require(role))?;
    permission.as_ref().map_or(Ok(()), |permission| who.require_permission(permission, &policy.roles))
}

#[cfg(test)]
mod tests {
    use crate::clock::Timestamp;
    use crate::id::{SessionId, UserId};
    use crate::permission::Permission;
    use crate::role::Role;
    use crate::roles::Roles;

    use super::*;

    const SUPPORT: Role = Role::from_static("SUPPORT");
    const READ: Permission = Permission::from_static("orders:read");
    const WRITE: Permission = Permission::from_static("orders:write");

    #[test]
    fn a_role_and_a_permission_must_both_be_theirs() {
        let roles = Roles::default().with(Role::ADMIN, [WRITE]).with(SUPPORT, [READ]);
        let policy = Policy { roles, ..Policy::default() };
        let who = Identity {
            user_id: UserId::from_bytes([1; 16]),
            session_id: SessionId::from_bytes([1; 16]),
            role: SUPPORT,
            expires_at: Timestamp::from_millis(0),
        };
        let (refused, unknown) = (Err(Refusal::InsufficientRole), Err(Flaw::UnknownRole.into()));
        for (role, permission, verdict) in [
            (None, None, Ok(())),
            (Some(SUPPORT), None, Ok(())),
            (None, Some(READ), Ok(())),
            (Some(SUPPORT), Some(READ), Ok(())),
            (Some(Role::ADMIN), None, refused),
            (Some(Role::ADMIN), Some(READ), refused),
            (Some(SUPPORT), Some(WRITE), refused),
            (None, Some(Permission::from_static("orders:delete")), refused),
            (Some(Role::from_static("SUPORT")), None, unknown),
            (Some(Role::from_static("SUPORT")), Some(WRITE), unknown),
        ] {
            let demand = Demand { role, permission };
            assert_eq!(judge(&who, &demand, &policy), verdict, "{demand:?}");
        }
    }
}
