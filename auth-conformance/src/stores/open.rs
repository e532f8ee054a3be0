//! `open`: a session for a hash that was verified a moment ago.

use auth_core::store::{Opened, Opening};
use auth_core::{EndReason, NewUser};

use crate::harness::Harness;
use crate::race::all_at_once;
use crate::stage::{Facts, NOW, Stage, at, hash, key, opening, person, user, with_another_secret};

/// A session opens at generation 0, without a parent, never rotated, and with its user.
pub async fn a_session_opens_at_generation_zero<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let wanted = opening(&other, key(1));
    assert!(stage.open(wanted.clone(), NOW).await.is_opened());
    let found = stage.find(wanted.key.id).await.expect("the session is there");
    assert_eq!(Facts::from(&found.session), Facts::of(&wanted));
    assert_eq!(found.user, user(&other));
    assert!(stage.find(key(2).id).await.is_none(), "no other session is");
    stage.session(&admin, 2).await;
    assert_eq!(stage.row(key(1)).await, Facts::of(&wanted), "sessions stand side by side");
}

/// A session does not open with a hash that is no longer the user's.
pub async fn a_stale_hash_opens_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    stage.put_hash(&admin, &hash("second")).await;
    assert_eq!(stage.open(opening(&admin, key(1)), NOW).await, Opened::Stale);
    let with_his = Opening { verified: other.password, ..opening(&admin, key(2)) };
    assert_eq!(stage.open(with_his, NOW).await, Opened::Stale);
    assert!(stage.find(key(1).id).await.is_none());
    assert!(stage.find(key(2).id).await.is_none());
}

/// A session does not open for a disabled user, though the hash is theirs.
pub async fn a_disabled_user_opens_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    stage.put_out_of_use(&admin, NOW).await;
    assert_eq!(stage.open(opening(&admin, key(1)), NOW).await, Opened::Stale);
    assert!(stage.find(key(1).id).await.is_none());
}

/// A session does not open for nobody, nor for a user without a password.
pub async fn an_unknown_user_opens_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let plain = person(3);
    stage.put(&user(&plain), None).await;
    let nobody = NewUser { password: admin.password, ..person(9) };
    assert_eq!(stage.open(opening(&nobody, key(1)), NOW).await, Opened::Stale);
    assert_eq!(stage.open(opening(&plain, key(2)), NOW).await, Opened::Stale);
    assert!(stage.find(key(1).id).await.is_none());
    assert!(stage.find(key(2).id).await.is_none());
}

/// A session that opens ends the one it replaces, also another user's in the same browser, and
/// only that one.
pub async fn an_opening_ends_the_session_it_replaces<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (old, beside) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    let replacing = Opening { replaces: Some(old), ..opening(&other, key(3)) };
    assert!(stage.open(replacing, at(5)).await.is_opened());
    stage.assert_ended(old, EndReason::Replaced, at(5)).await;
    stage.assert_not_ended(beside).await;
    stage.assert_not_ended(key(3)).await;
}

/// An opening that is refused leaves the session it would have replaced alone.
pub async fn a_refused_opening_replaces_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let old = stage.session(&admin, 1).await;
    let refused = Opening { verified: hash("other"), replaces: Some(old), ..opening(&admin, key(2)) };
    assert_eq!(stage.open(refused, at(5)).await, Opened::Stale);
    stage.assert_not_ended(old).await;
}

/// An opening replaces no session whose secret differs, and opens all the same; so it does where
/// the session to be replaced is unknown.
pub async fn an_opening_replaces_only_with_the_right_secret<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let old = stage.session(&admin, 1).await;
    let forged = Opening { replaces: Some(with_another_secret(old)), ..opening(&admin, key(2)) };
    assert!(stage.open(forged, at(5)).await.is_opened());
    let unknown = Opening { replaces: Some(key(9)), ..opening(&admin, key(3)) };
    assert!(stage.open(unknown, at(5)).await.is_opened());
    for key in [old, key(2), key(3)] {
        stage.assert_not_ended(key).await;
    }
}

/// A session to be replaced that has ended before keeps its first end.
pub async fn an_opening_leaves_an_earlier_end_as_it_was<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let old = stage.session(&admin, 1).await;
    assert_eq!(stage.end(old, EndReason::Logout, at(1)).await, Some(admin.id));
    let replacing = Opening { replaces: Some(old), ..opening(&admin, key(2)) };
    assert!(stage.open(replacing, at(5)).await.is_opened());
    stage.assert_ended(old, EndReason::Logout, at(1)).await;
}

/// Several logins at once that replace one session all open, and it has ended.
pub async fn openings_at_once_may_replace_one_session<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let old = stage.session(&admin, 1).await;
    let outcomes =
        all_at_once((2..10).map(|number| {
            stage.open(Opening { replaces: Some(old), ..opening(&admin, key(number)) }, at(5))
        }));
    assert!(outcomes.await.iter().all(Opened::is_opened));
    stage.assert_ended(old, EndReason::Replaced, at(5)).await;
    for number in 2..10 {
        stage.assert_not_ended(key(number)).await;
    }
}
