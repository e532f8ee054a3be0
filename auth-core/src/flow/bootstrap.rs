//! The first user of a new system.

use crate::audit;
use crate::error::{Error, Flaw, Refusal};
use crate::id::UserId;
use crate::model::{NewUser, User};
use crate::parts::Parts;
use crate::policy::Bootstrap;
use crate::role::Role;
use crate::secret::BootstrapToken;
use crate::store::{FirstAdmin, UserStore};
use crate::verbs::NewAdmin;

/// Whether bootstrap is open to whoever presents this, and the system's users aside.
pub(crate) fn may_bootstrap<S>(auth: &Parts<S>, token: Option<&BootstrapToken>) -> Result<(), Refusal> {
    if auth.policy.bootstrap == Bootstrap::Closed {
        return Err(Refusal::BootstrapDisabled);
    }
    match &auth.bootstrap {
        Some(lock) if !token.is_some_and(|token| lock.opens_with(token)) => {
            Err(Refusal::BootstrapTokenRequired)
        }
        _ => Ok(()),
    }
}

pub(crate) async fn bootstrap<S: UserStore>(auth: &Parts<S>, admin: NewAdmin) -> Result<User, Error> {
    let NewAdmin { email, password, name, token } = admin;
    may_bootstrap(auth, token.as_ref())?;
    password.check_new(auth.policy.password_min_length, &email, &name).map_err(Flaw::from)?;
    // Asked before the hash, so that a system in use does not hash for strangers; what counts is
    // the answer of the store's one atomic step below.
    if auth.store.any_user().await? {
        return Err(Refusal::AdminExists.into());
    }
    let hash = auth.passwords.hash(password).await?;
    let now = auth.clock.now();
    let id = UserId::new(&auth.entropy.array()?, now);
    let user = User { id, email, name, role: Role::ADMIN, created_at: now, disabled_at: None };
    let new = NewUser {
        id,
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role.clone(),
        password: hash,
    };
    match auth.store.create_first_admin(&new, now).await? {
        FirstAdmin::UsersExist => Err(Refusal::AdminExists.into()),
        FirstAdmin::Created => {
            audit::first_admin_created(id);
            Ok(user)
        }
    }
}
