//! `delete`: an account and its sessions are gone, unless it is the last enabled admin's.

use auth_core::store::{Creation, Deletion, Opened};
use auth_core::{EndReason, Role, User};

use crate::harness::Managed;
use crate::stage::{NOW, Stage, account, advance, at, key, opening, person, plain_user, user};

/// A deletion takes the user and their sessions, live or dead, and nobody else's.
pub async fn a_deletion_takes_the_user_and_their_sessions<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let theirs = [stage.session(&other, 1).await, stage.session(&other, 2).await];
    let hers = stage.session(&admin, 3).await;
    stage.end(theirs[1], EndReason::Logout, at(1)).await.expect("the session ends");
    assert_eq!(stage.delete(other.id).await, Deletion::Deleted);
    assert!(stage.account(other.id).await.is_none());
    assert!(stage.credentials(other.email.clone()).await.is_none());
    for key in theirs {
        assert!(stage.find(key.id).await.is_none());
        assert!(stage.rotate(advance(key, 0), at(2)).await.is_none());
        assert_eq!(stage.end(key, EndReason::Logout, at(2)).await, None);
        assert!(stage.end_reason(key).await.is_none());
    }
    assert_eq!(stage.live_sessions(other.id, at(2)).await, []);
    assert_eq!(stage.open(opening(&other, key(4)), at(2)).await, Opened::Stale);
    stage.assert_not_ended(hers).await;
    assert_eq!(stage.account(admin.id).await.expect("the admin is there").user, user(&admin));
}

/// The address, the id and the session ids of a deleted account are free again, and none of its
/// sessions comes back.
pub async fn what_a_deleted_account_had_is_free_again<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    stage.session(&other, 1).await;
    assert_eq!(stage.delete(other.id).await, Deletion::Deleted);
    assert_eq!(stage.create(vec![account(2)]).await, [Creation::Created]);
    assert_eq!(stage.live_sessions(other.id, NOW).await, []);
    stage.session(&other, 1).await;
    assert_eq!(stage.live_sessions(other.id, NOW).await.len(), 1);
}

/// A deletion says whether there is such a user, and for nobody it changes nothing.
pub async fn a_deletion_of_nobody_changes_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&other, 1).await;
    assert_eq!(stage.delete(person(9).id).await, Deletion::Unknown);
    assert_eq!(stage.delete(other.id).await, Deletion::Deleted);
    assert_eq!(stage.delete(other.id).await, Deletion::Unknown);
    assert!(stage.find(key.id).await.is_none());
    assert!(stage.account(admin.id).await.is_some());
}

/// The last enabled admin cannot be deleted; they and their sessions stay as they are.
pub async fn the_last_admin_is_not_deleted<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    stage.put(&plain_user(2), None).await;
    let key = stage.session(&admin, 1).await;
    assert_eq!(stage.delete(admin.id).await, Deletion::LastAdmin);
    assert_eq!(stage.account(admin.id).await.expect("the admin is there").user, user(&admin));
    stage.assert_not_ended(key).await;
}

/// An admin beside another enabled one can be deleted, and then the other one is the last.
pub async fn an_admin_beside_another_is_deleted<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    assert_eq!(stage.delete(admin.id).await, Deletion::Deleted);
    assert_eq!(stage.delete(other.id).await, Deletion::LastAdmin);
}

/// A disabled admin is no other admin: they can be deleted, and the enabled one beside them cannot.
pub async fn a_disabled_admin_does_not_make_a_deletion_good<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    stage.put_out_of_use(&other, at(1)).await;
    assert_eq!(stage.delete(admin.id).await, Deletion::LastAdmin);
    assert_eq!(stage.delete(other.id).await, Deletion::Deleted);
    assert_eq!(stage.delete(admin.id).await, Deletion::LastAdmin);
}

/// Where there is no enabled admin, there is none to keep: anyone can be deleted.
pub async fn without_an_admin_anyone_is_deleted<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let disabled = User { disabled_at: Some(at(1)), ..user(&person(1)) };
    let support = User { role: Role::from_static("SUPPORT"), ..user(&person(3)) };
    for someone in [disabled, plain_user(2), support] {
        stage.put(&someone, None).await;
        assert_eq!(stage.delete(someone.id).await, Deletion::Deleted);
    }
    assert!(!stage.any_user().await);
}
