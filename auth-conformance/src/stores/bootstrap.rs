//! `any_user` and `create_first_admin`: the first user, and no second one that way.

use auth_core::store::FirstAdmin;
use auth_core::{EndReason, NewUser};

use crate::harness::Harness;
use crate::race::all_at_once;
use crate::stage::{NOW, Stage, person, user};

/// A fresh store has no user.
pub async fn an_empty_store_has_no_user<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    assert!(!stage.any_user().await);
}

/// The first admin is created exactly as given, enabled and with the password's hash.
pub async fn the_first_admin_is_created_as_given<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    assert!(stage.any_user().await);
    let found = stage.credentials(admin.email.clone()).await.expect("the admin is there");
    assert_eq!(found.user, user(&admin));
    assert!(found.password.expect("the admin has a password").same_as(&admin.password));
}

/// Once there is a user, another is refused and leaves no trace; the first stays as they are.
pub async fn a_second_admin_is_refused_and_leaves_no_trace<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let second = person(2);
    assert_eq!(stage.create_first_admin(second.clone()).await, FirstAdmin::UsersExist);
    assert!(stage.credentials(second.email).await.is_none());
    let found = stage.credentials(admin.email.clone()).await.expect("the first admin is still there");
    assert_eq!(found.user, user(&admin));
}

/// The same address again is refused like any other, not an error, and replaces nothing.
pub async fn the_same_admin_again_is_refused_and_replaces_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let again = NewUser { id: person(2).id, password: person(2).password, ..admin.clone() };
    assert_eq!(stage.create_first_admin(again).await, FirstAdmin::UsersExist);
    assert_eq!(stage.create_first_admin(admin.clone()).await, FirstAdmin::UsersExist);
    let found = stage.credentials(admin.email.clone()).await.expect("the admin is still there");
    assert_eq!(found.user.id, admin.id);
    assert!(found.password.expect("the admin has a password").same_as(&admin.password));
}

/// A disabled user counts as a user, also as the only one.
pub async fn a_disabled_user_keeps_bootstrap_shut<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    stage.put_out_of_use(&admin, NOW).await;
    assert!(stage.any_user().await);
    assert_eq!(stage.create_first_admin(person(2)).await, FirstAdmin::UsersExist);
    assert!(stage.credentials(person(2).email).await.is_none());
}

/// A user who has no password and is no admin counts as well.
pub async fn a_user_of_any_kind_keeps_bootstrap_shut<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let mut plain = user(&person(7));
    plain.role = auth_core::Role::USER;
    stage.put(&plain, None).await;
    assert!(stage.any_user().await);
    assert_eq!(stage.create_first_admin(person(2)).await, FirstAdmin::UsersExist);
    assert!(stage.credentials(person(2).email).await.is_none());
}

/// Of fifty bootstraps at once, each with another address, exactly one creates its user.
pub async fn fifty_bootstraps_have_one_winner<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let contenders: Vec<_> = (0..50).map(person).collect();
    // A store that opens its connections when they are first needed would start the race with one.
    all_at_once(contenders.iter().map(|_| stage.any_user())).await;
    let outcomes = all_at_once(contenders.iter().map(|new| stage.create_first_admin(new.clone()))).await;
    let winners = outcomes.iter().filter(|outcome| **outcome == FirstAdmin::Created).count();
    assert_eq!(winners, 1, "fifty bootstraps create one admin");
    let mut kept = Vec::new();
    for new in contenders {
        kept.extend(stage.credentials(new.email).await);
    }
    assert_eq!(kept.len(), 1, "and one admin is kept");
}

/// Of fifty bootstraps at once for one address, exactly one creates the user, and nobody gets an
/// error from the unique address instead of an answer.
pub async fn fifty_bootstraps_of_one_address_have_one_winner<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let same = |number| NewUser { email: person(1).email, ..person(number) };
    let outcomes = all_at_once((0..50).map(|number| stage.create_first_admin(same(number)))).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == FirstAdmin::Created).count(), 1);
    let kept = stage.credentials(person(1).email).await.expect("one of them is kept");
    let password = kept.password.expect("with a password");
    let key = stage.session(&NewUser { id: kept.user.id, password, ..person(1) }, 1).await;
    stage.end(key, EndReason::Logout, NOW).await.expect("the winner can log in and out");
}
