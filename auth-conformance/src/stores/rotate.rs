//! `rotate`: a comparison and an exchange, one step of a session's refresh token.

use auth_core::store::{Opening, Rotation};
use auth_core::{EndReason, Role, Timestamp};

use crate::harness::Harness;
use crate::stage::{
    Facts, NOW, Stage, advance, at, just_after, just_before, key, opening, user, with_another_secret,
};

/// Insists that the store refuses the rotation and that the row stays as it is.
async fn assert_refused<H: Harness>(stage: &Stage<H>, rotation: Rotation, now: Timestamp, why: &str) {
    let before = stage.row(rotation.key).await;
    assert!(stage.rotate(rotation, now).await.is_none(), "{why}");
    assert_eq!(stage.row(rotation.key).await, before, "{why}");
}

/// A rotation makes exactly the step it describes, and returns the row after it.
pub async fn a_rotation_makes_exactly_its_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let beside = stage.session(&other, 2).await;
    let start = opening(&admin, key(1));
    assert!(stage.open(start.clone(), NOW).await.is_opened());
    for generation in 0..3_u32 {
        let now = at(60 * (1 + i64::from(generation)));
        let step =
            Rotation { expires_at: at(9_000 + i64::from(generation)), ..advance(start.key, generation) };
        let made = stage.rotate(step, now).await.expect("the step is made");
        let mut expected = Facts::of(&start);
        expected.generation = generation + 1;
        expected.parent = Some(generation);
        expected.rotated_at = Some(now);
        expected.expires_at = step.expires_at;
        assert_eq!(Facts::from(&made.session), expected, "what is returned is the row after the step");
        assert_eq!(stage.row(start.key).await, expected, "and that is what was kept");
    }
    assert_eq!(stage.row(beside).await, Facts::of(&opening(&other, beside)), "no other session moves");
}

/// A rotation returns the user as they are now, a new role and a new name included.
pub async fn a_rotation_returns_the_user_as_they_are_now<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let other = stage.someone(2).await;
    let key = stage.session(&other, 1).await;
    let made = stage.rotate(advance(key, 0), at(1)).await.expect("the step is made");
    assert_eq!(made.user, user(&other));
    let mut demoted = user(&other);
    demoted.role = Role::USER;
    demoted.name = admin.name;
    stage.put(&demoted, Some(&other.password)).await;
    let made = stage.rotate(advance(key, 1), at(2)).await.expect("the step is made");
    assert_eq!(made.user, demoted);
}

/// A rotation may keep another parent than the generation it comes from: the step past a token
/// that was never used.
pub async fn the_parent_is_kept_as_given<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    stage.rotate(advance(key, 0), at(1)).await.expect("the first step is made");
    let past = Rotation { parent: 0, ..advance(key, 1) };
    let made = stage.rotate(past, at(2)).await.expect("the step past is made");
    assert_eq!((made.session.generation, made.session.parent), (2, Some(0)));
    let row = stage.row(key).await;
    assert_eq!((row.generation, row.parent), (2, Some(0)));
    let largest = Rotation { parent: u32::MAX, ..advance(key, 2) };
    stage.rotate(largest, at(3)).await.expect("any parent can be kept");
    assert_eq!(stage.row(key).await.parent, Some(u32::MAX));
}

/// The sliding end never goes past the absolute one.
pub async fn the_sliding_end_stops_at_the_absolute_one<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let ends_at = stage.row(key).await.ends_at;
    let far = Rotation { expires_at: just_after(ends_at), ..advance(key, 0) };
    let made = stage.rotate(far, at(1)).await.expect("the step is made");
    assert_eq!((made.session.expires_at, made.session.ends_at), (ends_at, ends_at));
    assert_eq!(stage.row(key).await.expires_at, ends_at);
    let near = Rotation { expires_at: just_before(ends_at), ..advance(key, 1) };
    let made = stage.rotate(near, at(2)).await.expect("the step is made");
    assert_eq!(made.session.expires_at, just_before(ends_at), "it may come back before it");
    let farthest = Rotation { expires_at: Timestamp::MAX, ..advance(key, 2) };
    let made = stage.rotate(farthest, at(3)).await.expect("the step is made");
    assert_eq!(made.session.expires_at, ends_at);
}

/// A secret that is not the session's makes no step.
pub async fn a_wrong_secret_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let before = stage.row(key).await;
    let forged = advance(with_another_secret(key), 0);
    assert!(stage.rotate(forged, at(1)).await.is_none());
    assert_eq!(stage.row(key).await, before);
}

/// An unknown session makes no step and does not come into being.
pub async fn an_unknown_session_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    stage.admin().await;
    assert!(stage.rotate(advance(key(9), 0), at(1)).await.is_none());
    assert!(stage.find(key(9).id).await.is_none());
}

/// A generation that is not the current one, older or newer, makes no step.
pub async fn another_generation_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    assert_refused(&stage, advance(key, 1), at(1), "a generation to come").await;
    assert_refused(&stage, advance(key, u32::MAX), at(1), "the last generation").await;
    stage.rotate(advance(key, 0), at(1)).await.expect("the step is made");
    stage.rotate(advance(key, 1), at(2)).await.expect("the step is made");
    assert_refused(&stage, advance(key, 0), at(3), "an older generation").await;
    assert_refused(&stage, advance(key, 1), at(3), "the parent").await;
    assert_refused(&stage, advance(key, 3), at(3), "a generation to come").await;
}

/// A session that was rotated after `settled_by` makes no step; at that very time, it does.
pub async fn a_session_that_has_not_settled_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    stage.rotate(advance(key, 0), at(100)).await.expect("the step is made");
    let early = Rotation { settled_by: just_before(at(100)), ..advance(key, 1) };
    assert_refused(&stage, early, at(105), "rotated a millisecond too late").await;
    let settled = Rotation { settled_by: at(100), ..advance(key, 1) };
    let made = stage.rotate(settled, at(110)).await.expect("settled by that very time");
    assert_eq!(made.session.rotated_at, Some(at(110)));
}

/// A session that was never rotated has settled, whatever the time; and by the end of time, every
/// session has.
pub async fn a_session_never_rotated_has_settled<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let earliest = Timestamp::from_millis(i64::MIN);
    let step = Rotation { settled_by: earliest, ..advance(key, 0) };
    stage.rotate(step, at(1)).await.expect("never rotated is settled");
    let step = Rotation { settled_by: earliest, ..advance(key, 1) };
    assert_refused(&stage, step, at(2), "rotated after the beginning of time").await;
    let step = Rotation { settled_by: Timestamp::MAX, ..advance(key, 1) };
    stage.rotate(step, at(2)).await.expect("by the end of time it has settled");
}

/// At its sliding end, and after it, a session makes no step; just before, it does.
pub async fn an_expired_session_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let expires_at = stage.row(key).await.expires_at;
    assert_refused(&stage, advance(key, 0), expires_at, "at its end").await;
    assert_refused(&stage, advance(key, 0), just_after(expires_at), "after its end").await;
    stage.rotate(advance(key, 0), just_before(expires_at)).await.expect("just before its end");
}

/// At its absolute end a session makes no step, though its sliding end lay further ahead.
pub async fn a_session_past_its_absolute_end_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let short = Opening { expires_at: at(500), ends_at: at(400), ..opening(&admin, key(1)) };
    assert!(stage.open(short, NOW).await.is_opened());
    assert_refused(&stage, advance(key(1), 0), at(400), "at its absolute end").await;
    assert_refused(&stage, advance(key(1), 0), at(401), "after its absolute end").await;
    stage.rotate(advance(key(1), 0), just_before(at(400))).await.expect("just before it");
}

/// A session that has ended makes no step, however it ended.
pub async fn an_ended_session_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (out, replaced) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    stage.end(out, EndReason::Logout, at(1)).await.expect("the session ends");
    assert_refused(&stage, advance(out, 0), at(2), "logged out").await;
    let replacing = Opening { replaces: Some(replaced), ..opening(&admin, key(3)) };
    assert!(stage.open(replacing, at(3)).await.is_opened());
    assert_refused(&stage, advance(replaced, 0), at(4), "replaced by another").await;
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    stage.assert_ended(replaced, EndReason::Replaced, at(3)).await;
}

/// A disabled user's session makes no step, even where nothing ended the session itself.
pub async fn a_disabled_users_session_makes_no_step<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let mut disabled = user(&admin);
    disabled.disabled_at = Some(at(1));
    stage.put(&disabled, Some(&admin.password)).await;
    assert_refused(&stage, advance(key, 0), at(2), "the user is disabled").await;
    stage.assert_not_ended(key).await;
}
