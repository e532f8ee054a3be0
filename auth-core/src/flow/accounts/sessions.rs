//! The sessions of an account, in the hands of someone else.

use crate::actor::Actor;
use crate::audit;
use crate::error::{Error, Refusal};
use crate::id::{SessionId, UserId};
use crate::model::{EndReason, LiveSession};
use crate::parts::Call;
use crate::store::ManagedStore;

use super::find;

const WHY: EndReason = EndReason::RevokedByAdmin;

pub(crate) async fn sessions<S: ManagedStore>(
    auth: Call<'_, S>,
    id: UserId,
) -> Result<Vec<LiveSession>, Error> {
    let user = find(auth, id).await?;
    Ok(auth.store.live_sessions(user.id, auth.clock.now()).await?)
}

pub(crate) async fn end_session<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    id: UserId,
    session: SessionId,
) -> Result<(), Error> {
    if auth.store.end_one(id, session, WHY, auth.clock.now()).await? {
        auth.tell(audit::session_revoked(actor, id, session));
        Ok(())
    } else {
        Err(Refusal::NotFound.into())
    }
}

pub(crate) async fn end_sessions<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    id: UserId,
) -> Result<u64, Error> {
    let user = find(auth, id).await?;
    let ended = auth.store.end_all(user.id, None, WHY, auth.clock.now()).await?;
    auth.tell(audit::sessions_revoked(actor, id, ended));
    Ok(ended)
}
