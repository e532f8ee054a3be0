//! The verbs for accounts against those for sessions, five hundred times each: what holds on every
//! schedule.

use auth_core::store::{Changed, Creation, Deletion, Opened, Opening, Replaced, SessionKey};
use auth_core::{EndReason, NewUser};

use crate::harness::Managed;
use crate::race::{RACES, all_at_once, both_at_once};
use crate::stage::{
    NOW, Stage, account, advance, at, crowded, disabling, key, opening, person, replacement, with_password,
};

/// Insists that the session is over for good and that the user has no other.
async fn assert_over<H: Managed>(stage: &Stage<H>, someone: &NewUser, key: SessionKey, why: EndReason) {
    let row = stage.row(key).await;
    assert_eq!((row.ended_at, stage.end_reason(key).await), (Some(at(1)), Some(why)));
    assert!(stage.rotate(advance(key, row.generation), at(9)).await.is_none(), "it never rotates again");
    assert_eq!(stage.live_sessions(someone.id, at(1)).await, [], "no session is live");
}

/// A session that either never opened, or is over.
async fn assert_shut<H: Managed>(
    stage: &Stage<H>,
    someone: &NewUser,
    key: SessionKey,
    opened: Opened,
    why: EndReason,
) {
    match opened {
        Opened::Opened { .. } => assert_over(stage, someone, key, why).await,
        Opened::Stale => {
            assert!(stage.find(key.id).await.is_none(), "nothing was written");
            assert_eq!(stage.live_sessions(someone.id, at(1)).await, []);
        }
    }
}

/// A rotation against the disabling of its user: the session has ended afterwards.
pub async fn a_rotation_never_outlives_a_disabling<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    // One who is an admin and stays, so that everyone else may go.
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let rotate = stage.rotate(advance(key, 0), at(1));
        let disable = stage.change(someone.id, disabling(), at(1));
        let (_, changed) = both_at_once(u32::from(round), rotate, disable).await;
        assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
        assert_over(&stage, &someone, key, EndReason::Disabled).await;
    }
}

/// An opening against the disabling of its user: no session is live afterwards.
pub async fn an_opening_never_outlives_a_disabling<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let disable = stage.change(someone.id, disabling(), at(1));
        let (opened, changed) = both_at_once(u32::from(round), open, disable).await;
        assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
        assert_shut(&stage, &someone, key(round), opened, EndReason::Disabled).await;
    }
}

/// A rotation against another password: the session has ended afterwards.
pub async fn a_rotation_never_outlives_another_password<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let rotate = stage.rotate(advance(key, 0), at(1));
        let change = stage.change(someone.id, with_password("second"), at(1));
        let (_, changed) = both_at_once(u32::from(round), rotate, change).await;
        assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
        assert_over(&stage, &someone, key, EndReason::PasswordReplaced).await;
    }
}

/// An opening against another password: no session that the old one opened is live afterwards.
pub async fn an_opening_never_outlives_another_password<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let change = stage.change(someone.id, with_password("second"), at(1));
        let (opened, changed) = both_at_once(u32::from(round), open, change).await;
        assert!(matches!(changed, Changed::Changed { .. }), "the change is made: {changed:?}");
        assert_shut(&stage, &someone, key(round), opened, EndReason::PasswordReplaced).await;
    }
}

/// Rotations against a replacement by their user: afterwards the session that it keeps goes on,
/// rotated once, and the other one has ended.
pub async fn a_rotation_never_outlives_a_replacement<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let kept = stage.session(&someone, 2 * round).await;
        let other = stage.session(&someone, 2 * round + 1).await;
        let (rotate, also) = (stage.rotate(advance(kept, 0), at(1)), stage.rotate(advance(other, 0), at(1)));
        let replace = stage.replace_password(replacement(&someone, "second", kept), at(1));
        let rotate_both = async move { tokio::join!(rotate, also) };
        let ((rotated, _), replaced) = both_at_once(u32::from(round), rotate_both, replace).await;
        assert_eq!(replaced, Replaced::Replaced { ended: 1 });
        assert!(rotated.is_some(), "the kept one rotates");
        let row = stage.row(other).await;
        assert_eq!(stage.end_reason(other).await, Some(EndReason::PasswordReplaced));
        assert!(stage.rotate(advance(other, row.generation), at(9)).await.is_none(), "the other is over");
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [kept.id]);
    }
}

/// An opening against a replacement by its user: afterwards the session that it keeps is the only
/// live one.
pub async fn an_opening_never_outlives_a_replacement<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let kept = stage.session(&someone, 2 * round).await;
        let new = key(2 * round + 1);
        let open = stage.open(opening(&someone, new), at(1));
        let replace = stage.replace_password(replacement(&someone, "second", kept), at(1));
        let (opened, replaced) = both_at_once(u32::from(round), open, replace).await;
        let ended = match opened {
            Opened::Opened { .. } => 1,
            Opened::Stale => 0,
        };
        assert_eq!(replaced, Replaced::Replaced { ended }, "it ends the session that opened: {opened:?}");
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [kept.id]);
    }
}

/// However many sessions of a user open at once, as many are live afterwards as the limit allows,
/// and the others have ended because of it.
pub async fn openings_at_once_keep_to_the_limit<H: Managed>(harness: H) {
    const CONTENDERS: u16 = 4;
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let keys: Vec<_> = (CONTENDERS * round..CONTENDERS * (round + 1)).map(key).collect();
        let outcomes = all_at_once(
            keys.iter().map(|key| stage.open(Opening { limit: 2, ..opening(&someone, *key) }, at(1))),
        );
        assert!(outcomes.await.iter().all(Opened::is_opened));
        let live = stage.live_sessions(someone.id, at(1)).await;
        assert_eq!(live.len(), 2, "of {CONTENDERS} sessions, two are live");
        for key in keys {
            let expected = if live.iter().any(|session| session.id == key.id) {
                None
            } else {
                Some(EndReason::SessionLimit)
            };
            assert_eq!(stage.end_reason(key).await, expected);
        }
    }
}

/// Two openings, each of which replaces the oldest session of the other one's user, while the
/// limit would end its own: both open, and neither waits for the other for ever.
pub async fn openings_that_end_each_others_sessions_both_open<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES / 2 {
        let (one, other) = (person(2 * round), person(2 * round + 1));
        let [ones, others, new, also_new] = [0, 1, 2, 3].map(|place| key(4 * round + place));
        assert!(stage.open(opening(&one, ones), NOW).await.is_opened());
        assert!(stage.open(opening(&other, others), NOW).await.is_opened());
        let open = Opening { limit: 1, replaces: Some(others), ..opening(&one, new) };
        let also_open = Opening { limit: 1, replaces: Some(ones), ..opening(&other, also_new) };
        let outcomes =
            both_at_once(u32::from(round), stage.open(open, at(1)), stage.open(also_open, at(1))).await;
        assert!(outcomes.0.is_opened() && outcomes.1.is_opened());
        for (someone, new) in [(&one, new), (&other, also_new)] {
            let live = stage.live_sessions(someone.id, at(1)).await;
            assert_eq!(live.iter().map(|session| session.id).collect::<Vec<_>>(), [new.id]);
        }
    }
}

/// An opening against the deletion of its user: no session is left behind, also for another who
/// gets the same id later.
pub async fn an_opening_never_outlives_a_deletion<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    stage.someone(RACES).await;
    for round in 0..RACES {
        let someone = person(round);
        let open = stage.open(opening(&someone, key(round)), at(1));
        let delete = stage.delete(someone.id);
        let (_, deleted) = both_at_once(u32::from(round), open, delete).await;
        assert_eq!(deleted, Deletion::Deleted);
        assert!(stage.find(key(round).id).await.is_none(), "the session is gone");
        assert_eq!(stage.create(vec![account(round)]).await, [Creation::Created]);
        assert_eq!(stage.live_sessions(someone.id, at(1)).await, [], "and does not come back");
    }
}

/// Ends of one session at once, by its id and with all others, have one winner,
/// whose reason stays.
pub async fn ends_of_any_kind_have_one_winner<H: Managed>(harness: H) {
    let stage = crowded(harness).await;
    for round in 0..RACES {
        let someone = person(round);
        let key = stage.session(&someone, round).await;
        let by_id = stage.end_one(someone.id, key.id, EndReason::Revoked, at(1));
        let with_all = stage.end_all(someone.id, None, EndReason::RevokedByAdmin, at(1));
        let (one, all) = both_at_once(u32::from(round), by_id, with_all).await;
        let why = match (one, all) {
            (true, 0) => EndReason::Revoked,
            (false, 1) => EndReason::RevokedByAdmin,
            _ => panic!("one of the two ends it: {one}, {all}"),
        };
        assert_over(&stage, &someone, key, why).await;
    }
}
