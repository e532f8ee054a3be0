//! One account more.

use crate::actor::Actor;
use crate::audit;
use crate::error::{Error, Fault, Flaw, Refusal};
use crate::id::UserId;
use crate::model::{Credentials, User};
use crate::parts::Call;
use crate::store::{Creation, ManagedStore};
use crate::verbs::NewAccount;

use super::{known, still_may};

pub(crate) async fn create<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    account: NewAccount,
) -> Result<User, Error> {
    let NewAccount { email, name, role, password } = account;
    known(&role, &auth.policy)?;
    password.check_new(auth.policy.password_min_length, &email, &name).map_err(Flaw::from)?;
    // Asked before the hash, to save it; what counts is the answer of the store's one step below.
    if auth.store.credentials(&email).await?.is_some() {
        return Err(Refusal::EmailTaken.into());
    }
    let hash = auth.passwords.hash(password).await?;
    still_may(auth, actor).await?;
    let now = auth.clock.now();
    let id = UserId::new(&auth.entropy.array()?, now);
    let user = User { id, email, name, role, created_at: now, disabled_at: None };
    let new = Credentials { user: user.clone(), password: Some(hash) };
    match auth.store.create(&[new]).await?.as_slice() {
        [Creation::Created] => {
            auth.tell(audit::user_created(actor, &user));
            Ok(user)
        }
        [Creation::EmailTaken] => Err(Refusal::EmailTaken.into()),
        _ => Err(Fault::Internal("a new id was taken, or the store told of more than it was asked").into()),
    }
}
