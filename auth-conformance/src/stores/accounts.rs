//! `create` and `account`: accounts come into being, one or many at a time.

use auth_core::store::{Creation, FirstAdmin};
use auth_core::{Credentials, Email, Name, NewUser, PasswordHash, Role, Timestamp, User, UserId};

use crate::harness::Managed;
use crate::stage::{NOW, Stage, account, at, person, user};

/// Insists that the store holds the account, found by its id and by its address.
async fn assert_held<H: Managed>(stage: &Stage<H>, expected: &Credentials) {
    for held in [
        stage.account(expected.user.id).await.expect("found by id"),
        stage.credentials(expected.user.email.clone()).await.expect("found by address"),
    ] {
        assert_eq!(held.user, expected.user);
        assert_eq!(
            held.password.as_ref().map(PasswordHash::expose),
            expected.password.as_ref().map(PasswordHash::expose)
        );
    }
}

/// An account is created exactly as given: its date, its state, and with a password or without.
pub async fn an_account_is_created_as_given<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let plain = account(1);
    let old = Credentials { user: User { created_at: at(-99), ..account(2).user }, ..account(2) };
    let disabled = Credentials { user: User { disabled_at: Some(at(-5)), ..account(3).user }, ..account(3) };
    let without = Credentials { password: None, ..account(4) };
    for given in [plain, old, disabled, without] {
        assert!(stage.account(given.user.id).await.is_none());
        assert_eq!(stage.create(vec![given.clone()]).await, [Creation::Created]);
        assert_held(&stage, &given).await;
    }
}

/// Whatever the core admits survives its creation: names, addresses, roles, ids and times.
pub async fn a_strange_account_survives_its_creation<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let long = format!("{}@x", "a".repeat(Email::MAX_BYTES - 2));
    let strange = [
        (
            "🦊".repeat(Name::MAX_CHARS),
            long.as_str(),
            "X2345678901234567890123456789_12",
            [0xFF; 16],
            i64::MAX,
        ),
        ("Zoe\u{308} İı ẞ '; -- % _ \\".to_owned(), "'or'1'='1@x", "A", [0; 16], -62_135_596_800_001),
        ("שָׁלוֹם ‏مرحبا".to_owned(), "!#$%&'*+/=?^_`{|}~-@x", "SUPPORT_2", [0x27; 16], -1),
    ];
    let accounts: Vec<_> = strange
        .into_iter()
        .map(|(name, email, role, id, millis)| Credentials {
            user: User {
                id: UserId::from_bytes(id),
                email: Email::parse(email).expect("the core admits the address"),
                name: Name::parse(&name).expect("the core admits the name"),
                role: Role::parse(role).expect("the core admits the role"),
                created_at: Timestamp::from_millis(millis),
                disabled_at: Some(Timestamp::from_millis(millis)),
            },
            password: Some(PasswordHash::new(format!("$2b$12${}", "./Az09".repeat(80)))),
        })
        .collect();
    assert_eq!(stage.create(accounts.clone()).await, [Creation::Created; 3]);
    for given in &accounts {
        assert_held(&stage, given).await;
    }
}

/// An account that was created can log in, and shuts the bootstrap.
pub async fn a_created_account_is_a_user_like_any_other<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    assert_eq!(stage.create(vec![account(1)]).await, [Creation::Created]);
    assert!(stage.any_user().await);
    let key = stage.session(&person(1), 1).await;
    assert_eq!(stage.find(key.id).await.expect("the session is there").user, account(1).user);
    assert_eq!(stage.create_first_admin(person(2)).await, FirstAdmin::UsersExist);
}

/// An address that is taken creates nothing, and the account that has it stays as it is.
pub async fn a_taken_address_creates_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let again = Credentials { user: User { email: admin.email.clone(), ..account(2).user }, ..account(2) };
    assert_eq!(stage.create(vec![again]).await, [Creation::EmailTaken]);
    assert!(stage.account(person(2).id).await.is_none());
    assert_held(&stage, &Credentials { user: user(&admin), password: Some(admin.password) }).await;
}

/// An id that is taken creates nothing, and the account that has it stays as it is.
pub async fn a_taken_id_creates_nothing<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let again = Credentials { user: User { id: admin.id, ..account(2).user }, ..account(2) };
    assert_eq!(stage.create(vec![again]).await, [Creation::IdTaken]);
    assert!(stage.credentials(person(2).email).await.is_none());
    assert_held(&stage, &Credentials { user: user(&admin), password: Some(admin.password) }).await;
}

/// Where both the address and the id are taken, by one account or by two, the address is told.
pub async fn a_taken_address_is_told_before_a_taken_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let same = Credentials { user: User { created_at: at(9), ..user(&admin) }, password: None };
    let crossed = Credentials { user: User { id: other.id, ..user(&admin) }, password: None };
    assert_eq!(stage.create(vec![same]).await, [Creation::EmailTaken]);
    assert_eq!(stage.create(vec![crossed]).await, [Creation::EmailTaken]);
    for someone in [admin, other] {
        assert_held(&stage, &Credentials { user: user(&someone), password: Some(someone.password) }).await;
    }
}

/// A batch tells for each account, in their order, what became of it; those that can be created
/// are, beside those that cannot.
pub async fn a_batch_tells_what_became_of_each<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let batch = vec![
        account(9),
        Credentials { user: User { email: admin.email, ..account(4).user }, ..account(4) },
        account(3),
        Credentials { user: User { id: other.id, ..account(5).user }, ..account(5) },
        account(6),
    ];
    let told = stage.create(batch).await;
    let expected =
        [Creation::Created, Creation::EmailTaken, Creation::Created, Creation::IdTaken, Creation::Created];
    assert_eq!(told, expected);
    for number in [9, 3, 6] {
        assert_held(&stage, &account(number)).await;
    }
    for number in [4, 5] {
        assert!(stage.credentials(person(number).email).await.is_none());
    }
    assert_held(&stage, &Credentials { user: user(&other), password: Some(other.password) }).await;
}

/// Of two accounts in one batch with the same address or id, the first is created.
pub async fn of_two_in_one_batch_the_first_is_created<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let batch = vec![
        account(1),
        Credentials { user: User { email: person(1).email, ..account(2).user }, ..account(2) },
        account(3),
        Credentials { user: User { id: person(3).id, ..account(4).user }, ..account(4) },
        Credentials { password: None, ..account(1) },
    ];
    let told = stage.create(batch).await;
    let expected =
        [Creation::Created, Creation::EmailTaken, Creation::Created, Creation::IdTaken, Creation::EmailTaken];
    assert_eq!(told, expected);
    assert_held(&stage, &account(1)).await;
    assert_held(&stage, &account(3)).await;
    assert!(stage.account(person(2).id).await.is_none());
    assert!(stage.credentials(person(4).email).await.is_none());
}

/// An account that is refused for its address is told so, also where another one of the batch
/// comes with its id: what is told is what is there.
pub async fn a_refused_account_is_not_taken_for_another_of_its_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let refused = Credentials { user: User { email: person(1).email, ..account(2).user }, ..account(2) };
    let told = stage.create(vec![account(1), refused, account(2)]).await;
    assert_eq!(told[..2], [Creation::Created, Creation::EmailTaken]);
    assert_held(&stage, &account(1)).await;
    match told[2] {
        Creation::Created => assert_held(&stage, &account(2)).await,
        Creation::IdTaken => assert!(stage.account(person(2).id).await.is_none()),
        Creation::EmailTaken => panic!("nobody has that address"),
    }
}

/// A batch of a thousand is created whole; given again, all of it is taken and nothing changes.
pub async fn a_thousand_accounts_are_created_at_once<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let batch: Vec<_> = (0..1_000).map(account).collect();
    assert_eq!(stage.create(batch.clone()).await, [Creation::Created; 1_000]);
    for number in [0, 1, 499, 998, 999] {
        assert_held(&stage, &account(number)).await;
    }
    let again = batch.into_iter().map(|held| Credentials { password: None, ..held }).collect();
    assert_eq!(stage.create(again).await, [Creation::EmailTaken; 1_000]);
    assert_held(&stage, &account(500)).await;
}

/// A batch without accounts creates none.
pub async fn an_empty_batch_creates_nobody<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    assert_eq!(stage.create(Vec::new()).await, []);
    assert!(!stage.any_user().await);
}

/// An unknown id has no account, and a known one has its own.
pub async fn an_account_is_found_by_its_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    assert!(stage.account(person(9).id).await.is_none());
    for someone in [&admin, &other] {
        let NewUser { password, .. } = someone.clone();
        assert_held(&stage, &Credentials { user: user(someone), password: Some(password) }).await;
    }
    assert_eq!(stage.account(admin.id).await.expect("found").user.created_at, NOW);
}
