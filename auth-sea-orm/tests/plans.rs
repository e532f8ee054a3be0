//! Every order and filter of a list is served by an index, and so is every sweep.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use auth_conformance::Harness;
use auth_core::store::{
    AccountStore, EventStore, Opening, SessionListStore, SessionStore, Settlement, ThrottleStore,
};
use auth_core::{AccountQuery, AccountState, EndReason, Event, EventKind, EventQuery, Role};
use auth_sea_orm::{Options, SeaOrmStore, connect};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, Statement};
use tokio::task::JoinSet;

use common::crowd::{Spy, analyze, fill, plan, queries};
use common::{Fresh, at, guessed, happened, key, opening, person, place, postgres, sqlite_file, step, wrong};

/// Enough for a tenth to be more than few, and for a walk to end before the list does.
const COUNT: u32 = 30_000;

fn index(query: &AccountQuery) -> &'static str {
    match (&query.role, query.state) {
        (None, None) => "users_created_idx",
        (None, Some(AccountState::Enabled)) => "users_enabled_created_idx",
        (None, Some(AccountState::Disabled)) => "users_disabled_created_idx",
        (Some(_), None) => "users_role_created_idx",
        (Some(_), Some(AccountState::Enabled)) => "users_enabled_role_created_idx",
        (Some(_), Some(AccountState::Disabled)) => "users_disabled_role_created_idx",
    }
}

fn is_gathered(statement: &Statement) -> bool {
    statement.sql.contains("UNION ALL")
}

async fn crowd(fresh: &Fresh) -> (SeaOrmStore, Spy) {
    fill(fresh.store.database(), COUNT).await;
    Spy::on(connect(&fresh.url).await.unwrap())
}

#[tokio::test]
async fn every_list_goes_by_its_index_on_sqlite() {
    let fresh = sqlite_file().await;
    let (store, spy) = crowd(&fresh).await;
    let db = fresh.store.database();
    for analyzed in [false, true] {
        if analyzed {
            analyze(db).await;
        }
        for (name, query) in queries(COUNT) {
            store.accounts(&query).await.unwrap();
            for statement in spy.heard() {
                let plan = plan(db, &statement).await.join("\n");
                let told = format!("{name}, {}\n{plan}", statement.sql);
                let sorts = plan.contains("TEMP B-TREE");
                if is_gathered(&statement) {
                    assert!(
                        plan.contains("SEARCH users USING INDEX users_email_key (email>? AND email<?)"),
                        "{told}"
                    );
                    assert!(
                        plan.contains("SEARCH users USING INDEX users_name_folded_idx (name_folded>? AND"),
                        "{told}"
                    );
                } else if statement.sql.contains("AS found") {
                    assert!(!sorts && plan.matches("SEARCH users USING").count() == 2, "{told}");
                } else {
                    assert!(plan.contains(&format!("INDEX {}", index(&query))) && !sorts, "{told}");
                    // A place is a bound of the index and not a filter on what it yields.
                    assert_eq!(
                        plan.contains("created_at,id)"),
                        statement.sql.contains("(created_at, id)"),
                        "{told}"
                    );
                }
            }
        }
    }
}

/// The plan for any values, which Postgres may change to when it has seen a statement five times.
async fn generic_plan(db: &DatabaseConnection, statement: &Statement) -> Vec<String> {
    let values = statement.values.as_ref().map_or(0, |values| values.0.len());
    let nulls = vec!["NULL"; values].join(", ");
    let transaction = sea_orm::TransactionTrait::begin(db).await.unwrap();
    transaction.execute_unprepared("SET LOCAL plan_cache_mode = force_generic_plan").await.unwrap();
    transaction.execute_unprepared(&format!("PREPARE any_values AS {}", statement.sql)).await.unwrap();
    let execute = if values == 0 { "any_values".to_owned() } else { format!("any_values({nulls})") };
    let explain =
        Statement::from_string(DbBackend::Postgres, format!("EXPLAIN (COSTS OFF) EXECUTE {execute}"));
    let rows = transaction.query_all_raw(explain).await.unwrap();
    transaction.execute_unprepared("DEALLOCATE any_values").await.unwrap();
    transaction.rollback().await.unwrap();
    rows.iter().map(|row| row.try_get("", "QUERY PLAN").unwrap()).collect()
}

#[tokio::test]
async fn every_list_goes_by_its_index_on_postgres() {
    let Some(fresh) = postgres().await else { return };
    let (store, spy) = crowd(&fresh).await;
    let db = fresh.store.database();
    analyze(db).await;
    for (name, query) in queries(COUNT) {
        store.accounts(&query).await.unwrap();
        for statement in spy.heard() {
            let generic = generic_plan(db, &statement).await;
            if is_gathered(&statement) {
                let by = |index: &str| generic.iter().any(|line| line.contains(index));
                let told = format!("{name}, {}\n{}", statement.sql, generic.join("\n"));
                assert!(
                    by("users_email_key") && by("users_name_folded_idx") && !by("_created_idx"),
                    "{told}"
                );
            }
            for plan in [plan(db, &statement).await, generic] {
                let told = format!("{name}, {}\n{}", statement.sql, plan.join("\n"));
                assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{told}");
                let sorts = plan.iter().any(|line| line.contains("Sort"));
                // What is gathered is few, and a walk goes no further than 20,000 users: both may be sorted.
                let bounded = ["UNION ALL", "AS found", "AS walked"];
                if bounded.iter().any(|mark| statement.sql.contains(mark)) {
                    continue;
                }
                // Few are sorted where the planner knows that there are no more: the admins, say.
                let few = query.role == Some(Role::ADMIN) || query.state == Some(AccountState::Disabled);
                assert!(few || !sorts, "{told}");
                // Nearly all are enabled, so that the index of all serves as well as theirs.
                let name = index(&query);
                let indexes = [name.to_owned(), name.replace("_enabled", "")];
                let used = plan.iter().any(|line| indexes.iter().any(|index| line.contains(index.as_str())));
                assert!(few || used, "{told}");
                // A place is a bound of the index and not a filter on what it yields.
                let filtered =
                    plan.iter().any(|line| line.contains("Filter:") && line.contains("created_at"));
                assert!(!filtered, "{told}");
            }
        }
    }
}

#[tokio::test]
async fn a_users_sessions_are_found_by_their_index() {
    for fresh in common::both().await {
        let (store, spy) = Spy::on(connect(&fresh.url).await.unwrap());
        let (user, now) = (person(1).user.id, at(1));
        store.create(&[person(1)]).await.unwrap();
        spy.heard();
        store.live_sessions(user, now).await.unwrap();
        store.end_all(user, None, EndReason::Revoked, now).await.unwrap();
        let db = fresh.store.database();
        let heard = spy.heard();
        assert_eq!(heard.len(), 2, "one statement each");
        for statement in heard {
            let plan = plan(db, &statement).await.join("\n");
            assert!(plan.contains("sessions_user_created_idx"), "{}\n{plan}", statement.sql);
            assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
        }
    }
}

#[tokio::test]
async fn sessions_and_their_users_are_found_by_a_hash() {
    let Some(fresh) = postgres().await else { return };
    let (store, spy) = crowd(&fresh).await;
    let db = fresh.store.database();
    let sessions = "INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at) \
                    SELECT gen_random_uuid(), id, sha256('a'), 0, 1, 2, 3 FROM users";
    db.execute_unprepared(sessions).await.unwrap();
    analyze(db).await;
    db.execute_unprepared("VACUUM ANALYZE sessions").await.unwrap();
    // The first goes alone, and those that came meanwhile go together.
    let mut asked = JoinSet::new();
    for n in 1..=8 {
        let (store, rotation) = (store.clone(), step(key(n), 0, at(1)));
        asked.spawn(async move {
            assert!(store.find(rotation.key.id).await.unwrap().is_none());
            assert!(store.rotate(&rotation, at(1)).await.unwrap().is_none());
        });
    }
    asked.join_all().await;
    let heard = spy.heard();
    assert!(heard.iter().any(|statement| statement.sql.contains("unnest")), "{heard:?}");
    for statement in heard.iter().filter(|statement| statement.sql.contains("sessions")) {
        for plan in [plan(db, statement).await, generic_plan(db, statement).await] {
            let plan = plan.join("\n");
            let told = format!("{}\n{plan}", statement.sql);
            assert!(plan.contains("sessions_id_hash_idx") && plan.contains("users_id_hash_idx"), "{told}");
        }
    }
}

/// A long history: of every user and session some, and of each kind many.
fn history() -> Vec<Event> {
    (0..12_000_u16)
        .map(|n| Event {
            user: Some(person(u32::from(n % 500)).user.id),
            session: Some(key(u8::try_from(n % 250).unwrap()).id),
            email: Some(auth_core::EmailDigest::from_bytes((u128::from(n % 700) << 64).to_be_bytes())),
            kind: EventKind::ALL[usize::from(n) % EventKind::ALL.len()],
            ..happened(n)
        })
        .collect()
}

/// What is asked of it, and the index that serves.
fn questions() -> Vec<(&'static str, EventQuery)> {
    let some = &history()[6_000];
    let every = EventQuery { limit: 51, ..EventQuery::default() };
    let kind = Some(EventKind::LoginFailed);
    let mut all = vec![
        ("", every.clone()),
        ("user", EventQuery { user: some.user, ..every.clone() }),
        ("email", EventQuery { email: some.email, ..every.clone() }),
        ("kind", EventQuery { kind, ..every.clone() }),
        ("user", EventQuery { user: some.user, kind, ..every.clone() }),
        ("email", EventQuery { email: some.email, kind, ..every.clone() }),
        ("session", EventQuery { session: some.session, ..every.clone() }),
        ("session", EventQuery { session: some.session, kind: Some(some.kind), ..every.clone() }),
    ];
    for (name, query) in all.clone() {
        let (since, until) = (Some(at(3_000)), Some(at(9_000)));
        all.push((name, EventQuery { since, ..query.clone() }));
        all.push((name, EventQuery { until, ..query.clone() }));
        all.push((name, EventQuery { since, until, ..query.clone() }));
        all.push((name, EventQuery { after: Some(some.id), ..query }));
    }
    all
}

/// Rows that no sweep takes away, so that looking at each would take long.
async fn many_counts(db: &DatabaseConnection) {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < 9999) \
             INSERT INTO auth_throttle SELECT unhex(printf('%064x', n)), zeroblob(16), 1, 0, 0, 0, n % 50 > 0, n * 60000 FROM g"
        }
        _ => {
            "INSERT INTO auth_throttle SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), decode(repeat('00', 16), 'hex'), \
             1, 0, 0, 0, n % 50 > 0, n::bigint * 60000 FROM generate_series(0, 9999) AS n"
        }
    };
    db.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn every_question_about_events_goes_by_an_index() {
    for fresh in common::both().await {
        fresh.store.append(&history()).await.unwrap();
        let (store, spy) = Spy::on(connect(&fresh.url).await.unwrap());
        let db = fresh.store.database();
        let sqlite = db.get_database_backend() == DbBackend::Sqlite;
        if !sqlite {
            db.execute_unprepared("VACUUM ANALYZE auth_events").await.unwrap();
        }
        for (name, query) in questions() {
            store.events(&query).await.unwrap();
            for statement in spy.heard() {
                let mut plans = vec![plan(db, &statement).await];
                if !sqlite {
                    plans.push(generic_plan(db, &statement).await);
                }
                for plan in plans {
                    let plan = plan.join("\n");
                    let told = format!("{}\n{plan}", statement.sql);
                    let primary = if sqlite { "sqlite_autoindex_auth_events_1" } else { "auth_events_pkey" };
                    let index = match name {
                        "" => primary.to_owned(),
                        _ => format!("auth_events_{name}_idx"),
                    };
                    // Of a kind that is frequent, a page is found soon enough among all.
                    let used = plan.contains(&index) || (name == "kind" && plan.contains(primary));
                    assert!(used && !plan.contains("Seq Scan"), "{told}");
                    // A whole list comes in its order; the few of a user or a session may be sorted.
                    let sorts = plan.contains("Sort") || plan.contains("TEMP B-TREE FOR ORDER BY");
                    let few = !name.is_empty() && name != "kind" && !sqlite || name == "session";
                    assert!(few || !sorts, "{told}");
                    // A session is looked for, and not all events asked whether they are its own.
                    let walks = plan.lines().any(|line| line.trim_start().starts_with("SCAN auth_events"));
                    assert!(!walks || (name.is_empty() && query.since.is_none()), "{told}");
                    let walks =
                        plan.contains("Backward using auth_events_pkey") && !plan.contains("id = ANY ($");
                    assert!(!walks || name.is_empty() || name == "kind", "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn counts_and_sweeps_go_by_an_index() {
    for fresh in common::both().await {
        let db = fresh.store.database();
        many_counts(db).await;
        fresh.store.append(&history()).await.unwrap();
        let (store, spy) = Spy::on(connect(&fresh.url).await.unwrap());
        let sqlite = db.get_database_backend() == DbBackend::Sqlite;
        if !sqlite {
            db.execute_unprepared("VACUUM ANALYZE auth_throttle, auth_events").await.unwrap();
        }
        let (key, now) = (guessed(1, 0), at(1));
        let nobody = auth_core::store::Reservation { free: 0, most: 0, ..place(key, now) };
        store.reserve(&nobody, now).await.unwrap();
        store.settle(&key, wrong(now), now).await.unwrap();
        store.settle(&key, Settlement::Unjudged, now).await.unwrap();
        store.settle(&key, Settlement::Right, now).await.unwrap();
        store.forget(&key.account).await.unwrap();
        assert_eq!(store.sweep_throttle(at(5_000 * 60_000), 10).await.unwrap(), 10);
        assert_eq!(store.sweep_events(at(5_000), 10).await.unwrap(), 10);
        for statement in spy.heard() {
            let mut plans = vec![plan(db, &statement).await];
            if !sqlite {
                plans.push(generic_plan(db, &statement).await);
            }
            for plan in plans {
                let plan = plan.join("\n");
                let told = format!("{}\n{plan}", statement.sql);
                assert!(!plan.contains("Seq Scan on auth_") && !plan.contains("SCAN auth_"), "{told}");
                if statement.sql.contains("LIMIT") {
                    let events = statement.sql.contains("auth_events");
                    let index = if events { "auth_events_at_idx" } else { "auth_throttle_sweep_idx" };
                    assert!(plan.contains(index), "{told}");
                }
            }
        }
    }
}

/// However many there are on a trip: to make a plan takes longer than to go by it.
#[tokio::test]
async fn what_goes_together_is_planned_a_few_times_and_then_no_more() {
    #[derive(Debug, FromQueryResult)]
    struct Prepared {
        statement: String,
        custom_plans: i64,
    }
    let Some(fresh) = postgres().await else { return };
    let held = person(1);
    fresh.put_user(&held.user, held.password.as_ref()).await;
    // What is prepared, a connection knows of itself.
    let options = Options { max_connections: Some(1), ..Options::default() };
    let store = SeaOrmStore::connect(&fresh.url, options).await.unwrap();
    for n in 1..=20 {
        let (count, now) = (guessed(n, 0), at(n.into()));
        store.reserve(&place(count, now), now).await.unwrap();
        store.settle(&count, Settlement::Right, now).await.unwrap();
        let opening = Opening { user: held.user.id, ..opening(key(n)) };
        assert!(store.open(&opening, now).await.unwrap().is_opened());
        store.rotate(&step(key(n), 0, now), now).await.unwrap().unwrap();
    }
    let sql =
        "SELECT statement, custom_plans FROM pg_prepared_statements WHERE generic_plans + custom_plans = 20";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let prepared = Prepared::find_by_statement(statement).all(store.database()).await.unwrap();
    assert_eq!(prepared.len(), 4, "{prepared:?}");
    for Prepared { statement, custom_plans } in prepared {
        assert!(custom_plans <= 5, "planned {custom_plans} times: {statement}");
    }
}
