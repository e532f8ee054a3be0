//! `change` where it would take the last enabled admin away.

use auth_core::store::{Change, Changed};
use auth_core::{AccountState, Name, NewUser, Role, User};

use crate::harness::Managed;
use crate::stage::{Stage, at, demoting, disabling, enabling, hash, person, plain_user, user, with_password};

/// Insists that the change is refused, and that it left everything as it was.
async fn assert_refused<H: Managed>(stage: &Stage<H>, admin: &NewUser, change: Change) {
    let shown = format!("{change:?}");
    assert_eq!(stage.change(admin.id, change, at(5)).await, Changed::LastAdmin, "{shown}");
    let held = stage.account(admin.id).await.expect("the admin is there");
    assert_eq!(held.user, user(admin), "{shown}");
    assert!(held.password.expect("with a password").same_as(&admin.password), "{shown}");
}

async fn assert_made<H: Managed>(stage: &Stage<H>, admin: &NewUser, change: Change) {
    let shown = format!("{change:?}");
    let changed = stage.change(admin.id, change, at(5)).await;
    assert!(matches!(changed, Changed::Changed { .. }), "{shown}: {changed:?}");
}

/// The last enabled admin is not demoted or disabled, and nothing else of such a change is made:
/// not the name, not the password, and no session ends.
pub async fn the_last_admin_is_not_demoted_or_disabled<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    stage.put(&plain_user(2), None).await;
    let key = stage.session(&admin, 1).await;
    let name = Some(Name::parse("Other").expect("a good name"));
    for change in [
        demoting(),
        disabling(),
        Change { role: Some(Role::from_static("SUPPORT")), ..Change::default() },
        Change { state: Some(AccountState::Enabled), ..demoting() },
        Change { role: Some(Role::ADMIN), ..disabling() },
        Change { state: Some(AccountState::Disabled), ..demoting() },
        Change { name: name.clone(), password: Some(hash("second")), ..demoting() },
        Change { name, password: Some(hash("second")), ..disabling() },
    ] {
        assert_refused(&stage, &admin, change).await;
        stage.assert_not_ended(key).await;
    }
}

/// The last enabled admin can be given another name or password, and be told to stay what they are.
pub async fn the_last_admin_can_be_changed_otherwise<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let name = Name::parse("Other").expect("a good name");
    let stay = Change { role: Some(Role::ADMIN), state: Some(AccountState::Enabled), ..Change::default() };
    assert_made(&stage, &admin, stay).await;
    assert_made(&stage, &admin, enabling()).await;
    assert_made(&stage, &admin, Change { name: Some(name.clone()), ..with_password("second") }).await;
    let held = stage.account(admin.id).await.expect("the admin is there");
    assert_eq!(held.user, User { name, ..user(&admin) });
}

/// Beside another enabled admin, an admin can be demoted or disabled, and then the other one is
/// the last.
pub async fn an_admin_beside_another_can_go<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    for change in [demoting(), disabling()] {
        let (admin, other) = (stage.someone(1).await, stage.someone(2).await);
        assert_made(&stage, &admin, change).await;
        assert_refused(&stage, &other, demoting()).await;
        assert_refused(&stage, &other, disabling()).await;
    }
}

/// A disabled admin is no other admin, and neither is someone in another role.
pub async fn a_disabled_admin_is_no_admin<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    stage.put(&plain_user(3), None).await;
    stage.put_out_of_use(&other, at(1)).await;
    assert_refused(&stage, &admin, demoting()).await;
    assert_refused(&stage, &admin, disabling()).await;
    assert_made(&stage, &other, disabling()).await;
    assert_made(&stage, &other, demoting()).await;
    assert_made(&stage, &other, enabling()).await;
    assert_refused(&stage, &admin, demoting()).await;
    assert_made(&stage, &other, Change { role: Some(Role::ADMIN), ..Change::default() }).await;
    assert_made(&stage, &admin, demoting()).await;
    assert_refused(&stage, &other, disabling()).await;
}

/// Where there is no enabled admin, there is none to keep: anyone can be changed.
pub async fn without_an_admin_anyone_can_be_changed<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (support, disabled) = (person(1), person(2));
    stage.put(&User { role: Role::from_static("SUPPORT"), ..user(&support) }, None).await;
    stage.put(&User { disabled_at: Some(at(1)), ..user(&disabled) }, None).await;
    assert_made(&stage, &support, demoting()).await;
    assert_made(&stage, &support, disabling()).await;
    assert_made(&stage, &disabled, demoting()).await;
    assert_made(&stage, &disabled, enabling()).await;
}
