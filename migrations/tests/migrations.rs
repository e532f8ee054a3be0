//! Up, down and up again, alone and many at once, on both databases.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;

use auth_migrations::{Migrator, StepState, run, run_migrator};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait,
};
use test_postgres::Postgres;

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    // In memory, each connection has a database of its own.
    options.max_connections(if url.starts_with("sqlite") { 1 } else { 2 }).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn relations(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND type <> 'trigger' ORDER BY name"
        }
        _ => {
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             ORDER BY relname::text COLLATE \"C\""
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    names.filter(|name| !name.ends_with("_pkey")).collect()
}

const ALL: [&str; 25] = [
    "auth_events",
    "auth_events_at_idx",
    "auth_events_email_idx",
    "auth_events_kind_idx",
    "auth_events_session_idx",
    "auth_events_user_idx",
    "auth_keys",
    "auth_keys_predecessor_idx",
    "auth_migrations",
    "auth_revocations",
    "auth_throttle",
    "auth_throttle_sweep_idx",
    "sessions",
    "sessions_ends_at_idx",
    "sessions_user_created_idx",
    "sessions_user_id_idx",
    "users",
    "users_created_idx",
    "users_disabled_created_idx",
    "users_disabled_role_created_idx",
    "users_email_key",
    "users_enabled_created_idx",
    "users_enabled_role_created_idx",
    "users_name_folded_idx",
    "users_role_created_idx",
];

/// Those, and what there is on Postgres alone.
fn all(db: &DatabaseConnection) -> Vec<&'static str> {
    let mut all = ALL.to_vec();
    if db.get_database_backend() == DbBackend::Postgres {
        all.extend(["sessions_id_hash_idx", "users_id_hash_idx"]);
        all.sort_unstable();
    }
    all
}

async fn up_down_and_up_again(db: DatabaseConnection) {
    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, all(&db));
    run(&db).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(relations(&db).await, all(&db), "once more is nothing more");

    // The latest made two indexes, and the one before changed a table, both on Postgres alone.
    Migrator::down(&db, Some(1)).await.unwrap();
    assert!(relations(&db).await.iter().all(|name| !name.ends_with("_id_hash_idx")));
    let added = ("auth_throttle".to_owned(), "idle_minute".to_owned());
    assert_eq!(columns(&db).await.contains_key(&added), db.get_database_backend() == DbBackend::Postgres);
    Migrator::down(&db, Some(1)).await.unwrap();
    assert!(!columns(&db).await.contains_key(&added));

    // Those before made a function each and no table, and that on Postgres alone.
    let mut beside = functions_and_triggers(&db).await;
    for function in ["auth_open_sessions", "auth_open_session"] {
        Migrator::down(&db, Some(1)).await.unwrap();
        let made = beside.iter().position(|name| name == function).map(|at| beside.remove(at));
        assert_eq!(made.is_some(), db.get_database_backend() == DbBackend::Postgres);
        assert_eq!(functions_and_triggers(&db).await, beside);
    }

    let mut left = ALL.to_vec();
    assert_eq!(relations(&db).await, left);
    for gone in ["auth_revocations", "auth_keys", "auth_events", "auth_throttle", "sessions", "users"] {
        Migrator::down(&db, Some(1)).await.unwrap();
        left.retain(|name| !name.starts_with(gone));
        assert_eq!(relations(&db).await, left);
    }
    assert_eq!(left, ["auth_migrations"]);
    assert_eq!(functions_and_triggers(&db).await, [""; 0]);

    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, all(&db));
}

/// What stands beside the tables.
async fn functions_and_triggers(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
        _ => {
            "SELECT proname::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

/// A database of the version before, with somebody in it.
async fn comes_up_from_the_version_before(db: DatabaseConnection) {
    Migrator::up(&db, Some(2)).await.unwrap();
    let (id, secret) = match db.get_database_backend() {
        DbBackend::Sqlite => ("X'018f2f658a4c7c3e9d2a5b7f0c1d2e3f'", "zeroblob(32)"),
        _ => ("'018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f'", "decode(repeat('00', 32), 'hex')"),
    };
    let rows = [
        format!(
            "INSERT INTO users (id, email, name, name_folded, role, created_at) \
             VALUES ({id}, 'ann@example.com', 'Ann', 'ann', 'ADMIN', 1)"
        ),
        format!(
            "INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at) \
             VALUES ({id}, {id}, {secret}, 7, 1, 2, 3)"
        ),
    ];
    for row in &rows {
        db.execute_unprepared(row).await.unwrap();
    }

    let added = auth_migrations::up(&db).await.unwrap();
    let mut names = [
        "m20261126_000003_auth_throttle",
        "m20261126_000004_auth_events",
        "m20261129_000005_auth_keys",
        "m20261129_000006_auth_revocations",
        "m20261129_000007_auth_open_session",
        "m20261130_000008_auth_open_sessions",
        "m20261130_000009_auth_throttle_idle",
        "m20261130_000010_auth_hash_indexes",
    ];
    assert_eq!(added, names);
    assert_eq!(relations(&db).await, all(&db));
    let taken_back = auth_migrations::down(&db, 8).await.unwrap();
    names.reverse();
    assert_eq!(taken_back, names);
    run(&db).await.unwrap();
    let sql = "SELECT u.name || ' ' || s.generation AS name FROM users u JOIN sessions s ON s.user_id = u.id";
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let found: Vec<String> = found.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(found, ["Ann 7"], "who was there is there, and logged in");
}

#[tokio::test]
async fn sqlite_comes_up_from_the_version_before() {
    comes_up_from_the_version_before(connect("sqlite::memory:").await).await;
}

#[tokio::test]
async fn postgres_comes_up_from_the_version_before() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    comes_up_from_the_version_before(connect(database.url()).await).await;
}

#[tokio::test]
async fn sqlite_goes_up_down_and_up_again() {
    up_down_and_up_again(connect("sqlite::memory:").await).await;
}

#[tokio::test]
async fn postgres_goes_up_down_and_up_again() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    up_down_and_up_again(connect(database.url()).await).await;
}

/// Eight connections of eight pools, as eight processes would have.
async fn raced(url: &str) {
    let mut racers = Vec::new();
    for _ in 0..8 {
        let db = connect(url).await;
        racers.push(tokio::spawn(async move { run(&db).await }));
    }
    for racer in racers {
        racer.await.unwrap().unwrap();
    }
    let db = connect(url).await;
    assert_eq!(relations(&db).await, all(&db));
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_do_not_break_each_other_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    raced(&format!("sqlite://{}?mode=rwc", folder.path().join("auth.db").display())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_do_not_break_each_other_on_postgres() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    raced(database.url()).await;
}

/// An application's own Migrator that fails after ours has run.
struct Failing;

struct Broken;

impl MigrationName for Broken {
    fn name(&self) -> &'static str {
        "m20270101_000001_broken"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Broken {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("CREATE TABLE no good").await.map(drop)
    }
}

impl MigratorTrait for Failing {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = Migrator::migrations();
        all.push(Box::new(Broken));
        all
    }
}

async fn all_or_nothing(db: DatabaseConnection) {
    run_migrator::<Failing>(&db).await.unwrap_err();
    assert_eq!(relations(&db).await, [""; 0]);
    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, all(&db), "the connection is usable and no lock is left");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind_on_sqlite() {
    all_or_nothing(connect("sqlite::memory:").await).await;
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind_on_postgres() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    all_or_nothing(connect(database.url()).await).await;
}

/// As if a version that is not written yet had been here.
async fn applied_later(db: &DatabaseConnection, name: &str) {
    let sql = format!("INSERT INTO auth_migrations (version, applied_at) VALUES ('{name}', 1)");
    db.execute_unprepared(&sql).await.unwrap();
}

async fn a_later_version_has_been_here(db: DatabaseConnection) {
    let more = "m20991231_000099_more";
    run(&db).await.unwrap();
    assert_eq!(auth_migrations::later(&db).await.unwrap(), [""; 0]);
    applied_later(&db, more).await;
    run(&db).await.unwrap();
    assert_eq!(auth_migrations::up(&db).await.unwrap(), [""; 0]);
    assert_eq!(auth_migrations::later(&db).await.unwrap(), [more]);
    let steps = auth_migrations::steps(&db).await.unwrap();
    let latest = steps.last().map(|step| (step.name.as_str(), step.state));
    assert_eq!(latest, Some((more, StepState::Later)));
    auth_migrations::down(&db, 1).await.expect_err("what it does not know it cannot take back");
    assert_eq!(relations(&db).await, all(&db), "and it takes nothing else back instead");

    applied_later(&db, "m20991231_000100_less_needs_000099").await;
    for refused in [run(&db).await, auth_migrations::later(&db).await.map(drop)] {
        let error = refused.expect_err("something that it needs is gone");
        assert!(
            matches!(&error, DbErr::Migration(why) if why.starts_with("m20991231_000100_less")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_later_version_is_accepted_unless_it_took_something_away_on_sqlite() {
    a_later_version_has_been_here(connect("sqlite::memory:").await).await;
}

#[tokio::test]
async fn a_later_version_is_accepted_unless_it_took_something_away_on_postgres() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    a_later_version_has_been_here(connect(database.url()).await).await;
}

/// Each column, and whether a row may be written that does not name it.
async fn columns(db: &DatabaseConnection) -> BTreeMap<(String, String), bool> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS in_table, c.name AS name, c.\"notnull\" = 0 OR c.dflt_value IS NOT NULL AS optional \
             FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        }
        _ => {
            "SELECT table_name::text AS in_table, column_name::text AS name, \
             is_nullable = 'YES' OR column_default IS NOT NULL AS optional \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let columns = rows.iter().map(|row| {
        let text = |name| row.try_get::<String>("", name).unwrap();
        ((text("in_table"), text("name")), row.try_get::<bool>("", "optional").unwrap())
    });
    columns.collect()
}

/// Expand, then contract: the version before goes on reading and writing while a migration is run, and after.
async fn what_is_there_stays(db: DatabaseConnection) {
    let mut before = BTreeMap::new();
    for migration in Migrator::migrations() {
        Migrator::up(&db, Some(1)).await.unwrap();
        let after = columns(&db).await;
        let name = migration.name();
        let takes_away =
            before.iter().any(|(column, optional)| after.get(column).is_none_or(|now| *optional && !now));
        let is_known = |table: &String| before.keys().any(|(known, _)| known == table);
        let asks_for_more = after
            .iter()
            .any(|(column, optional)| is_known(&column.0) && !before.contains_key(column) && !optional);
        assert!(
            name.contains("_needs_") || !(takes_away || asks_for_more),
            "{name} breaks the version before"
        );
        before = after;
    }
    assert!(before.len() > 40, "columns are still found: {before:?}");
}

#[tokio::test]
async fn no_migration_breaks_the_version_before_unless_its_name_says_so_on_sqlite() {
    what_is_there_stays(connect("sqlite::memory:").await).await;
}

#[tokio::test]
async fn no_migration_breaks_the_version_before_unless_its_name_says_so_on_postgres() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    what_is_there_stays(connect(database.url()).await).await;
}

/// As the book says of large tables, which nobody wants to lock.
#[tokio::test]
async fn indexes_that_were_made_beforehand_are_left_as_they_are() {
    let Some(postgres) = Postgres::shared() else { return };
    let page = include_str!("../../docs/upgrading.md");
    let (_, after) = page.split_once("```sql\n").expect("it shows them");
    let (statements, _) = after.split_once("```").expect("the block has an end");
    let migrated = postgres.database();
    let as_they_should_be = connect(migrated.url()).await;
    run(&as_they_should_be).await.unwrap();
    let should_be = hash_indexes(&as_they_should_be).await;
    assert_eq!(should_be.len(), 2);
    for broken in [false, true] {
        let database = postgres.database();
        let db = connect(database.url()).await;
        Migrator::up(&db, Some(9)).await.unwrap();
        for statement in statements.lines() {
            assert!(statement.starts_with("CREATE INDEX CONCURRENTLY IF NOT EXISTS "), "{statement}");
            db.execute_unprepared(statement).await.unwrap();
        }
        let made: Vec<_> = hash_indexes(&db).await;
        if broken {
            let spoil =
                "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'sessions_id_hash_idx'::regclass";
            db.execute_unprepared(spoil).await.unwrap();
        }
        assert_eq!(auth_migrations::up(&db).await.unwrap(), ["m20261130_000010_auth_hash_indexes"]);
        let found = hash_indexes(&db).await;
        assert_eq!(
            found.iter().map(|(_, made)| made).collect::<Vec<_>>(),
            should_be.iter().map(|(_, made)| made).collect::<Vec<_>>()
        );
        let kept = found.iter().filter(|index| made.contains(index)).count();
        assert_eq!(kept, if broken { 1 } else { 2 });
    }
}

/// The valid ones: which they are, and how they are made.
async fn hash_indexes(db: &DatabaseConnection) -> Vec<(i64, String)> {
    let sql = "SELECT c.oid::bigint AS id, pg_get_indexdef(c.oid) AS made FROM pg_class AS c \
               JOIN pg_index AS i ON i.indexrelid = c.oid \
               WHERE c.relname LIKE '%_id_hash_idx' AND i.indisvalid ORDER BY c.relname";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "made").unwrap())).collect()
}

/// Somebody reads a table for long, as a dump does.
#[tokio::test]
async fn a_table_that_is_being_read_is_not_waited_for_by_everyone() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    let (db, dump) = (connect(database.url()).await, connect(database.url()).await);
    Migrator::up(&db, Some(8)).await.unwrap();
    let reading = dump.begin().await.unwrap();
    reading.execute_unprepared("SELECT FROM auth_throttle").await.unwrap();
    let error = run(&db).await.expect_err("it gives up");
    assert!(error.to_string().contains("lock timeout"), "{error}");
    reading.commit().await.unwrap();
    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, all(&db));
}

/// For each caller `"$user"` is somebody else.
#[tokio::test]
async fn the_functions_look_for_the_tables_where_they_were_made() {
    let Some(postgres) = Postgres::shared() else { return };
    let database = postgres.database();
    let db = connect(database.url()).await;
    db.execute_unprepared("CREATE SCHEMA \"Its own\"").await.unwrap();
    let (path, query) = database.url().split_once('?').unwrap_or((database.url(), ""));
    let theirs =
        connect(&format!("{path}?{query}&options=-c%20search_path=%22$user%22,%22Its%5C%20own%22")).await;
    run(&theirs).await.unwrap();
    let sql = "SELECT (SELECT s FROM unnest(p.proconfig) AS s WHERE s LIKE 'search_path=%') AS name FROM pg_proc AS p \
               JOIN pg_namespace AS n ON n.oid = p.pronamespace \
               WHERE n.nspname = 'Its own' AND p.proname <> 'auth_events_stay_as_they_are'";
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let found: Vec<String> = found.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(found, ["search_path=\"Its own\""; 4], "all but the one that looks for none");
}
