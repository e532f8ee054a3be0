//! What comes at the same time goes together. Each test has one thread, so that whatever is asked
//! before anybody waits comes at the same time.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use auth_core::SessionRecord;
use auth_core::store::SessionStore;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, TransactionTrait};
use tokio::task::JoinSet;

use common::{Fresh, at, both, key, opening, postgres, step, with_a_session};

/// How many sessions; fewer than one trip takes.
const SESSIONS: u8 = 40;

async fn with_sessions(fresh: &Fresh) {
    with_a_session(fresh, key(1)).await;
    for n in 2..=SESSIONS {
        assert!(fresh.store.open(&opening(key(n)), at(1)).await.unwrap().is_opened());
    }
}

/// Rotates session `n` from `generation`, in a task of its own.
fn rotate(fresh: &Fresh, turns: &mut JoinSet<(u8, Option<SessionRecord>)>, n: u8, generation: u32) {
    let store = fresh.store.clone();
    turns.spawn(async move {
        let now = at(10 + i64::from(n));
        (n, store.rotate(&step(key(n), generation, now), now).await.unwrap())
    });
}

/// How many transactions wrote the sessions as they are.
async fn transactions(fresh: &Fresh) -> i64 {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let sql = "SELECT count(DISTINCT xmin::text) FROM sessions";
    let db = fresh.store.database();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    Row::from_query_result(&row, "").unwrap().count
}

#[tokio::test]
async fn each_gets_its_own_session_back() {
    for fresh in both().await {
        with_sessions(&fresh).await;
        let mut turns = JoinSet::new();
        for n in 1..=SESSIONS {
            rotate(&fresh, &mut turns, n, 0);
        }
        for (n, rotated) in turns.join_all().await {
            let SessionRecord { session, .. } = rotated.unwrap();
            assert_eq!((session.id, session.generation, session.parent), (key(n).id, 1, Some(0)), "{n}");
            assert_eq!(session.rotated_at, Some(at(10 + i64::from(n))), "{n}: each at its own time");
        }
    }
}

#[tokio::test]
async fn many_rotations_are_one_commit() {
    let Some(fresh) = postgres().await else { return };
    with_sessions(&fresh).await;
    assert_eq!(transactions(&fresh).await, i64::from(SESSIONS), "each was opened by itself");
    let mut turns = JoinSet::new();
    for n in 1..=SESSIONS {
        rotate(&fresh, &mut turns, n, 0);
    }
    assert!(turns.join_all().await.iter().all(|(_, rotated)| rotated.is_some()));
    assert_eq!(transactions(&fresh).await, 1);
}

#[tokio::test]
async fn what_does_not_hold_for_one_is_told_to_that_one() {
    for fresh in both().await {
        with_sessions(&fresh).await;
        let mut turns = JoinSet::new();
        for n in 1..=SESSIONS {
            rotate(&fresh, &mut turns, n, u32::from(n % 3));
        }
        for (n, rotated) in turns.join_all().await {
            assert_eq!(rotated.is_some(), n % 3 == 0, "{n} is at generation 0");
        }
    }
}

#[tokio::test]
async fn one_session_asked_for_twice_makes_one_step() {
    for fresh in both().await {
        with_sessions(&fresh).await;
        let mut turns = JoinSet::new();
        for n in 1..=SESSIONS {
            rotate(&fresh, &mut turns, n.div_ceil(2), 0);
        }
        let mut steps = [0; SESSIONS as usize + 1];
        for (n, rotated) in turns.join_all().await {
            steps[usize::from(n)] += u8::from(rotated.is_some());
        }
        assert!(steps[1..=usize::from(SESSIONS / 2)].iter().all(|steps| *steps == 1), "{steps:?}");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_stranger_whose_session_is_locked() {
    let Some(fresh) = postgres().await else { return };
    with_sessions(&fresh).await;
    let elsewhere = fresh.another().await;
    let lock = elsewhere.database().begin().await.unwrap();
    let of = Uuid::from_bytes(key(7).id.to_bytes());
    lock.execute_unprepared(&format!("SELECT 1 FROM sessions WHERE id = '{of}' FOR UPDATE")).await.unwrap();

    let mut turns = JoinSet::new();
    for n in 1..=SESSIONS {
        rotate(&fresh, &mut turns, n, 0);
    }
    for _ in 1..SESSIONS {
        let (n, rotated) = turns.join_next().await.unwrap().unwrap();
        assert!(n != 7 && rotated.is_some(), "{n}");
    }
    lock.rollback().await.unwrap();
    let (n, rotated) = turns.join_next().await.unwrap().unwrap();
    assert!(n == 7 && rotated.is_some(), "it waited for its own row, and had it");
}

#[tokio::test]
async fn many_lookups_find_each_its_own() {
    for fresh in both().await {
        with_sessions(&fresh).await;
        let mut lookups = JoinSet::new();
        // Each twice, and as many that are not there.
        for n in (1..=2 * SESSIONS).chain(1..=SESSIONS) {
            let store = fresh.store.clone();
            lookups.spawn(async move { (n, store.find(key(n).id).await.unwrap()) });
        }
        for (n, found) in lookups.join_all().await {
            let found = found.map(|record| record.session.id);
            assert_eq!(found, (n <= SESSIONS).then_some(key(n).id), "{n}");
        }
    }
}
