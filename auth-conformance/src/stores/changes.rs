//! `change`: what an admin changes of an account, and what becomes of its sessions.

use auth_core::store::{Change, Changed, Opened, Opening};
use auth_core::{AccountState, EndReason, Name, NewUser, PasswordHash, Role, User};

use crate::harness::Managed;
use crate::stage::{
    Stage, advance, at, disabling, enabling, hash, key, opening, person, user, with_password,
};

fn name(text: &str) -> Name {
    Name::parse(text).expect("the name is a good one")
}

/// Insists that the store holds this user, with this hash, wherever it tells of them.
async fn assert_held<H: Managed>(stage: &Stage<H>, expected: &User, password: &PasswordHash) {
    for held in [
        stage.account(expected.id).await.expect("found by id"),
        stage.credentials(expected.email.clone()).await.expect("found by address"),
    ] {
        assert_eq!(held.user, *expected);
        assert!(held.password.expect("with a password").same_as(password));
    }
}

/// Insists that the change was made, ended so many live sessions, and returned the user after it.
async fn assert_changed<H: Managed>(
    stage: &Stage<H>,
    new: &NewUser,
    change: Change,
    expected: &User,
    ended: u64,
) {
    let hash = change.password.clone().unwrap_or_else(|| new.password.clone());
    let changed = stage.change(new.id, change, at(5)).await;
    assert_eq!(changed, Changed::Changed { user: expected.clone(), ended });
    assert_held(stage, expected, &hash).await;
}

/// A name, a role or both can be changed; the rest stays, nobody else changes, and sessions go on
/// with the user as they are now.
pub async fn a_name_and_a_role_change_alone<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&other, 1).await;
    let (zoe, support) = (name("Zoë 🦊"), Role::from_static("SUPPORT"));

    let mut expected = User { name: zoe.clone(), ..user(&other) };
    let change = Change { name: Some(zoe), ..Change::default() };
    assert_changed(&stage, &other, change, &expected, 0).await;

    expected.role = support.clone();
    let change = Change { role: Some(support), ..Change::default() };
    assert_changed(&stage, &other, change, &expected, 0).await;
    let rotated = stage.rotate(advance(key, 0), at(6)).await.expect("the session goes on");
    assert_eq!(rotated.user, expected, "in the new role");

    expected = user(&other);
    let change = Change { name: Some(other.name.clone()), role: Some(Role::ADMIN), ..Change::default() };
    assert_changed(&stage, &other, change, &expected, 0).await;
    stage.assert_not_ended(key).await;
    assert_held(&stage, &user(&admin), &admin.password).await;
}

/// A change that names nothing changes nothing, and returns the user.
pub async fn an_empty_change_changes_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    assert_changed(&stage, &admin, Change::default(), &user(&admin), 0).await;
    stage.assert_not_ended(key).await;
}

/// All can be changed at once; the sessions end because of the disabling.
pub async fn everything_can_change_at_once<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&other, 1).await;
    let change = Change {
        name: Some(name("Other")),
        role: Some(Role::USER),
        state: Some(AccountState::Disabled),
        password: Some(hash("second")),
    };
    let expected = User { name: name("Other"), role: Role::USER, disabled_at: Some(at(5)), ..user(&other) };
    assert_changed(&stage, &other, change, &expected, 1).await;
    stage.assert_ended(key, EndReason::Disabled, at(5)).await;
}

/// A change for nobody is told, and changes nobody.
pub async fn a_change_for_nobody_changes_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    for change in [
        Change::default(),
        disabling(),
        with_password("second"),
        Change { role: Some(Role::USER), ..Change::default() },
    ] {
        assert_eq!(stage.change(person(9).id, change, at(5)).await, Changed::Unknown);
    }
    assert_held(&stage, &user(&admin), &admin.password).await;
    stage.assert_not_ended(key).await;
}

/// Disabling ends all sessions of that user and no other's, and says since when.
pub async fn disabling_ends_the_users_sessions_and_no_others<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let theirs = [stage.session(&other, 1).await, stage.session(&other, 2).await];
    let hers = stage.session(&admin, 3).await;
    let expected = User { disabled_at: Some(at(5)), ..user(&other) };
    assert_changed(&stage, &other, disabling(), &expected, 2).await;
    for key in theirs {
        stage.assert_ended(key, EndReason::Disabled, at(5)).await;
        assert_eq!(stage.find(key.id).await.expect("the session is there").user, expected);
    }
    stage.assert_not_ended(hers).await;
    assert_held(&stage, &user(&admin), &admin.password).await;
    assert_eq!(stage.open(opening(&other, key(4)), at(6)).await, Opened::Stale);
}

/// Disabled again, an account keeps its first date, and its sessions their first end.
pub async fn an_account_disabled_again_keeps_its_first_date<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&other, 1).await;
    let expected = User { disabled_at: Some(at(1)), ..user(&other) };
    let changed = stage.change(other.id, disabling(), at(1)).await;
    assert_eq!(changed, Changed::Changed { user: expected.clone(), ended: 1 });
    assert_changed(&stage, &other, disabling(), &expected, 0).await;
    stage.assert_ended(key, EndReason::Disabled, at(1)).await;
}

/// Disabling ends what is left of the sessions of an account that is disabled already.
pub async fn disabling_the_disabled_ends_what_is_left<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&other, 1).await;
    stage.put_out_of_use(&other, at(1)).await;
    let expected = User { disabled_at: Some(at(1)), ..user(&other) };
    assert_changed(&stage, &other, disabling(), &expected, 1).await;
    stage.assert_ended(key, EndReason::Disabled, at(5)).await;
}

/// Enabled again, an account can log in; the sessions that the disabling ended stay ended.
pub async fn enabling_revives_no_session<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    let old = stage.session(&other, 1).await;
    let changed = stage.change(other.id, disabling(), at(1)).await;
    assert!(matches!(changed, Changed::Changed { ended: 1, .. }), "{changed:?}");
    assert_changed(&stage, &other, enabling(), &user(&other), 0).await;
    stage.assert_ended(old, EndReason::Disabled, at(1)).await;
    assert!(stage.rotate(advance(old, 0), at(6)).await.is_none());
    let new = stage.session(&other, 2).await;
    assert_changed(&stage, &other, enabling(), &user(&other), 0).await;
    stage.assert_not_ended(new).await;
}

/// Another password ends all sessions of that user and no other's, also of an account that is
/// enabled by the same change.
pub async fn another_password_ends_the_users_sessions<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let theirs = [stage.session(&other, 1).await, stage.session(&other, 2).await];
    let hers = stage.session(&admin, 3).await;
    assert_changed(&stage, &other, with_password("second"), &user(&other), 2).await;
    for key in theirs {
        stage.assert_ended(key, EndReason::PasswordReplaced, at(5)).await;
    }
    assert_eq!(stage.open(opening(&other, key(4)), at(6)).await, Opened::Stale);
    let with_new = Opening { verified: hash("second"), ..opening(&other, key(5)) };
    assert!(stage.open(with_new, at(6)).await.is_opened());
    stage.put(&User { disabled_at: Some(at(7)), ..user(&other) }, Some(&hash("second"))).await;
    let change = Change { state: Some(AccountState::Enabled), ..with_password("third") };
    assert_changed(&stage, &other, change, &user(&other), 1).await;
    stage.assert_ended(key(5), EndReason::PasswordReplaced, at(5)).await;
    stage.assert_not_ended(hers).await;
    assert_held(&stage, &user(&admin), &admin.password).await;
}

/// A user without a password can be given one.
pub async fn a_user_without_a_password_can_be_given_one<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let plain = person(3);
    stage.put(&user(&plain), None).await;
    assert_changed(&stage, &plain, with_password("first"), &user(&plain), 0).await;
    let with_new = Opening { verified: hash("first"), ..opening(&plain, key(1)) };
    assert!(stage.open(with_new, at(6)).await.is_opened());
}

/// A change that ends sessions ends the expired as well and counts the live; what had ended
/// before keeps its end.
pub async fn a_change_counts_the_live_only<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    for (round, change, why) in
        [(0, with_password("second"), EndReason::PasswordReplaced), (1, disabling(), EndReason::Disabled)]
    {
        let [out, expired, over, live] = [1, 2, 3, 4].map(|number| key(10 * round + number));
        stage.session(&other, 10 * round + 1).await;
        assert_eq!(stage.end(out, EndReason::Logout, at(1)).await, Some(other.id));
        let short = Opening { expires_at: at(5), ..opening(&other, expired) };
        assert!(stage.open(short, at(2)).await.is_opened());
        let short = Opening { ends_at: at(5), ..opening(&other, over) };
        assert!(stage.open(short, at(2)).await.is_opened());
        stage.session(&other, 10 * round + 4).await;
        let changed = stage.change(other.id, change, at(5)).await;
        assert!(matches!(changed, Changed::Changed { ended: 1, .. }), "one of four was live: {changed:?}");
        stage.assert_ended(out, EndReason::Logout, at(1)).await;
        for key in [expired, over, live] {
            stage.assert_ended(key, why, at(5)).await;
        }
        stage.put_hash(&other, &other.password).await;
    }
}
