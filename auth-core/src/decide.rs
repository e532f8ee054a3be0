//! The judgements: pure functions from facts, policy and the time to a verdict.

use crate::clock::Timestamp;
use crate::model::{Session, SessionRecord};
use crate::policy::{LateRetry, Policy};
use crate::store::Rotation;
use crate::token::Presented;

/// What a presented refresh token means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refresh {
    /// Unknown, expired, ended, or its user is disabled: refuse, and change nothing.
    Dead,
    /// The current token, made a moment ago: the same token again.
    Same,
    /// The parent of a token made a moment ago: an access token; the cookie stays as it is.
    AccessOnly,
    /// Go on to the next generation, from the current token or, where its answer was lost, past it.
    Advance(Rotation),
    /// Two holders of one chain: end the session.
    Reuse,
}

/// Judges a presented refresh token by the facts: the table of the rotation protocol.
///
/// | presented | young | old |
/// |---|---|---|
/// | current | same | advance |
/// | parent | access only | advance past |
/// | anything else | reuse | reuse |
pub(crate) fn refresh(
    facts: &SessionRecord,
    presented: &Presented,
    policy: &Policy,
    now: Timestamp,
) -> Refresh {
    let session = &facts.session;
    if !session.secret.same_as(&presented.key.secret) || !is_usable(facts, now) {
        return Refresh::Dead;
    }
    let young = is_young(session, policy, now);
    let current = presented.generation == session.generation;
    let parent = session.parent == Some(presented.generation);
    match (current, parent, young) {
        (true, _, true) => Refresh::Same,
        (true, _, false) => Refresh::Advance(advance(presented, session.generation, policy, now)),
        (false, true, true) => Refresh::AccessOnly,
        (false, true, false) if policy.late_retry == LateRetry::Allowed => {
            Refresh::Advance(advance(presented, session.generation, policy, now))
        }
        (false, _, _) => Refresh::Reuse,
    }
}

/// The step from generation `current` to the next, made by the presented token, which becomes the
/// parent: its own successor where it is current, and past the unused one where it is not.
pub(crate) fn advance(presented: &Presented, current: u32, policy: &Policy, now: Timestamp) -> Rotation {
    Rotation {
        key: presented.key,
        generation: current,
        parent: presented.generation,
        settled_by: settled_by(policy, now),
        expires_at: now + policy.refresh_ttl,
    }
}

/// Whether session and user are both in use.
pub(crate) fn is_usable(facts: &SessionRecord, now: Timestamp) -> bool {
    facts.session.is_live(now) && facts.user.disabled_at.is_none()
}

/// A token is young while its age is below the grace; with no grace at all, never. A login that
/// has not been refreshed yet has never rotated: old.
fn is_young(session: &Session, policy: &Policy, now: Timestamp) -> bool {
    session.rotated_at.is_some_and(|at| at > settled_by(policy, now))
}

/// The latest `rotated_at` that counts as old at `now`. A clock may have stepped back, so that a
/// rotation lies ahead; it is young then, unless there is no grace.
fn settled_by(policy: &Policy, now: Timestamp) -> Timestamp {
    if policy.reuse_grace.is_zero() { Timestamp::MAX } else { now - policy.reuse_grace }
}
