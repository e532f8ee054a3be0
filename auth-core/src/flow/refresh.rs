//! The refresh token's turn: rotate, answer again, or end the session of a spent one.

use crate::audit;
use crate::clock::Timestamp;
use crate::decide;
use crate::error::{Error, Fault, Refusal};
use crate::model::{EndReason, SessionRecord};
use crate::observer::{Observation, RefreshOutcome};
use crate::parts::Call;
use crate::secret::RefreshToken;
use crate::store::SessionStore;
use crate::token::Presented;
use crate::verbs::Refreshed;

/// How often it judges anew because the facts changed between reading and writing. Each time
/// another refresh of the same session has gone through, so only a stampede gets this far.
const ATTEMPTS: usize = 128;

/// What came of it, and the answer where there is one; else it is refused.
struct Settled {
    outcome: RefreshOutcome,
    answer: Option<Refreshed>,
}

impl Settled {
    const fn refused(outcome: RefreshOutcome) -> Self {
        Self { outcome, answer: None }
    }

    const fn answered(outcome: RefreshOutcome, answer: Refreshed) -> Self {
        Self { outcome, answer: Some(answer) }
    }
}

pub(crate) async fn refresh<S: SessionStore>(auth: Call<'_, S>, token: &str) -> Result<Refreshed, Error> {
    let settled = settle(auth, token).await;
    let outcome = settled.as_ref().map_or(RefreshOutcome::Failed, |settled| settled.outcome);
    auth.observe(Observation::Refresh(outcome));
    Ok(settled?.answer.ok_or(Refusal::InvalidRefreshToken)?)
}

async fn settle<S: SessionStore>(auth: Call<'_, S>, token: &str) -> Result<Settled, Fault> {
    let Some(presented) = auth.refresh.open(token) else {
        return Ok(Settled::refused(RefreshOutcome::Forged));
    };
    // Everything that can fail without the store comes before it.
    let token_id = auth.entropy.array()?;
    let now = auth.clock.now();

    // The normal case, the current token after the grace, is one statement.
    let step = decide::advance(&presented, presented.generation, &auth.policy, now);
    if let Some(rotated) = auth.store.rotate(&step, now).await? {
        let answer = advanced(auth, &presented, &rotated, token_id, now)?;
        return Ok(Settled::answered(RefreshOutcome::Rotated, answer));
    }
    for _ in 0..ATTEMPTS {
        let Some(facts) = auth.store.find(presented.key.id).await? else {
            return Ok(Settled::refused(RefreshOutcome::Unknown));
        };
        let verdict = decide::refresh(&facts, &presented, &auth.policy, now);
        if verdict.is_drastic() && decide::is_overdue(now, auth.clock.now(), &auth.policy) {
            return Err(Fault::Busy);
        }
        match verdict {
            decide::Refresh::Dead => {
                return Ok(Settled::refused(decide::why_dead(&facts, &presented, now)));
            }
            decide::Refresh::Same => {
                let answer = answer(auth, &facts, Some(RefreshToken::new(token)), token_id, now)?;
                return Ok(Settled::answered(RefreshOutcome::Same, answer));
            }
            decide::Refresh::AccessOnly => {
                let answer = answer(auth, &facts, None, token_id, now)?;
                return Ok(Settled::answered(RefreshOutcome::Grace, answer));
            }
            decide::Refresh::Advance(step) => {
                if let Some(rotated) = auth.store.rotate(&step, now).await? {
                    let answer = advanced(auth, &presented, &rotated, token_id, now)?;
                    let outcome = if step.generation == presented.generation {
                        RefreshOutcome::Rotated
                    } else {
                        RefreshOutcome::LateRetry
                    };
                    return Ok(Settled::answered(outcome, answer));
                }
            }
            decide::Refresh::Reuse => {
                if let Some(user) = auth.store.end(&presented.key, EndReason::Reuse, now).await? {
                    auth.tell(audit::session_ended(user, presented.key.id, EndReason::Reuse));
                }
                return Ok(Settled::refused(RefreshOutcome::Reuse));
            }
        }
    }
    Err(Fault::Busy)
}

fn advanced<S>(
    auth: Call<'_, S>,
    presented: &Presented,
    rotated: &SessionRecord,
    token_id: [u8; 16],
    now: Timestamp,
) -> Result<Refreshed, Fault> {
    let successor = auth.refresh.successor(presented, rotated.session.generation);
    answer(auth, rotated, Some(successor), token_id, now)
}

fn answer<S>(
    auth: Call<'_, S>,
    facts: &SessionRecord,
    token: Option<RefreshToken>,
    token_id: [u8; 16],
    now: Timestamp,
) -> Result<Refreshed, Fault> {
    let SessionRecord { session, user } = facts;
    // Within the grace nothing prolongs the session, which may expire before a new token would.
    let good_until = session.expires_at.min(session.ends_at);
    let access_token = auth.access_token(user, session.id, good_until, token_id, now)?;
    let refresh = token.map(|token| auth.hand_out(token, session.ends_at, now));
    Ok(Refreshed { access_token, refresh })
}
