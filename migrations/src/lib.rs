//! The tables that `auth-sea-orm` keeps people and sessions in, on SQLite and Postgres.
//!
//! On their own, beside whatever else is in the database:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sea_orm_migration::DbErr> {
//! # use sea_orm_migration::sea_orm::Database;
//! let db = Database::connect("sqlite::memory:").await?;
//! auth_migrations::run(&db).await?;
//! auth_migrations::run(&db).await?; // nothing left to do
//! # Ok(()) }
//! ```
//!
//! Or as the first of an application's own migrations, so that its tables can refer to `users`:
//!
//! ```
//! use auth_migrations::Migrator as AuthMigrator;
//! use sea_orm_migration::prelude::*;
//!
//! struct CreateOrders;
//!
//! impl MigrationName for CreateOrders {
//!     fn name(&self) -> &str {
//!         "m20261201_000001_orders"
//!     }
//! }
//!
//! #[async_trait::async_trait]
//! impl MigrationTrait for CreateOrders {
//!     async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
//!         let sql = "CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer BLOB REFERENCES users (id))";
//!         manager.get_connection().execute_unprepared(sql).await.map(drop)
//!     }
//! }
//!
//! struct Migrator;
//!
//! impl MigratorTrait for Migrator {
//!     fn migrations() -> Vec<Box<dyn MigrationTrait>> {
//!         let mut all = AuthMigrator::migrations();
//!         all.push(Box::new(CreateOrders));
//!         all
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), DbErr> {
//! # use sea_orm_migration::sea_orm::Database;
//! # let db = Database::connect("sqlite::memory:").await?;
//! auth_migrations::run_migrator::<Migrator>(&db).await?;
//! # Ok(()) }
//! ```
//!
//! Choose one of the two for a database and stay with it: each remembers what it has applied in
//! a table of its own.

mod later;
mod m20261122_000001_auth_users;
mod m20261122_000002_auth_sessions;
mod m20261126_000003_auth_throttle;
mod m20261126_000004_auth_events;
mod m20261129_000005_auth_keys;
mod m20261129_000006_auth_revocations;
mod m20261129_000007_auth_open_session;
mod m20261130_000008_auth_open_sessions;
mod m20261130_000009_auth_throttle_idle;
mod m20261130_000010_auth_hash_indexes;
mod postgres;
mod run;
mod steps;

use sea_orm_migration::prelude::{DynIden, IntoIden};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

pub use later::later;
pub use m20261122_000001_auth_users::CreateUsers;
pub use m20261122_000002_auth_sessions::CreateSessions;
pub use m20261126_000003_auth_throttle::CreateThrottle;
pub use m20261126_000004_auth_events::CreateEvents;
pub use m20261129_000005_auth_keys::CreateKeys;
pub use m20261129_000006_auth_revocations::CreateRevocations;
pub use m20261129_000007_auth_open_session::CreateOpenSession;
pub use m20261130_000008_auth_open_sessions::CreateOpenSessions;
pub use m20261130_000009_auth_throttle_idle::AddThrottleIdle;
pub use m20261130_000010_auth_hash_indexes::CreateHashIndexes;
pub use run::{run, run_migrator};
pub use steps::{Step, StepState, down, steps, up};

/// The tables `users`, `sessions`, `auth_throttle`, `auth_events`, `auth_keys` and `auth_revocations`.
///
/// What has been applied is remembered in the table `auth_migrations`, and so does not mix with
/// the `seaql_migrations` of an application.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(CreateUsers),
            Box::new(CreateSessions),
            Box::new(CreateThrottle),
            Box::new(CreateEvents),
            Box::new(CreateKeys),
            Box::new(CreateRevocations),
            Box::new(CreateOpenSession),
            Box::new(CreateOpenSessions),
            Box::new(AddThrottleIdle),
            Box::new(CreateHashIndexes),
        ]
    }

    fn migration_table_name() -> DynIden {
        "auth_migrations".into_iden()
    }
}
