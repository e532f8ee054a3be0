//! An account is changed, or deleted.

use crate::actor::Actor;
use crate::audit;
use crate::email::Email;
use crate::error::{Error, Flaw, Refusal};
use crate::id::UserId;
use crate::model::User;
use crate::name::Name;
use crate::parts::Call;
use crate::password::Password;
use crate::secret::PasswordHash;
use crate::store::{Change, Changed, Deletion, ManagedStore};
use crate::verbs::AccountChange;

use super::{known, still_may};

pub(crate) async fn change<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    id: UserId,
    change: AccountChange,
) -> Result<User, Error> {
    let AccountChange { name, role, state, password } = change;
    if let Some(role) = &role {
        known(role, &auth.policy)?;
    }
    let password = match password {
        Some(password) => {
            let hash = hashed(auth, id, name.as_ref(), password).await?;
            still_may(auth, actor).await?;
            Some(hash)
        }
        None => None,
    };
    let change = Change { name, role, state, password };
    match auth.store.change(id, &change, auth.clock.now()).await? {
        Changed::Changed { user, ended } => {
            for happening in audit::user_changed(actor, id, &change, ended) {
                auth.tell(happening);
            }
            if change.password.is_some() {
                // Whoever forgot the old one and tried it too often may try the new one at once.
                forget(auth, &user.email).await;
            }
            Ok(user)
        }
        Changed::LastAdmin => Err(Refusal::LastAdmin.into()),
        Changed::Unknown => Err(Refusal::NotFound.into()),
    }
}

/// The hash of a new password for this account, if it is good enough for it.
async fn hashed<S: ManagedStore>(
    auth: Call<'_, S>,
    id: UserId,
    new_name: Option<&Name>,
    password: Password,
) -> Result<PasswordHash, Error> {
    let account = auth.store.account(id).await?.ok_or(Refusal::NotFound)?;
    let name = new_name.unwrap_or(&account.user.name);
    password.check_new(auth.policy.password_min_length, &account.user.email, name).map_err(Flaw::from)?;
    Ok(auth.passwords.hash(password).await?)
}

pub(crate) async fn delete<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    id: UserId,
) -> Result<(), Error> {
    let email = auth.store.account(id).await?.map(|held| held.user.email);
    match auth.store.delete(id).await? {
        Deletion::Deleted => {
            auth.tell(audit::user_deleted(actor, id));
            // Whoever gets the address next begins with a clean sheet.
            if let Some(email) = email {
                forget(auth, &email).await;
            }
            Ok(())
        }
        Deletion::LastAdmin => Err(Refusal::LastAdmin.into()),
        Deletion::Unknown => Err(Refusal::NotFound.into()),
    }
}

/// Forgets the wrong passwords of an account. What it goes with has been done and told, so that
/// trouble here is logged, and mended by `unlock`.
async fn forget<S>(auth: Call<'_, S>, email: &Email) {
    if let Err(error) = auth.throttle.forget(email).await {
        tracing::warn!(%error, "the wrong passwords of an account stay counted");
    }
}
