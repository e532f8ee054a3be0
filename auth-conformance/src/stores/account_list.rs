//! `accounts`: their order, their pages, and the filters.

use std::cmp::Reverse;

use auth_core::store::{Creation, Deletion};
use auth_core::{AccountQuery, AccountState, Credentials, Cursor, Role, User, UserId};

use crate::harness::Managed;
use crate::stage::{
    NOW, Stage, account, at, create_all, demoting, disabling, first, pages, person, plain_user, user,
};

/// Insists on these users, in this order, on one page.
async fn assert_listed<H: Managed>(stage: &Stage<H>, query: AccountQuery, expected: &[&User]) {
    let shown = format!("{query:?}");
    let listed = stage.accounts(query).await;
    assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "{shown}");
}

/// The account that was created last comes first, whatever the ids are.
pub async fn the_newest_account_comes_first<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let mut users = Vec::new();
    for (number, seconds) in [(5, 3), (1, -1), (9, 4), (7, -2)] {
        users.push(User { created_at: at(seconds), ..plain_user(number) });
    }
    create_all(&stage, &users).await;
    users.sort_by_key(|user| Reverse(user.created_at));
    assert_listed(&stage, first(50), &users.iter().collect::<Vec<_>>()).await;
}

/// Of accounts of one millisecond the greatest id comes first, compared byte by byte.
pub async fn of_accounts_at_once_the_greatest_id_comes_first<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let mut ids = vec![[0x80; 16], [0; 16], [0xFF; 16], [0x7F; 16], [0x30; 16], *b"0123456789abcdef"];
    ids.extend((0..16).map(|place| {
        let mut bytes = [0; 16];
        bytes[place] = 0x90;
        bytes
    }));
    let mut users: Vec<_> = (1..)
        .zip(ids)
        .map(|(number, bytes)| User { id: UserId::from_bytes(bytes), ..plain_user(number) })
        .collect();
    create_all(&stage, &users).await;
    users.sort_by_key(|user| Reverse(user.id.to_bytes()));
    assert_listed(&stage, first(50), &users.iter().collect::<Vec<_>>()).await;
    assert_eq!(pages(&stage, first(3)).await, users, "nor do pages change it");
}

/// The first admin, and who came in otherwise, are listed like those who were created.
pub async fn the_first_admin_is_listed<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    assert_listed(&stage, first(50), &[&user(&admin)]).await;
    create_all(&stage, &[plain_user(2)]).await;
    assert_listed(&stage, first(50), &[&plain_user(2), &user(&admin)]).await;
}

/// A store without accounts lists none.
pub async fn an_empty_store_lists_nobody<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    assert_listed(&stage, first(50), &[]).await;
}

/// Thirty accounts, of which up to four share a millisecond; the newest first.
async fn thirty<H: Managed>(stage: &Stage<H>) -> Vec<User> {
    let mut users: Vec<_> = (1..=30)
        .map(|number| User { created_at: at(i64::from(number * 7 % 30) / 4), ..plain_user(number) })
        .collect();
    create_all(stage, &users).await;
    users.sort_by_key(|user| Reverse((user.created_at, user.id)));
    users
}

/// Pages of any size, put together, are the whole list: nobody twice, nobody left out, also where
/// a page ends among accounts of one millisecond.
pub async fn pages_put_together_are_the_whole_list<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let users = thirty(&stage).await;
    for size in [1, 2, 3, 4, 7, 29, 30, 31] {
        assert_eq!(pages(&stage, first(size)).await, users, "pages of {size}");
    }
}

/// A page ends at its limit, and the limit may be above all that the core asks for.
pub async fn a_page_keeps_to_its_limit<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let users: Vec<_> = (0..=AccountQuery::MAX_LIMIT + 4)
        .map(|number| plain_user(u16::try_from(number).expect("few users")))
        .collect();
    create_all(&stage, &users).await;
    for limit in [1, 2, 50, AccountQuery::MAX_LIMIT, AccountQuery::MAX_LIMIT + 1] {
        assert_eq!(stage.accounts(first(limit)).await.len(), usize::try_from(limit).expect("a small number"));
    }
}

/// The place just after an account stays where it is when that account is deleted or changed, and
/// accounts that are created meanwhile neither repeat nor hide others.
pub async fn a_place_outlives_its_account<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let users = thirty(&stage).await;
    let query = AccountQuery { after: Some(Cursor::after(&users[12])), ..first(50) };
    let expected: Vec<_> = users[13..].iter().collect();
    assert_listed(&stage, query.clone(), &expected).await;
    assert_eq!(stage.delete(users[12].id).await, Deletion::Deleted);
    assert_listed(&stage, query.clone(), &expected).await;
    create_all(&stage, &[User { created_at: at(100), ..plain_user(40) }]).await;
    assert_listed(&stage, query.clone(), &expected).await;
    let last = AccountQuery { after: Some(Cursor::after(&users[29])), ..first(50) };
    assert_listed(&stage, last, &[]).await;
}

/// Places are told apart by time first and then by id, to both sides.
pub async fn a_place_lies_between_two_accounts<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let low = User { id: UserId::from_bytes([1; 16]), ..plain_user(1) };
    let high = User { id: UserId::from_bytes([9; 16]), ..plain_user(2) };
    let older = User { id: UserId::from_bytes([0xF0; 16]), created_at: at(-1), ..plain_user(3) };
    let newer = User { id: UserId::from_bytes([0; 16]), created_at: at(1), ..plain_user(4) };
    create_all(&stage, &[low.clone(), high.clone(), older.clone(), newer.clone()]).await;
    let between = User { id: UserId::from_bytes([5; 16]), ..low.clone() };
    for (after, expected) in [
        (&newer, vec![&high, &low, &older]),
        (&high, vec![&low, &older]),
        (&between, vec![&low, &older]),
        (&low, vec![&older]),
        (&older, vec![]),
    ] {
        let query = AccountQuery { after: Some(Cursor::after(after)), ..first(50) };
        assert_listed(&stage, query, &expected).await;
    }
}

/// Only accounts in a role are listed, where one is asked for; a role nobody has lists nobody.
pub async fn a_role_lists_its_own<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, plain) = (user(&person(1)), plain_user(2));
    let support = User { role: Role::from_static("SUPPORT"), ..plain_user(3) };
    create_all(&stage, &[admin.clone(), plain.clone(), support.clone()]).await;
    let in_role = |role: &'static str| AccountQuery { role: Some(Role::from_static(role)), ..first(50) };
    assert_listed(&stage, in_role("ADMIN"), &[&admin]).await;
    assert_listed(&stage, in_role("USER"), &[&plain]).await;
    assert_listed(&stage, in_role("SUPPORT"), &[&support]).await;
    assert_listed(&stage, in_role("SUPPOR"), &[]).await;
}

/// Only accounts in a state are listed, where one is asked for.
pub async fn a_state_lists_its_own<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let enabled = plain_user(1);
    let disabled = User { disabled_at: Some(at(5)), ..plain_user(2) };
    let long_ago = User { disabled_at: Some(at(-2_000_000_000)), ..plain_user(3) };
    create_all(&stage, &[enabled.clone(), disabled.clone(), long_ago.clone()]).await;
    let in_state = |state| AccountQuery { state: Some(state), ..first(50) };
    assert_listed(&stage, in_state(AccountState::Enabled), &[&enabled]).await;
    assert_listed(&stage, in_state(AccountState::Disabled), &[&long_ago, &disabled]).await;
    assert_listed(&stage, first(50), &[&long_ago, &disabled, &enabled]).await;
}

/// Accounts are listed as they are now: a change moves them from one filter to the other.
pub async fn a_changed_account_is_listed_as_it_is_now<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (_admin, other) = (stage.admin().await, stage.someone(2).await);
    let in_state = |state| AccountQuery { state: Some(state), ..first(50) };
    let in_role = |role| AccountQuery { role: Some(role), ..first(50) };
    assert_eq!(stage.accounts(in_state(AccountState::Disabled)).await, []);
    stage.change(other.id, disabling(), at(5)).await;
    stage.change(other.id, demoting(), at(5)).await;
    let expected = User { role: Role::USER, disabled_at: Some(at(5)), ..user(&other) };
    assert_listed(&stage, in_state(AccountState::Disabled), &[&expected]).await;
    assert_listed(&stage, in_role(Role::USER), &[&expected]).await;
    assert_eq!(stage.accounts(in_state(AccountState::Enabled)).await.len(), 1);
    assert_eq!(stage.accounts(in_role(Role::ADMIN)).await.len(), 1);
}

/// Accounts without a password are listed as well, and one that was refused is not.
pub async fn only_what_was_created_is_listed<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let without = Credentials { password: None, ..account(1) };
    assert_eq!(stage.create(vec![without.clone(), account(1)]).await[1], Creation::EmailTaken);
    assert_listed(&stage, first(50), &[&without.user]).await;
    assert_eq!(without.user.created_at, NOW);
}
