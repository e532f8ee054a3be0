//! `disable`: an account out of use.

use auth_core::EndReason;

use crate::harness::Harness;
use crate::stage::{Stage, at, person, user};

/// Disabling keeps the date, the password and the name, and shows in credentials and sessions.
pub async fn a_disabled_account_says_since_when<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    assert!(stage.disable(admin.id, at(5)).await);
    let mut expected = user(&admin);
    expected.disabled_at = Some(at(5));
    let found = stage.credentials(admin.email.clone()).await.expect("the account is still there");
    assert_eq!(found.user, expected);
    assert!(found.password.expect("the password is still there").same_as(&admin.password));
    assert_eq!(stage.find(key.id).await.expect("the session is there").user, expected);
}

/// Disabling ends all live sessions of that user and no other's, and disables nobody else.
pub async fn disabling_ends_the_users_sessions_and_no_others<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let hers = [stage.session(&admin, 1).await, stage.session(&admin, 2).await];
    let his = stage.session(&other, 3).await;
    assert!(stage.disable(admin.id, at(5)).await);
    for key in hers {
        stage.assert_ended(key, EndReason::Disabled, at(5)).await;
    }
    stage.assert_not_ended(his).await;
    let found = stage.credentials(other.email.clone()).await.expect("the other is still there");
    assert_eq!(found.user, user(&other));
}

/// Disabled again, an account keeps its first date, and its sessions their first end.
pub async fn an_account_disabled_again_keeps_its_first_date<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (out, key) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    assert_eq!(stage.end(out, EndReason::Logout, at(1)).await, Some(admin.id));
    assert!(stage.disable(admin.id, at(5)).await);
    assert!(stage.disable(admin.id, at(9)).await);
    let found = stage.credentials(admin.email.clone()).await.expect("the account is still there");
    assert_eq!(found.user.disabled_at, Some(at(5)));
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    stage.assert_ended(key, EndReason::Disabled, at(5)).await;
}

/// Disabling says whether there is such a user, and for nobody it changes nothing.
pub async fn disabling_nobody_changes_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    assert!(!stage.disable(person(9).id, at(5)).await);
    let found = stage.credentials(admin.email.clone()).await.expect("the admin is there");
    assert_eq!(found.user.disabled_at, None);
    stage.assert_not_ended(key).await;
}
