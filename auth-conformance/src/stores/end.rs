//! `end` and `find`: a session that is over, and that still can be read.

use auth_core::EndReason;

use crate::harness::Harness;
use crate::stage::{Facts, Stage, advance, at, key, opening, user, with_another_secret};

/// An end sets the time and the reason, changes nothing else of the row and no other row, and
/// says whose session it was.
pub async fn an_end_sets_its_time_and_nothing_else<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (key, beside, his) =
        (stage.session(&admin, 1).await, stage.session(&admin, 2).await, stage.session(&other, 3).await);
    stage.rotate(advance(key, 0), at(1)).await.expect("the step is made");
    let before = stage.row(key).await;
    assert_eq!(stage.end(key, EndReason::Reuse, at(5)).await, Some(admin.id));
    assert_eq!(stage.row(key).await, Facts { ended_at: Some(at(5)), ..before });
    assert_eq!(stage.end_reason(key).await, Some(EndReason::Reuse));
    stage.assert_not_ended(beside).await;
    stage.assert_not_ended(his).await;
}

/// Each reason is kept as it was given.
pub async fn every_reason_is_kept<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for (number, why) in (1..).zip(EndReason::ALL.iter().copied()) {
        let key = stage.session(&admin, number).await;
        assert_eq!(stage.end(key, why, at(5)).await, Some(admin.id));
        stage.assert_ended(key, why, at(5)).await;
    }
}

/// Ended again, a session keeps its first end, and the second caller is told that it was not them.
pub async fn a_second_end_changes_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    assert_eq!(stage.end(key, EndReason::Logout, at(5)).await, Some(admin.id));
    assert_eq!(stage.end(key, EndReason::Reuse, at(6)).await, None);
    assert_eq!(stage.end(key, EndReason::Reuse, at(4)).await, None);
    stage.assert_ended(key, EndReason::Logout, at(5)).await;
}

/// A secret that is not the session's ends nothing; nor does an unknown session.
pub async fn a_wrong_secret_ends_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let known = stage.session(&admin, 1).await;
    assert_eq!(stage.end(with_another_secret(known), EndReason::Logout, at(5)).await, None);
    assert_eq!(stage.end(key(9), EndReason::Logout, at(5)).await, None);
    stage.assert_not_ended(known).await;
    assert!(stage.find(key(9).id).await.is_none());
}

/// A session is found with its user by its id alone: live, ended, or of a disabled user; the
/// store does not judge.
pub async fn a_dead_session_is_found_like_a_live_one<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (out, his) = (stage.session(&admin, 1).await, stage.session(&other, 2).await);
    stage.end(out, EndReason::Logout, at(1)).await.expect("the session ends");
    stage.put_out_of_use(&other, at(2)).await;
    let found = stage.find(out.id).await.expect("an ended session is found");
    let ended = Facts { ended_at: Some(at(1)), ..Facts::of(&opening(&admin, out)) };
    assert_eq!((Facts::from(&found.session), found.user), (ended, user(&admin)));
    let found = stage.find(his.id).await.expect("a disabled user's session is found");
    assert_eq!(found.user.disabled_at, Some(at(2)));
    assert!(stage.find(key(9).id).await.is_none(), "an unknown one is not");
}

/// A session shows its user as they are now.
pub async fn a_session_shows_its_user_as_they_are_now<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    let mut demoted = user(&admin);
    demoted.role = auth_core::Role::USER;
    stage.put(&demoted, Some(&admin.password)).await;
    assert_eq!(stage.find(key.id).await.expect("the session is there").user, demoted);
}
