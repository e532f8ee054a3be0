//! The first user of a new system.

use crate::audit;
use crate::error::{Error, Flaw, Refusal};
use crate::id::UserId;
use crate::model::{NewUser, User};
use crate::parts::Call;
use crate::policy::Bootstrap;
use crate::role::Role;
use crate::secret::BootstrapToken;
use crate::store::{FirstAdmin, UserStore};
use crate::verbs::NewAdmin;

/// Whether bootstrap is open to whoever presents this, and the system's users aside.
pub(crate) fn may_bootstrap<S>(auth: Call<'_, S>, token: Option<&BootstrapToken>) -> Result<(), Refusal> {
    if auth.policy.bootstrap == Bootstrap::Closed {
        return Err(Refusal::BootstrapDisabled);
    }
    let Some(lock) = &auth.bootstrap else { return Ok(()) };
    if token.is_some() {
        auth.check_address()?;
    }
    if token.is_some_and(|token| lock.opens_with(token)) {
        return Ok(());
    }
    if token.is_some() {
        // It was a guess: it counts as one from that address.
        auth.throttle.address_failed(auth.client.ip_address, auth.clock.now());
        auth.tell(audit::bootstrap_refused());
    }
    Err(Refusal::BootstrapTokenRequired)
}

pub(crate) async fn bootstrap<S: UserStore>(auth: Call<'_, S>, admin: NewAdmin) -> Result<User, Error> {
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
            auth.tell(audit::first_admin_created(id));
            Ok(user)
        }
    }
}
