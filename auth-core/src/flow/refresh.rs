//! The refresh token's turn: rotate, answer again, or end the session of a spent one.

use crate::audit;
use crate::clock::Timestamp;
use crate::decide;
use crate::error::{Error, Fault, Refusal};
use crate::model::{EndReason, SessionRecord};
use crate::parts::Call;
use crate::secret::RefreshToken;
use crate::store::SessionStore;
use crate::token::Presented;
use crate::verbs::Refreshed;

/// How often it judges anew because the facts changed between reading and writing. Each time
/// another refresh of the same session has gone through, so only a stampede gets this far.
const ATTEMPTS: usize = 128;

pub(crate) async fn refresh<S: SessionStore>(auth: Call<'_, S>, token: &str) -> Result<Refreshed, Error> {
    let presented = auth.refresh.open(token).ok_or(Refusal::InvalidRefreshToken)?;
    // Everything that can fail without the store comes before it.
    let token_id = auth.entropy.array()?;
    let now = auth.clock.now();

    // The normal case, the current token after the grace, is one statement.
    let step = decide::advance(&presented, presented.generation, &auth.policy, now);
    if let Some(rotated) = auth.store.rotate(&step, now).await? {
        return advanced(auth, &presented, &rotated, token_id, now);
    }
    for _ in 0..ATTEMPTS {
        let Some(facts) = auth.store.find(presented.key.id).await? else {
            return Err(Refusal::InvalidRefreshToken.into());
        };
        let verdict = decide::refresh(&facts, &presented, &auth.policy, now);
        if verdict.is_drastic() && decide::is_overdue(now, auth.clock.now(), &auth.policy) {
            return Err(Fault::Busy.into());
        }
        match verdict {
            decide::Refresh::Dead => return Err(Refusal::InvalidRefreshToken.into()),
            decide::Refresh::Same => {
                return answer(auth, &facts, Some(RefreshToken::new(token)), token_id, now);
            }
            decide::Refresh::AccessOnly => return answer(auth, &facts, None, token_id, now),
            decide::Refresh::Advance(step) => {
                if let Some(rotated) = auth.store.rotate(&step, now).await? {
                    return advanced(auth, &presented, &rotated, token_id, now);
                }
            }
            decide::Refresh::Reuse => {
                if let Some(user) = auth.store.end(&presented.key, EndReason::Reuse, now).await? {
                    auth.tell(audit::session_ended(user, presented.key.id, EndReason::Reuse));
                }
                return Err(Refusal::InvalidRefreshToken.into());
            }
        }
    }
    Err(Fault::Busy.into())
}

fn advanced<S>(
    auth: Call<'_, S>,
    presented: &Presented,
    rotated: &SessionRecord,
    token_id: [u8; 16],
    now: Timestamp,
) -> Result<Refreshed, Error> {
    let successor = auth.refresh.successor(presented, rotated.session.generation);
    answer(auth, rotated, Some(successor), token_id, now)
}

fn answer<S>(
    auth: Call<'_, S>,
    facts: &SessionRecord,
    token: Option<RefreshToken>,
    token_id: [u8; 16],
    now: Timestamp,
) -> Result<Refreshed, Error> {
    let SessionRecord { session, user } = facts;
    let access_token = auth.access_token(user, session.id, session.ends_at, token_id, now)?;
    let refresh = token.map(|token| auth.hand_out(token, session.ends_at, now));
    Ok(Refreshed { access_token, refresh })
}
