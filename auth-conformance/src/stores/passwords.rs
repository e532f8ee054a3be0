//! `credentials` and `rehash`.

use auth_core::{Email, NewUser, PasswordHash, User};

use crate::harness::Harness;
use crate::race::{ROUNDS, all_at_once};
use crate::stage::{Stage, at, hash, person, user};

async fn password_of<H: Harness>(stage: &Stage<H>, user: &NewUser) -> PasswordHash {
    let found = stage.credentials(user.email.clone()).await.expect("the user is there");
    found.password.expect("the user has a password")
}

/// Credentials are found by the address in its normalised form, whatever its case was.
pub async fn credentials_are_found_by_the_normalised_address<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    stage.admin().await;
    let other = stage.someone(2).await;
    let shouted =
        Email::parse(&format!(" {} ", other.email.as_str().to_uppercase())).expect("a good address");
    let found = stage.credentials(shouted).await.expect("the user is found");
    assert_eq!(found.user, user(&other));
    assert!(found.password.expect("the user has a password").same_as(&other.password));
}

/// An unknown address has no credentials, not even where it looks like a pattern for a known one.
pub async fn an_unknown_address_has_no_credentials<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    stage.admin().await;
    for unknown in [
        "nobody@example.com",
        "person_1@example.com",
        "%@example.com",
        "*@example.com",
        "person-1@example.co",
    ] {
        let email = Email::parse(unknown).expect("a good address");
        assert!(stage.credentials(email).await.is_none(), "{unknown}");
    }
}

/// A user without a password is found, without one.
pub async fn a_user_without_a_password_has_credentials_without_one<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let plain = user(&person(3));
    stage.put(&plain, None).await;
    let found = stage.credentials(plain.email.clone()).await.expect("the user is found");
    assert_eq!(found.user, plain);
    assert!(found.password.is_none());
}

/// A disabled account is found, says since when, and keeps its password.
pub async fn a_disabled_account_says_since_when<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    stage.put_out_of_use(&admin, at(5)).await;
    let expected = User { disabled_at: Some(at(5)), ..user(&admin) };
    let found = stage.credentials(admin.email.clone()).await.expect("the account is still there");
    assert_eq!(found.user, expected);
    assert!(found.password.expect("the password is still there").same_as(&admin.password));
    assert_eq!(stage.find(key.id).await.expect("the session is there").user, expected);
}

/// A rehash replaces the hash it names, of that user alone, and sessions go on.
pub async fn a_rehash_replaces_the_hash_and_sessions_go_on<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let key = stage.session(&admin, 1).await;
    assert!(stage.rehash(admin.id, admin.password.clone(), hash("risen")).await);
    assert!(password_of(&stage, &admin).await.same_as(&hash("risen")));
    assert!(password_of(&stage, &other).await.same_as(&other.password));
    stage.assert_not_ended(key).await;
}

/// A rehash that names a hash which is no longer the user's is refused and changes nothing.
pub async fn a_stale_rehash_changes_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    stage.put_hash(&admin, &hash("second")).await;
    assert!(!stage.rehash(admin.id, admin.password.clone(), hash("revived")).await);
    assert!(password_of(&stage, &admin).await.same_as(&hash("second")));
}

/// A rehash for nobody, for somebody without a password, or with somebody else's hash, is refused.
pub async fn a_rehash_needs_the_user_and_their_own_hash<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let plain = user(&person(3));
    stage.put(&plain, None).await;
    assert!(!stage.rehash(person(9).id, admin.password.clone(), hash("x")).await);
    assert!(!stage.rehash(plain.id, admin.password.clone(), hash("x")).await);
    assert!(!stage.rehash(other.id, admin.password.clone(), hash("x")).await);
    assert!(stage.credentials(plain.email).await.expect("the user is there").password.is_none());
    assert!(password_of(&stage, &admin).await.same_as(&admin.password));
    assert!(password_of(&stage, &other).await.same_as(&other.password));
}

/// Of several rehashes of one hash at once, one wins, and its hash is kept.
pub async fn racing_rehashes_have_one_winner<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    for round in 1..=ROUNDS / 4 {
        let someone = stage.someone(u16::try_from(round).expect("few rounds")).await;
        let outcomes = all_at_once((0..8).map(|number| {
            let new = hash(&format!("risen-{number}"));
            let rehash = stage.rehash(someone.id, someone.password.clone(), new.clone());
            async move { rehash.await.then_some(new) }
        }));
        let winners: Vec<_> = outcomes.await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "one rehash wins");
        assert!(password_of(&stage, &someone).await.same_as(&winners[0]));
    }
}
