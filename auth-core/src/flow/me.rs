//! Who is behind an access token, as they are now.

use crate::clock::Timestamp;
use crate::decide;
use crate::error::{Error, Refusal};
use crate::model::User;
use crate::parts::Call;
use crate::revocation::{Revocations, Standing};
use crate::store::SessionStore;
use crate::verbs::Identity;

pub(crate) async fn me<S: SessionStore>(auth: Call<'_, S>, token: &str) -> Result<User, Error> {
    let (_, user) = current(auth, token).await?;
    Ok(user)
}

pub(crate) async fn authenticate_current<S: SessionStore>(
    auth: Call<'_, S>,
    token: &str,
) -> Result<Identity, Error> {
    let (identity, user) = current(auth, token).await?;
    Ok(Identity { role: user.role, ..identity })
}

/// The same, by the token where `revocations` are sure of it.
pub(crate) async fn authenticate_heeding<S: SessionStore>(
    auth: Call<'_, S>,
    token: &str,
    revocations: &Revocations,
) -> Result<Identity, Error> {
    let now = auth.clock.now();
    let who = auth.access.verify(token, now).ok_or(Refusal::InvalidAccessToken)?;
    match revocations.standing(&who) {
        Standing::Believed => Ok(who),
        Standing::Ended => Err(Refusal::InvalidAccessToken.into()),
        Standing::Unsure => {
            let user = still(auth, &who, now).await?;
            Ok(Identity { role: user.role, ..who })
        }
    }
}

pub(super) async fn current<S: SessionStore>(
    auth: Call<'_, S>,
    token: &str,
) -> Result<(Identity, User), Error> {
    let now = auth.clock.now();
    let identity = auth.access.verify(token, now).ok_or(Refusal::InvalidAccessToken)?;
    let user = still(auth, &identity, now).await?;
    Ok((identity, user))
}

/// The user whom a good access token is for, as they are now, if its session still is.
pub(super) async fn still<S: SessionStore>(
    auth: Call<'_, S>,
    who: &Identity,
    now: Timestamp,
) -> Result<User, Error> {
    match auth.store.find(who.session_id).await? {
        Some(facts) if facts.user.id == who.user_id && decide::is_usable(&facts, now) => Ok(facts.user),
        _ => Err(Refusal::InvalidAccessToken.into()),
    }
}
