//! Someone who has guessed too often may try again.

use crate::actor::Actor;
use crate::audit;
use crate::error::Error;
use crate::id::UserId;
use crate::parts::Call;
use crate::store::ManagedStore;

use super::find;

pub(crate) async fn unlock<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    id: UserId,
) -> Result<bool, Error> {
    let user = find(auth, id).await?;
    let counted = auth.throttle.forget(&user.email).await?;
    auth.tell(audit::throttle_reset(actor, id));
    Ok(counted)
}
