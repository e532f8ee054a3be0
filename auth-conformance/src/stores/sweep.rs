//! `sweep`: deleting sessions whose longest lifetime is over.

use auth_core::store::{Opening, SessionKey};
use auth_core::{EndReason, NewUser, Timestamp};

use crate::harness::Harness;
use crate::race::all_at_once;
use crate::stage::{NOW, Stage, advance, at, just_after, just_before, key, opening};

async fn session_until<H: Harness>(
    stage: &Stage<H>,
    user: &NewUser,
    number: u16,
    ends_at: Timestamp,
) -> SessionKey {
    let opening = Opening { expires_at: ends_at, ends_at, ..opening(user, key(number)) };
    assert!(stage.open(opening, NOW).await.is_opened());
    key(number)
}

/// A sweep deletes sessions whose absolute end is at that time or earlier, and leaves later ones.
pub async fn a_sweep_deletes_up_to_its_time<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let early = session_until(&stage, &admin, 1, just_before(at(100))).await;
    let exact = session_until(&stage, &admin, 2, at(100)).await;
    let late = session_until(&stage, &admin, 3, just_after(at(100))).await;
    assert_eq!(stage.sweep(at(100), 1_000).await, 2);
    assert!(stage.find(early.id).await.is_none());
    assert!(stage.find(exact.id).await.is_none());
    stage.assert_not_ended(late).await;
    assert_eq!(stage.sweep(at(100), 1_000).await, 0, "what is deleted is not counted again");
}

/// A sweep goes by the absolute end alone: a session that was ended or has expired stays until
/// then, so that its old tokens are still known.
pub async fn a_sweep_leaves_the_dead_until_their_absolute_end<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (out, idle) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    stage.end(out, EndReason::Logout, at(1)).await.expect("the session ends");
    let row = stage.row(idle).await;
    assert!(row.expires_at < row.ends_at);
    assert_eq!(stage.sweep(just_before(row.ends_at), 1_000).await, 0);
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    assert_eq!(stage.row(idle).await, row);
    assert_eq!(stage.sweep(row.ends_at, 1_000).await, 2);
}

/// A sweep deletes no more than its limit, says how many, and can be called again for the rest.
pub async fn a_sweep_keeps_to_its_limit<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for number in 1..=7 {
        session_until(&stage, &admin, number, at(i64::from(number))).await;
    }
    assert_eq!(stage.sweep(at(100), 0).await, 0);
    assert_eq!(stage.sweep(at(100), 3).await, 3);
    assert_eq!(stage.sweep(at(100), 3).await, 3);
    assert_eq!(stage.sweep(at(100), u32::MAX).await, 1);
    assert_eq!(stage.sweep(at(100), u32::MAX).await, 0);
}

/// Sweeps at once delete every dead session once, and count no more than there are.
pub async fn sweeps_at_once_delete_each_session_once<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for number in 1..=20 {
        session_until(&stage, &admin, number, at(1)).await;
    }
    let live = stage.session(&admin, 99).await;
    let swept: u64 = all_at_once((0..4).map(|_| stage.sweep(at(100), 1_000))).await.into_iter().sum();
    assert_eq!(swept, 20);
    stage.assert_not_ended(live).await;
}

/// A session that was swept is gone for good: it is not found, makes no step and has no end.
pub async fn a_swept_session_is_gone<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let gone = session_until(&stage, &admin, 1, at(1)).await;
    assert_eq!(stage.sweep(at(1), 1_000).await, 1);
    assert!(stage.rotate(advance(gone, 0), NOW).await.is_none());
    assert_eq!(stage.end(gone, EndReason::Logout, NOW).await, None);
    assert!(stage.find(gone.id).await.is_none());
    assert!(stage.any_user().await, "users are never swept");
}
