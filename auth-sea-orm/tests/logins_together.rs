//! What many logins ask for at the same time goes together. Each test has one thread, so that whatever is
//! asked before anybody waits comes at the same time.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::future::Future;
use std::time::Duration;

use auth_conformance::Harness;
use auth_core::store::{
    Count, Opened, Opening, Reservation, Reserved, SessionStore, Settlement, StoreError, ThrottleStore,
    UserStore,
};
use auth_core::{Client, Email, EndReason, PasswordHash, UserAgent};
use auth_sea_orm::SeaOrmStore;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement, TransactionTrait};
use tokio::task::JoinSet;
use tokio::time::timeout;

use common::{Fresh, at, both, guessed, key, opening, person, place, postgres, wrong};

/// How many log in; fewer than one trip takes.
const MANY: u8 = 40;

/// Asks for each of `1..=MANY`, all at the same time; the answers in the order of the numbers.
async fn each<T, F>(fresh: &Fresh, ask: impl Fn(SeaOrmStore, u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let mut asked = JoinSet::new();
    for n in 1..=MANY {
        let answer = ask(fresh.store.clone(), n);
        asked.spawn(async move { (n, answer.await.unwrap()) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_unstable_by_key(|(n, _)| *n);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Takes a place in the count of number `count(n)` for each `n`.
async fn reserve(fresh: &Fresh, count: impl Fn(u8) -> u8) -> Vec<Reserved> {
    each(fresh, |store, n| {
        let key = guessed(count(n), 0);
        async move { store.reserve(&place(key, at(n.into())), at(n.into())).await }
    })
    .await
}

async fn settle(fresh: &Fresh, count: impl Fn(u8) -> u8) {
    each(fresh, |store, n| {
        let key = guessed(count(n), 0);
        async move { store.settle(&key, Settlement::Right, at(100)).await }
    })
    .await;
}

/// As many people as log in.
async fn people(fresh: &Fresh) {
    for n in 1..=MANY {
        let held = person(n.into());
        fresh.put_user(&held.user, held.password.as_ref()).await;
    }
}

/// Session `n` of person `n`.
fn theirs(n: u8) -> Opening {
    Opening { user: person(n.into()).user.id, ..opening(key(n)) }
}

async fn open(fresh: &Fresh, of: impl Fn(u8) -> Opening) -> Vec<Opened> {
    each(fresh, |store, n| {
        let opening = of(n);
        async move { store.open(&opening, at(n.into())).await }
    })
    .await
}

/// The answer to a question that is one number.
async fn number(fresh: &Fresh, sql: &str) -> i64 {
    #[derive(FromQueryResult)]
    struct Row {
        number: i64,
    }
    let db = fresh.store.database();
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT {sql} AS number"));
    Row::from_query_result(&db.query_one_raw(statement).await.unwrap().unwrap(), "").unwrap().number
}

/// Counts that are not as after a right password, or that have anything in flight.
const UNSETTLED: &str =
    "(SELECT count(*) FROM auth_throttle WHERE attempts <> 0 OR in_flight <> 0 OR NOT known)";

/// Locks what `sql` selects, as somebody who is elsewhere and takes their time.
async fn lock(elsewhere: &SeaOrmStore, sql: &str) -> DatabaseTransaction {
    let lock = elsewhere.database().begin().await.unwrap();
    lock.execute_unprepared(&format!("{sql} FOR UPDATE")).await.unwrap();
    lock
}

#[tokio::test]
async fn many_logins_are_one_commit_for_each_of_their_steps() {
    let Some(fresh) = postgres().await else { return };
    people(&fresh).await;
    let commits = |table: &str| format!("(SELECT count(DISTINCT xmin::text) FROM {table})");

    assert!(reserve(&fresh, |n| n).await.iter().all(|reserved| *reserved == Reserved::Granted { nth: 1 }));
    assert_eq!(number(&fresh, &commits("auth_throttle")).await, 1);
    let again = reserve(&fresh, |n| n).await;
    assert!(again.iter().all(|reserved| *reserved == Reserved::Granted { nth: 2 }), "rows that are there");
    assert_eq!(number(&fresh, &commits("auth_throttle")).await, 1);
    settle(&fresh, |n| n).await;
    assert_eq!(number(&fresh, &commits("auth_throttle")).await, 1);
    assert!(open(&fresh, theirs).await.iter().all(Opened::is_opened));
    assert_eq!(number(&fresh, &commits("sessions")).await, 1);
    let next = |n| Opening { key: key(n + MANY), replaces: Some(key(n)), ..theirs(n) };
    assert!(open(&fresh, next).await.iter().all(Opened::is_opened));
    assert_eq!(number(&fresh, &commits("sessions")).await, 1, "those that were replaced, too");
}

#[tokio::test]
async fn each_finds_their_own_account() {
    for fresh in both().await {
        people(&fresh).await;
        let address = |n: u8| match n % 4 {
            0 => Email::parse("nobody@example.com").unwrap(),
            1 => person(1).user.email,
            _ => person(n.into()).user.email,
        };
        let found = each(&fresh, |store, n| async move { store.credentials(&address(n)).await }).await;
        for (n, found) in (1..).zip(found) {
            let email = found.map(|held| held.user.email);
            assert_eq!(email, (n % 4 != 0).then(|| address(n)), "{n}");
        }
    }
}

#[tokio::test]
async fn attempts_at_one_account_are_all_counted_and_all_settled() {
    for fresh in both().await {
        let mut granted = reserve(&fresh, |n| n.div_ceil(4)).await;
        granted.sort_unstable_by_key(|reserved| match reserved {
            Reserved::Granted { nth } => *nth,
            Reserved::Full(_) => 0,
        });
        for (nth, granted) in (1..).zip(granted.chunks(usize::from(MANY / 4))) {
            assert!(granted.iter().all(|reserved| *reserved == Reserved::Granted { nth }), "{granted:?}");
        }
        settle(&fresh, |n| n.div_ceil(4)).await;
        assert_eq!(number(&fresh, UNSETTLED).await, 0);
    }
}

#[tokio::test]
async fn who_has_no_place_is_told_how_their_count_stands() {
    for fresh in both().await {
        for _ in 0..5 {
            reserve(&fresh, |n| n).await;
        }
        settle(&fresh, |n| if n % 2 == 0 { n } else { n + 1 }).await;
        for (n, reserved) in (1..).zip(reserve(&fresh, |n| n).await) {
            match reserved {
                // Both settlements came to the even one.
                Reserved::Granted { nth } => assert!(n % 2 == 0 && nth == 4, "{n}: {nth}"),
                Reserved::Full(Count { attempts, in_flight, .. }) => {
                    assert!(n % 2 == 1 && (attempts, in_flight) == (5, 5), "{n}: {attempts}, {in_flight}");
                }
            }
        }
    }
}

#[tokio::test]
async fn each_has_the_limits_they_asked_with() {
    for fresh in both().await {
        let reserved = each(&fresh, |store, n| async move {
            let free = u32::from(n % 2);
            let strict = Reservation { free, most: free, ..place(guessed(n, 0), at(1)) };
            store.reserve(&strict, at(1)).await
        })
        .await;
        for (n, reserved) in (1..).zip(reserved) {
            assert_eq!(reserved == Reserved::Granted { nth: 1 }, n % 2 == 1, "{n}");
        }
    }
}

#[tokio::test]
async fn a_right_password_clears_all_devices_of_the_account_and_of_no_other() {
    for fresh in both().await {
        for device in 0..3 {
            each(
                &fresh,
                |store, n| async move { store.reserve(&place(guessed(n, device), at(1)), at(1)).await },
            )
            .await;
        }
        // On the other devices one was wrong, and another is being judged.
        each(&fresh, |store, n| async move {
            for key in [guessed(n, 1), guessed(n, 2)] {
                store.settle(&key, wrong(at(2)), at(2)).await?;
                store.reserve(&place(key, at(3)), at(3)).await?;
            }
            Ok(())
        })
        .await;
        settle(&fresh, |n| 2 * n.div_ceil(2)).await;
        for n in 1..=MANY {
            let account = guessed(n, 0).account.map(|byte| format!("{byte:02X}")).concat();
            let hex = if fresh.url.starts_with("sqlite") {
                "hex(account)"
            } else {
                "upper(encode(account, 'hex'))"
            };
            let sum = |of: &str| {
                format!("(SELECT CAST(sum({of}) AS bigint) FROM auth_throttle WHERE {hex} = '{account}')")
            };
            let counted = (number(&fresh, &sum("attempts")).await, number(&fresh, &sum("in_flight")).await);
            // What is still being judged elsewhere stays counted.
            assert_eq!(counted, if n % 2 == 0 { (2, 2) } else { (5, 3) }, "{n}");
        }
    }
}

#[tokio::test]
async fn what_was_said_of_the_client_is_kept_and_what_was_not_is_null() {
    for fresh in both().await {
        people(&fresh).await;
        let client = |n: u8| match n % 2 {
            0 => Client {
                user_agent: UserAgent::new(&format!("curl/{n}")),
                ip_address: Some([192, 0, 2, n].into()),
                request_id: None,
            },
            _ => Client::default(),
        };
        assert!(
            open(&fresh, |n| Opening { client: client(n), ..theirs(n) }).await.iter().all(Opened::is_opened)
        );
        let said =
            "(SELECT count(*) FROM sessions WHERE user_agent LIKE 'curl/%' AND ip_address LIKE '192.0.2.%')";
        assert_eq!(number(&fresh, said).await, i64::from(MANY / 2));
        let silent = "(SELECT count(*) FROM sessions WHERE user_agent IS NULL AND ip_address IS NULL)";
        assert_eq!(number(&fresh, silent).await, i64::from(MANY / 2));
    }
}

#[tokio::test]
async fn what_is_stale_for_one_is_told_to_that_one() {
    for fresh in both().await {
        people(&fresh).await;
        let other = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$b3RoZXJvdGhlcg");
        let opened = open(&fresh, |n| match n % 3 {
            0 => Opening { verified: other.clone(), ..theirs(n) },
            1 => Opening { user: person(1_000 + u32::from(n)).user.id, ..theirs(n) },
            _ => theirs(n),
        })
        .await;
        for (n, opened) in (1..).zip(opened) {
            assert_eq!(opened.is_opened(), n % 3 == 2, "{n}");
        }
    }
}

#[tokio::test]
async fn the_limit_holds_for_one_user_who_opens_many_and_each_is_told_of_theirs() {
    for fresh in both().await {
        people(&fresh).await;
        // Ten people open four each, of which they keep two.
        let of = |n: u8| Opening { user: person(n.div_ceil(4).into()).user.id, limit: 2, ..theirs(n) };
        let ended: Vec<_> = open(&fresh, of)
            .await
            .into_iter()
            .flat_map(|opened| match opened {
                Opened::Opened { ended } => ended,
                Opened::Stale => panic!("nobody's password has changed"),
            })
            .collect();
        assert_eq!(ended.len(), usize::from(MANY / 2));
        assert!(ended.iter().all(|ended| ended.why == EndReason::SessionLimit));
        let live = "(SELECT count(*) FROM sessions WHERE ended_at IS NULL)";
        assert_eq!(number(&fresh, live).await, i64::from(MANY / 2));
    }
}

#[tokio::test]
async fn who_replaces_a_session_ends_that_one_and_no_other() {
    for fresh in both().await {
        people(&fresh).await;
        open(&fresh, theirs).await;
        let next = |n: u8| Opening {
            key: key(n + MANY),
            replaces: n.is_multiple_of(2).then(|| key(n)),
            ..theirs(n)
        };
        for (n, opened) in (1..).zip(open(&fresh, next).await) {
            let Opened::Opened { ended } = opened else { panic!("{n}: it opens") };
            let replaced: Vec<_> = ended.iter().map(|ended| (ended.session, ended.why)).collect();
            let expected = (n % 2 == 0).then(|| (key(n).id, EndReason::Replaced));
            assert_eq!(replaced, Vec::from_iter(expected), "{n}");
        }
    }
}

#[tokio::test]
async fn a_session_that_two_logins_end_is_told_to_one_of_them() {
    for fresh in both().await {
        people(&fresh).await;
        open(&fresh, theirs).await;
        // Everybody keeps one, and each even one replaces that of the odd one before.
        let next = |n: u8| Opening {
            key: key(n + MANY),
            limit: 1,
            replaces: n.is_multiple_of(2).then(|| key(n - 1)),
            ..theirs(n)
        };
        let mut told = Vec::new();
        for opened in open(&fresh, next).await {
            let Opened::Opened { ended } = opened else { panic!("it opens") };
            told.extend(ended.into_iter().map(|ended| ended.session));
        }
        told.sort_unstable();
        assert_eq!(told, (1..=MANY).map(|n| key(n).id).collect::<Vec<_>>());
        let live = "(SELECT count(*) FROM sessions WHERE ended_at IS NULL)";
        assert_eq!(number(&fresh, live).await, i64::from(MANY));
    }
}

/// One of the steps of a login, by number `n`.
async fn take(store: &SeaOrmStore, verb: &str, n: u8) {
    match verb {
        "reserve" => drop(store.reserve(&place(guessed(n, 0), at(2)), at(2)).await.unwrap()),
        "settle" => store.settle(&guessed(n, 0), Settlement::Right, at(3)).await.unwrap(),
        _ => assert!(store.open(&Opening { limit: 1, ..theirs(n) }, at(4)).await.unwrap().is_opened()),
    }
}

/// While `lock` holds up number 7, everybody else takes the step; then it is their turn.
async fn only_the_seventh_waits(fresh: &Fresh, verb: &'static str, lock: DatabaseTransaction) {
    let mut asked = JoinSet::new();
    for n in 1..=MANY {
        let store = fresh.store.clone();
        asked.spawn(async move {
            take(&store, verb, n).await;
            n
        });
    }
    for _ in 1..MANY {
        let soon = timeout(SOON, asked.join_next()).await;
        assert_ne!(soon.expect("nobody else waits").unwrap().unwrap(), 7, "{verb}");
    }
    lock.rollback().await.unwrap();
    assert_eq!(asked.join_next().await.unwrap().unwrap(), 7, "{verb}: it waited for its own, and had it");
}

/// For whoever must not wait: less than what a statement waits for a lock.
const SOON: Duration = Duration::from_secs(20);

const SEVENTH: &str = "decode(repeat('07', 32), 'hex')";

/// What locks number 7 out of a step.
fn seventh(verb: &str) -> String {
    match verb {
        "open" => format!("SELECT 1 FROM users WHERE email = '{}'", person(7).user.email.as_str()),
        // One of two rows that go together.
        "settle" => {
            format!("SELECT 1 FROM auth_throttle WHERE account = {SEVENTH} AND get_byte(device, 0) = 1")
        }
        _ => format!("SELECT 1 FROM auth_throttle WHERE account = {SEVENTH}"),
    }
}

async fn on_two_devices(fresh: &Fresh) {
    for device in 0..2 {
        each(fresh, |store, n| async move { store.reserve(&place(guessed(n, device), at(1)), at(1)).await })
            .await;
    }
}

#[tokio::test]
async fn nobody_waits_for_a_stranger_whose_rows_are_locked() {
    let Some(fresh) = postgres().await else { return };
    people(&fresh).await;
    on_two_devices(&fresh).await;
    let elsewhere = fresh.another().await;
    for verb in ["reserve", "settle", "open"] {
        only_the_seventh_waits(&fresh, verb, lock(&elsewhere, &seventh(verb)).await).await;
    }
    let in_flight = number(&fresh, "(SELECT count(*) FROM auth_throttle WHERE in_flight = 1)").await;
    assert_eq!(in_flight, 2 * i64::from(MANY));
}

#[tokio::test]
async fn nobody_waits_for_those_who_wait_for_their_own() {
    let Some(fresh) = postgres().await else { return };
    people(&fresh).await;
    on_two_devices(&fresh).await;
    let elsewhere = fresh.another().await;
    for verb in ["reserve", "settle", "open"] {
        let lock = lock(&elsewhere, &seventh(verb)).await;
        let mut waiting = JoinSet::new();
        for nth in 1..=3 {
            let store = fresh.store.clone();
            waiting.spawn(async move { take(&store, verb, 7).await });
            let waits = "(SELECT count(*) FROM pg_stat_activity \
                           WHERE wait_event_type = 'Lock' AND datname = current_database())";
            while number(&fresh, waits).await < nth {
                tokio::task::yield_now().await;
            }
        }
        for n in [1, 2, 3] {
            timeout(SOON, take(&fresh.store, verb, n)).await.expect("nobody else waits");
        }
        lock.rollback().await.unwrap();
        if verb != "open" {
            waiting.join_all().await;
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_a_count_that_somebody_else_is_making() {
    let Some(fresh) = postgres().await else { return };
    let elsewhere = fresh.another().await;
    let making = elsewhere.database().begin().await.unwrap();
    let sql = format!(
        "INSERT INTO auth_throttle (account, device, attempts, in_flight, lease_ends_at, opens_at, known, touched_at) \
         VALUES ({SEVENTH}, decode(repeat('00', 16), 'hex'), 1, 1, 9, 1, FALSE, 1)"
    );
    making.execute_unprepared(&sql).await.unwrap();
    only_the_seventh_waits(&fresh, "reserve", making).await;
}

#[tokio::test]
async fn nobody_waits_for_a_strangers_session_that_has_to_end() {
    let Some(fresh) = postgres().await else { return };
    people(&fresh).await;
    let first = |n| Opening { key: key(n + MANY), ..theirs(n) };
    assert!(open(&fresh, first).await.iter().all(Opened::is_opened));
    let elsewhere = fresh.another().await;
    let locked = format!(
        "SELECT 1 FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE u.email = '{}'",
        person(7).user.email.as_str()
    );
    let lock = elsewhere.database().begin().await.unwrap();
    lock.execute_unprepared(&format!("{locked} FOR UPDATE OF s")).await.unwrap();
    only_the_seventh_waits(&fresh, "open", lock).await;
    let live = "(SELECT count(*) FROM sessions WHERE ended_at IS NULL)";
    assert_eq!(number(&fresh, live).await, i64::from(MANY));
}
