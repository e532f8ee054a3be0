//! The judgements: pure functions from facts, policy and the time to a verdict.

use crate::clock::Timestamp;
use crate::model::{Session, SessionRecord};
use crate::observer::RefreshOutcome;
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

impl Refresh {
    /// Whether it changes the session in a way that other holders of its tokens will feel.
    pub(crate) const fn is_drastic(&self) -> bool {
        matches!(self, Self::Advance(_) | Self::Reuse)
    }
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

/// Why a presented refresh token is [`Dead`](Refresh::Dead), for those who count; the answer is always
/// the same.
pub(crate) fn why_dead(facts: &SessionRecord, presented: &Presented, now: Timestamp) -> RefreshOutcome {
    let session = &facts.session;
    if !session.secret.same_as(&presented.key.secret) {
        RefreshOutcome::Unknown
    } else if session.ended_at.is_some() {
        RefreshOutcome::Ended
    } else if !session.is_live(now) {
        RefreshOutcome::Expired
    } else {
        RefreshOutcome::Disabled
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

/// Whether a request that came at `arrived` has been held up for so long that it should change
/// nothing any more. The table tells honest tabs from thieves as long as no message is under way
/// for half the grace; a slow store must not make a thief of a tab.
pub(crate) fn is_overdue(arrived: Timestamp, now: Timestamp, policy: &Policy) -> bool {
    !policy.reuse_grace.is_zero() && now.since(arrived) >= policy.reuse_grace / 2
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use zeroize::Zeroizing;

    use super::*;
    use crate::email::Email;
    use crate::entropy::OsEntropy;
    use crate::id::{SessionId, UserId};
    use crate::model::User;
    use crate::name::Name;
    use crate::role::Role;
    use crate::token::{RefreshTokens, SigningSecret};

    const ROTATED: Timestamp = Timestamp::from_millis(1_000_000);
    const GRACE: Duration = Duration::from_secs(10);
    const JUST_BEFORE: Duration = Duration::from_millis(9_999);

    /// A session at generation 5, made by 3: 4 is an orphan, everything below 3 is spent.
    fn facts(presented: &Presented) -> SessionRecord {
        let id = UserId::from_bytes([1; 16]);
        SessionRecord {
            session: Session {
                id: presented.key.id,
                user_id: id,
                secret: presented.key.secret,
                generation: 5,
                parent: Some(3),
                rotated_at: Some(ROTATED),
                expires_at: ROTATED + Duration::from_hours(1),
                ends_at: ROTATED + Duration::from_hours(2),
                ended_at: None,
            },
            user: User {
                id,
                email: Email::parse("a@b").expect("a good address"),
                name: Name::parse("A").expect("a good name"),
                role: Role::USER,
                created_at: ROTATED,
                disabled_at: None,
            },
        }
    }

    fn token(generation: u32) -> Presented {
        let secret = SigningSecret::random(&OsEntropy).expect("randomness");
        let tokens = RefreshTokens::new(&[secret]).expect("a secret");
        let sealed = tokens.seal(SessionId::from_bytes([2; 16]), &Zeroizing::new([3; 16]), generation);
        tokens.open(sealed.expose()).expect("it is ours")
    }

    /// The verdict in a word; of an advance, the generation it expects and the parent it leaves.
    fn verdict(generation: u32, policy: &Policy, now: Timestamp) -> String {
        let presented = token(generation);
        told(refresh(&facts(&presented), &presented, policy, now))
    }

    fn told(verdict: Refresh) -> String {
        match verdict {
            Refresh::Dead => "dead".to_owned(),
            Refresh::Same => "same".to_owned(),
            Refresh::AccessOnly => "access only".to_owned(),
            Refresh::Advance(step) => format!("advance {} by {}", step.generation, step.parent),
            Refresh::Reuse => "reuse".to_owned(),
        }
    }

    #[test]
    fn the_table_cell_by_cell() {
        let policy = Policy::default();
        for (generation, young, old) in [
            (5, "same", "advance 5 by 5"),
            (3, "access only", "advance 5 by 3"),
            (4, "reuse", "reuse"),
            (2, "reuse", "reuse"),
            (0, "reuse", "reuse"),
            (6, "reuse", "reuse"),
            (u32::MAX, "reuse", "reuse"),
        ] {
            let long_before = Duration::from_hours(1);
            for now in [ROTATED, ROTATED + JUST_BEFORE, ROTATED - long_before] {
                assert_eq!(verdict(generation, &policy, now), young, "{generation} at {now:?}");
            }
            for now in [ROTATED + GRACE, ROTATED + 30 * GRACE] {
                assert_eq!(verdict(generation, &policy, now), old, "{generation} at {now:?}");
            }
        }
    }

    #[test]
    fn without_late_retry_an_old_parent_is_reuse() {
        let strict = Policy { late_retry: LateRetry::Reuse, ..Policy::default() };
        assert_eq!(verdict(3, &strict, ROTATED + JUST_BEFORE), "access only");
        assert_eq!(verdict(3, &strict, ROTATED + GRACE), "reuse");
        assert_eq!(verdict(5, &strict, ROTATED + GRACE), "advance 5 by 5");
    }

    #[test]
    fn without_a_grace_nothing_is_young() {
        let eager = Policy { reuse_grace: Duration::ZERO, ..Policy::default() };
        for now in [ROTATED, ROTATED - GRACE] {
            assert_eq!(verdict(5, &eager, now), "advance 5 by 5");
            assert_eq!(verdict(3, &eager, now), "advance 5 by 3");
        }
    }

    #[test]
    fn a_request_is_overdue_after_half_the_grace() {
        let policy = Policy::default();
        let half = GRACE / 2;
        assert!(!is_overdue(ROTATED, ROTATED + half - Duration::from_millis(1), &policy));
        assert!(is_overdue(ROTATED, ROTATED + half, &policy));
        assert!(!is_overdue(ROTATED, ROTATED - half, &policy), "a clock that steps back");
        let eager = Policy { reuse_grace: Duration::ZERO, ..policy };
        assert!(!is_overdue(ROTATED, ROTATED + 100 * GRACE, &eager));
    }

    #[test]
    fn a_login_that_was_never_refreshed_is_old() {
        let presented = token(0);
        let mut facts = facts(&presented);
        facts.session = Session { generation: 0, parent: None, rotated_at: None, ..facts.session };
        assert_eq!(told(refresh(&facts, &presented, &Policy::default(), ROTATED)), "advance 0 by 0");
    }

    #[test]
    fn what_is_over_is_dead_whichever_token_is_presented() {
        type Spoil = fn(&mut SessionRecord);
        let spoils: [Spoil; 5] = [
            |facts| facts.session.ended_at = Some(ROTATED),
            |facts| facts.session.expires_at = ROTATED,
            |facts| facts.session.ends_at = ROTATED,
            |facts| facts.user.disabled_at = Some(ROTATED),
            |facts| facts.session.secret = crate::SecretHash::from_bytes([9; 32]),
        ];
        for spoil in spoils {
            for generation in [0, 3, 4, 5] {
                let presented = token(generation);
                let mut facts = facts(&presented);
                spoil(&mut facts);
                assert_eq!(told(refresh(&facts, &presented, &Policy::default(), ROTATED)), "dead");
            }
        }
    }

    #[test]
    fn what_is_dead_is_counted_by_its_reason() {
        type Spoil = fn(&mut SessionRecord);
        let spoils: [(Spoil, RefreshOutcome); 5] = [
            (|facts| facts.session.ended_at = Some(ROTATED), RefreshOutcome::Ended),
            (|facts| facts.session.expires_at = ROTATED, RefreshOutcome::Expired),
            (|facts| facts.session.ends_at = ROTATED, RefreshOutcome::Expired),
            (|facts| facts.user.disabled_at = Some(ROTATED), RefreshOutcome::Disabled),
            (|facts| facts.session.secret = crate::SecretHash::from_bytes([9; 32]), RefreshOutcome::Unknown),
        ];
        for (spoil, outcome) in spoils {
            let presented = token(5);
            let mut facts = facts(&presented);
            spoil(&mut facts);
            assert_eq!(why_dead(&facts, &presented, ROTATED), outcome);
        }
    }
}
