//! The holder of a refresh token is done with its session.

use crate::audit;
use crate::parts::Call;

use crate::error::Error;
use crate::model::EndReason;
use crate::store::SessionStore;

pub(crate) async fn logout<S: SessionStore>(auth: Call<'_, S>, token: &str) -> Result<(), Error> {
    // Whoever cannot be logged out is out already.
    let Some(presented) = auth.refresh.open(token) else { return Ok(()) };
    let now = auth.clock.now();
    if let Some(user) = auth.store.end(&presented.key, EndReason::Logout, now).await? {
        auth.tell(audit::session_ended(user, presented.key.id, EndReason::Logout));
    }
    Ok(())
}
