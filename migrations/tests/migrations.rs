//! Up, down and up again, alone and many at once, on both databases.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use auth_migrations::{Migrator, run, run_migrator};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, Statement};
use test_postgres::Postgres;

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    // In memory, each connection has a database of its own.
    options.max_connections(if url.starts_with("sqlite") { 1 } else { 2 }).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn relations(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
        _ => {
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             ORDER BY relname::text COLLATE \"C\""
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    names.filter(|name| !name.ends_with("_pkey")).collect()
}

const ALL: [&str; 14] = [
    "auth_migrations",
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

async fn up_down_and_up_again(db: DatabaseConnection) {
    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, ALL);
    run(&db).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(relations(&db).await, ALL, "once more is nothing more");

    Migrator::down(&db, Some(1)).await.unwrap();
    let without_sessions: Vec<_> = ALL.into_iter().filter(|name| !name.starts_with("sessions")).collect();
    assert_eq!(relations(&db).await, without_sessions);
    Migrator::down(&db, None).await.unwrap();
    assert_eq!(relations(&db).await, ["auth_migrations"]);

    run(&db).await.unwrap();
    assert_eq!(relations(&db).await, ALL);
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
    assert_eq!(relations(&connect(url).await).await, ALL);
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
    assert_eq!(relations(&db).await, ALL, "the connection is usable and no lock is left");
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
