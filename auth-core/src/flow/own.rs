//! What people do to their own account: look at their sessions, end them, change their name.

use crate::audit;
use crate::error::{Error, Refusal};
use crate::id::SessionId;
use crate::model::{EndReason, LiveSession, User};
use crate::name::Name;
use crate::parts::Call;
use crate::store::{Change, Changed, ManagedStore};
use crate::verbs::{Identity, OwnSessions};

pub(crate) async fn sessions<S: ManagedStore>(
    auth: Call<'_, S>,
    who: &Identity,
) -> Result<Vec<LiveSession>, Error> {
    Ok(auth.store.live_sessions(who.user_id, auth.clock.now()).await?)
}

pub(crate) async fn end_session<S: ManagedStore>(
    auth: Call<'_, S>,
    who: &Identity,
    session: SessionId,
) -> Result<(), Error> {
    if auth.store.end_one(who.user_id, session, EndReason::Revoked, auth.clock.now()).await? {
        auth.tell(audit::session_ended(who.user_id, session, EndReason::Revoked));
        Ok(())
    } else {
        Err(Refusal::NotFound.into())
    }
}

pub(crate) async fn end_sessions<S: ManagedStore>(
    auth: Call<'_, S>,
    who: &Identity,
    which: OwnSessions,
) -> Result<u64, Error> {
    let except = match which {
        OwnSessions::Others => Some(who.session_id),
        OwnSessions::All => None,
    };
    let ended = auth.store.end_all(who.user_id, except, EndReason::Revoked, auth.clock.now()).await?;
    auth.tell(audit::own_sessions_ended(who.user_id, except, ended));
    Ok(ended)
}

pub(crate) async fn rename<S: ManagedStore>(
    auth: Call<'_, S>,
    who: &Identity,
    name: Name,
) -> Result<User, Error> {
    let change = Change { name: Some(name), ..Change::default() };
    match auth.store.change(who.user_id, &change, auth.clock.now()).await? {
        Changed::Changed { user, ended: _ } => {
            auth.tell(audit::renamed(who.user_id));
            Ok(user)
        }
        // A name takes no admin away. A user who is gone has no token that is good.
        Changed::LastAdmin | Changed::Unknown => Err(Refusal::InvalidAccessToken.into()),
    }
}
