//! `GET /users`: the accounts, page by page.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::json;

use super::super::client::EMAIL;
use super::super::{App, Door};
use super::team::{DELETED, Team};
use super::wire::{Account, Page};

/// Creates accounts from `a@example.com` on, one for each letter.
async fn hire_all<A: App>(team: &Team<A>, letters: &str) -> Vec<Account> {
    let mut hired = Vec::new();
    for letter in letters.chars() {
        hired.push(team.hire(&format!("{letter}@example.com"), &format!("Name {letter}"), "USER").await);
    }
    hired
}

/// Creates an account in a later millisecond than another one.
async fn hire_late<A: App>(team: &Team<A>, than: &Account) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let late = team.hire("late@example.com", "Late", "USER").await;
        if late.created_at > than.created_at {
            return;
        }
        // Of one millisecond the ids decide, which are drawn: it may come after the cursor.
        team.delete(&team.admin, &format!("/users/{}", late.id)).await.is(StatusCode::OK, DELETED);
        assert!(Instant::now() < patience, "time goes on");
    }
}

/// All pages of a query from a cursor on, or from the beginning, to the last.
async fn walk<A: App>(team: &Team<A>, query: &str, from: Option<String>) -> Vec<Page> {
    let at = |cursor: String| format!("{query}&cursor={cursor}");
    let mut pages = vec![team.page(&from.map_or(query.to_owned(), at)).await];
    while let Some(cursor) = pages.last().and_then(|page| page.next.clone()) {
        pages.push(team.page(&at(cursor)).await);
        assert!(pages.len() < 100, "the pages have an end");
    }
    pages
}

/// The accounts are listed with all that is shown of one, the newest first, to the byte.
pub async fn the_accounts_are_listed_the_newest_first<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let admin = team.admin_account().await;
    let whole = format!(r#"{{"users":[{}],"nextCursor":null}}"#, admin.text());
    team.get(&team.admin, "/users").await.is(StatusCode::OK, &whole).leaves_cookie();
    let mut all = hire_all(&team, "abc").await;
    all.push(admin);
    all.sort_by_key(|user| (user.created_at.clone(), user.id.clone()));
    all.reverse();
    // The form and the order are what a page insists on.
    assert_eq!(team.page("").await, Page { users: all, next: None });
    team.ask(&team.admin, Method::HEAD, "/users").await.is(StatusCode::OK, "").leaves_cookie();
}

/// Pages follow one another without a gap and without repeating; the last has no cursor, also
/// where it is full.
pub async fn the_pages_together_are_the_list<D: Door>(door: D) {
    let team = Team::open(&door).await;
    hire_all(&team, "abcde").await;
    let all = team.page("").await.users;
    assert_eq!(all.len(), 6);
    for (limit, sizes) in [(1, vec![1; 6]), (2, vec![2; 3]), (4, vec![4, 2]), (5, vec![5, 1]), (6, vec![6])] {
        let pages = walk(&team, &format!("limit={limit}"), None).await;
        assert_eq!(pages.iter().map(|page| page.users.len()).collect::<Vec<_>>(), sizes);
        let together: Vec<_> = pages.into_iter().flat_map(|page| page.users).collect();
        assert_eq!(together, all, "limit={limit}");
    }
}

/// Whoever is created, deleted or changed on the way makes no one appear twice, and no one who
/// was there all the time is left out.
pub async fn pages_stand_firm_while_the_list_changes<D: Door>(door: D) {
    let team = Team::open(&door).await;
    hire_all(&team, "abcdefg").await;
    let before = team.page("").await.users;
    let first = team.page("limit=2").await;
    assert_eq!(first.users, before[..2]);
    // The one that the cursor stands on goes, and so does one that is still to come.
    for gone in [&before[1], &before[4]] {
        let answer = team.delete(&team.admin, &format!("/users/{}", gone.id)).await;
        answer.is(StatusCode::OK, DELETED);
    }
    hire_late(&team, &before[0]).await;
    let renamed = team.change(&before[3].id, &json!({ "name": "A new name" })).await;
    let cursor = first.next.expect("there is more");
    let second = team.page(&format!("limit=2&cursor={cursor}")).await;
    assert_eq!(second.users, [before[2].clone(), renamed]);
    assert!(second.next.is_some(), "there is more");
    let rest = walk(&team, "limit=2", second.next).await;
    let rest: Vec<_> = rest.into_iter().flat_map(|page| page.users).collect();
    assert_eq!(rest, before[5..]);
}

/// Without a limit, a page has fifty; with one, up to two hundred.
pub async fn a_page_has_fifty_unless_told_otherwise<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for number in 0..50 {
        team.hire(&format!("user{number}@example.com"), "Colleague", "USER").await;
    }
    let first = team.page("").await;
    assert_eq!(first.users.len(), 50);
    let second = team.page(&format!("cursor={}", first.next.expect("there is one more"))).await;
    assert_eq!((second.users.len(), &second.next), (1, &None));
    let whole = team.page("limit=200").await;
    assert_eq!((whole.users, whole.next), ([first.users, second.users].concat(), None));
}

/// A page can be asked for by role and by state, alone and together, and its cursor goes on with
/// them.
pub async fn accounts_can_be_filtered<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (letter, role, disabled) in [
        ("a", "ADMIN", false),
        ("b", "ADMIN", true),
        ("c", "USER", false),
        ("d", "USER", true),
        ("e", "USER", false),
    ] {
        let account = team.hire(&format!("{letter}@example.com"), "Someone", role).await;
        team.change(&account.id, &json!({ "disabled": disabled })).await;
    }
    for (query, expected) in [
        ("role=ADMIN", &["a@example.com", "b@example.com", EMAIL][..]),
        ("role=USER", &["c@example.com", "d@example.com", "e@example.com"]),
        ("state=enabled", &["a@example.com", "c@example.com", "e@example.com", EMAIL]),
        ("state=disabled", &["b@example.com", "d@example.com"]),
        ("role=ADMIN&state=enabled", &["a@example.com", EMAIL]),
        ("state=disabled&role=USER", &["d@example.com"]),
        ("state=enabled&role=USER&search=e%40", &["e@example.com"]),
        ("role=ADMIN&search=c@", &[]),
    ] {
        for limit in [1, 2, 50] {
            let pages = walk(&team, &format!("limit={limit}&{query}"), None).await;
            let emails: Vec<_> = pages.iter().flat_map(Page::emails).collect();
            assert_eq!(emails.len(), expected.len(), "{query}: {emails:?}");
            let found: BTreeSet<_> = emails.into_iter().collect();
            assert_eq!(found, expected.iter().copied().collect(), "{query}");
        }
    }
}

/// A search finds addresses and names that begin like it, in any case, and nothing else.
pub async fn accounts_can_be_searched<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (email, name) in [
        ("ann@example.com", "Zoe Ann"),
        ("zoe@example.com", "Élodie"),
        ("a_b@example.com", "100% Bob"),
        ("axb@example.com", "1000 Bob"),
        ("b+c@example.com", "O'Neil \\ Co"),
    ] {
        team.hire(email, name, "USER").await;
    }
    for (search, expected) in [
        ("ann", &["ann@example.com"][..]),
        ("ANN%40EXAMPLE.COM", &["ann@example.com"]),
        ("zoe", &["ann@example.com", "zoe@example.com"]),
        ("Zoe%20A", &["ann@example.com"]),
        ("Zoe+A", &["ann@example.com"]),
        ("%20zoe+a%20", &["ann@example.com"]),
        ("%C3%A9LO", &["zoe@example.com"]),
        ("E%CC%81lodie", &["zoe@example.com"]),
        ("elodie", &[]),
        ("a_b", &["a_b@example.com"]),
        ("a%25", &[]),
        ("100%25", &["a_b@example.com"]),
        ("100", &["a_b@example.com", "axb@example.com"]),
        ("b%2Bc", &["b+c@example.com"]),
        ("o'neil%20%5C", &["b+c@example.com"]),
        ("%5C", &[]),
        ("*", &[]),
        ("example", &[]),
        ("bob", &[]),
        ("a", &["a_b@example.com", EMAIL, "ann@example.com", "axb@example.com"]),
    ] {
        let page = team.page(&format!("search={search}")).await;
        let found: BTreeSet<_> = page.emails().into_iter().collect();
        assert_eq!(found, expected.iter().copied().collect(), "{search}");
    }
}
