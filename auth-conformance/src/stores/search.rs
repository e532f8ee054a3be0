//! `accounts` with a search: by the beginning of an address or a name, whatever its case.

use std::cmp::Reverse;

use auth_core::store::Change;
use auth_core::{AccountQuery, AccountState, Cursor, Email, Name, Role, Search, User};

use crate::harness::Managed;
use crate::stage::{Stage, at, create_all, first, pages, plain_user};

fn named(number: u16, name: &str) -> User {
    User { name: Name::parse(name).expect("the name is a good one"), ..plain_user(number) }
}

fn addressed(number: u16, address: &str) -> User {
    User { email: Email::parse(address).expect("the address is a good one"), ..plain_user(number) }
}

fn search(text: &str) -> AccountQuery {
    AccountQuery { search: Some(Search::parse(text).expect("it can be searched for")), ..first(50) }
}

/// Insists that each search finds the users of these numbers, in no order.
async fn assert_found<H: Managed>(stage: &Stage<H>, expected: &[(&str, &[u16])]) {
    for (text, numbers) in expected {
        let mut found: Vec<_> = stage.accounts(search(text)).await.iter().map(|user| user.id).collect();
        let mut wanted: Vec<_> = numbers.iter().map(|number| plain_user(*number).id).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{text:?} finds {numbers:?}");
    }
}

/// A search finds addresses that begin like it, and none that only contain it.
pub async fn a_search_finds_the_beginning_of_an_address<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let addresses = ["ann@example.com", "anna@example.org", "joann@example.com", "ann.b@example.com", "an@x"];
    let users: Vec<_> = (1..).zip(addresses).map(|(number, address)| addressed(number, address)).collect();
    create_all(&stage, &users).await;
    let expected: [(&str, &[u16]); 9] = [
        ("ann", &[1, 2, 4]),
        ("an", &[1, 2, 4, 5]),
        ("ann@", &[1]),
        ("ANN.", &[4]),
        ("ann@example.com", &[1]),
        ("ann@example.com.", &[]),
        ("oann", &[]),
        ("example", &[]),
        ("@", &[]),
    ];
    assert_found(&stage, &expected).await;
}

/// A search finds names that begin like it, the second word included only after the first.
pub async fn a_search_finds_the_beginning_of_a_name<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    create_all(&stage, &[named(1, "Grace Hopper"), named(2, "Grace"), named(3, "Hopper"), named(4, "Gr")])
        .await;
    let expected: [(&str, &[u16]); 6] = [
        ("grace", &[1, 2]),
        ("grace h", &[1]),
        ("grace hopper", &[1]),
        ("hopper", &[3]),
        ("GR", &[1, 2, 4]),
        ("grace hopperx", &[]),
    ];
    assert_found(&stage, &expected).await;
}

/// A search heeds no case, in any alphabet, and neither normal form.
pub async fn a_search_heeds_no_case<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let names =
        ["Élodie", "E\u{301}LODIE", "elodie", "ÉLO", "ΑΘΗΝΑ", "Ёлка", "ÅNGSTRÖM", "straße", "İstanbul"];
    let users: Vec<_> = (1..).zip(names).map(|(number, name)| named(number, name)).collect();
    create_all(&stage, &users).await;
    let expected: [(&str, &[u16]); 14] = [
        ("élo", &[1, 2, 4]),
        ("ÉLO", &[1, 2, 4]),
        ("e\u{301}lodie", &[1, 2]),
        ("Élodie", &[1, 2]),
        ("elo", &[3]),
        ("ELODIE", &[3]),
        ("αθη", &[5]),
        ("ΑΘΗΝΑ", &[5]),
        ("ЁЛ", &[6]),
        ("ёлка", &[6]),
        ("ångström", &[7]),
        ("A\u{30a}ngs", &[7]),
        ("straß", &[8]),
        ("İST", &[9]),
    ];
    assert_found(&stage, &expected).await;
}

/// What is a wildcard elsewhere is a character like any other, in the search and in the name.
pub async fn a_search_knows_no_wildcards<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let names =
        ["100% sure", "100 percent", "a_b", "axb", "c\\d", "c%d", "e*f", "exf", "[g]", "g", "h?i", "hxi"];
    let users: Vec<_> = (1..).zip(names).map(|(number, name)| named(number, name)).collect();
    create_all(&stage, &users).await;
    let expected: [(&str, &[u16]); 20] = [
        ("100%", &[1]),
        ("100", &[1, 2]),
        ("100%sure", &[]),
        ("%", &[]),
        ("_", &[]),
        ("*", &[]),
        ("?", &[]),
        ("\\", &[]),
        ("a_", &[3]),
        ("a_b", &[3]),
        ("c\\", &[5]),
        ("c\\d", &[5]),
        ("c\\%", &[]),
        ("c%", &[6]),
        ("e*", &[7]),
        ("e*f", &[7]),
        ("[g", &[9]),
        ("[", &[9]),
        ("h?", &[11]),
        ("'", &[]),
    ];
    assert_found(&stage, &expected).await;
    create_all(
        &stage,
        &[addressed(20, "%_*@x"), addressed(21, "_%@x"), named(22, "'; --"), named(23, "\\%")],
    )
    .await;
    let expected: [(&str, &[u16]); 7] = [
        ("%", &[20]),
        ("%_", &[20]),
        ("_", &[21]),
        ("_%@", &[21]),
        ("'", &[22]),
        ("\\", &[23]),
        ("\\%", &[23]),
    ];
    assert_found(&stage, &expected).await;
}

/// A search finds what stands at the ends of the alphabet, and what goes on there.
pub async fn a_search_reaches_the_ends_of_the_alphabet<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let names =
        ["\u{10ffff}", "\u{10ffff}\u{10ffff}z", "z\u{10ffff}x", "z", "zz", "\u{d7ff}a", "\u{e000}", "!", "~"];
    let users: Vec<_> = (1..).zip(names).map(|(number, name)| named(number, name)).collect();
    create_all(&stage, &users).await;
    let expected: [(&str, &[u16]); 9] = [
        ("\u{10ffff}", &[1, 2]),
        ("\u{10ffff}\u{10ffff}", &[2]),
        ("z", &[3, 4, 5]),
        ("z\u{10ffff}", &[3]),
        ("zz", &[5]),
        ("\u{d7ff}", &[6]),
        ("\u{e000}", &[7]),
        ("!", &[8]),
        ("~", &[9]),
    ];
    assert_found(&stage, &expected).await;
}

/// An account whose address and name both begin like the search is listed once.
pub async fn an_account_found_twice_is_listed_once<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let both = User { name: Name::parse("Ann").expect("a good name"), ..addressed(1, "ann@example.com") };
    let name_alone = named(2, "Annabel");
    let address_alone = addressed(3, "anna@example.com");
    create_all(&stage, &[both, name_alone, address_alone]).await;
    assert_found(&stage, &[("ann", &[1, 2, 3]), ("anna", &[2, 3]), ("ann@", &[1])]).await;
    assert_eq!(pages(&stage, AccountQuery { limit: 1, ..search("ann") }).await.len(), 3);
}

/// The first admin is found, by address and by name.
pub async fn the_first_admin_is_found<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    stage.admin().await;
    assert_found(&stage, &[("person-1@", &[1]), ("PERSON 1", &[1]), ("person 2", &[])]).await;
}

/// A renamed account is found by its new name, and by its old one no more.
pub async fn a_renamed_account_is_found_by_its_new_name<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    create_all(&stage, &[named(1, "Élodie")]).await;
    let name = Name::parse("ÖZGE").expect("a good name");
    stage.change(plain_user(1).id, Change { name: Some(name), ..Change::default() }, at(5)).await;
    assert_found(&stage, &[("özg", &[1]), ("élodie", &[]), ("person-1@", &[1])]).await;
}

/// The longest search there is finds a name that begins like it, and the longest address.
pub async fn the_longest_search_finds_its_own<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let address = format!("{}@x", "a".repeat(Email::MAX_BYTES - 2));
    let name = "🦊".repeat(Name::MAX_CHARS);
    create_all(&stage, &[addressed(1, &address), named(2, &name)]).await;
    let foxes = "🦊".repeat(63);
    assert_found(&stage, &[(&address, &[1]), (&foxes, &[2])]).await;
}

/// Among thousands of accounts, a search that nearly all match and one that few match, alone and
/// with every filter and from any place on, list exactly what they should, in order.
pub async fn a_search_among_thousands_lists_exactly_its_own<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let users = thousands();
    for batch in users.chunks(650) {
        create_all(&stage, batch).await;
    }
    for text in ["common", "com", "common-1", "rare", "Common 25", "seldom", "nobody", "person"] {
        let alone = AccountQuery { limit: 200, ..search(text) };
        assert_as_expected(&stage, &users, alone.clone()).await;
        let disabled = AccountQuery { state: Some(AccountState::Disabled), ..alone.clone() };
        assert_as_expected(&stage, &users, disabled).await;
        let all =
            AccountQuery { role: Some(Role::ADMIN), state: Some(AccountState::Enabled), limit: 50, ..alone };
        assert_as_expected(&stage, &users, all).await;
    }
    for place in [0, 7, 1_300, 2_590, 2_599] {
        for text in ["common", "rare"] {
            let query = AccountQuery { after: Some(Cursor::after(&users[place])), limit: 20, ..search(text) };
            let expected: Vec<_> = expected(&users, &query).take(20).collect();
            let listed = stage.accounts(query.clone()).await;
            assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "{query:?}");
        }
    }
}

/// Two thousand six hundred users, the newest first; up to five share a millisecond, one in four
/// hundred is rare by name, a few are seldom by address, and they are not all in one place.
fn thousands() -> Vec<User> {
    let mut users: Vec<_> = (0..2_600_u16)
        .map(|number| {
            let name = if number % 400 == 7 { "Rare".to_owned() } else { format!("Common {number}") };
            let local = if number % 500 == 9 { "seldom" } else { "common" };
            User {
                role: if number % 3 == 0 { Role::ADMIN } else { Role::USER },
                created_at: at(i64::from(number * 7 % 2_600 / 5)),
                disabled_at: (number % 10 == 7).then(|| at(1)),
                email: Email::parse(&format!("{local}-{number}@example.com")).expect("a good address"),
                ..named(number, &name)
            }
        })
        .collect();
    users.sort_by_key(|user| Reverse((user.created_at, user.id)));
    users
}

fn expected<'a>(users: &'a [User], query: &AccountQuery) -> impl Iterator<Item = &'a User> + use<'a> {
    let AccountQuery { search, role, state, after, limit: _ } = query.clone();
    users.iter().filter(move |user| {
        search.as_ref().is_none_or(|search| search.matches(user))
            && role.as_ref().is_none_or(|role| user.role == *role)
            && state.is_none_or(|state| AccountState::of(user) == state)
            && after.is_none_or(|place| place.precedes(user))
    })
}

async fn assert_as_expected<H: Managed>(stage: &Stage<H>, users: &[User], query: AccountQuery) {
    let listed = pages(stage, query.clone()).await;
    assert!(listed.iter().eq(expected(users, &query)), "{} accounts for {query:?}", listed.len());
}
