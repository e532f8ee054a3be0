//! The migrations one by one, for whoever looks after a database by hand.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::Migrator;
use crate::run::begin_alone;

/// One migration of this crate, and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, which begins with its date.
    pub name: String,
    /// Whether it has been applied.
    pub state: StepState,
}

/// Whether a migration has been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It has.
    Applied,
    /// It has not.
    Pending,
}

/// Every migration of this crate in its order; changes nothing, not even where there is no table
/// yet.
///
/// ```
/// use auth_migrations::StepState;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sea_orm_migration::DbErr> {
/// # use sea_orm_migration::sea_orm::Database;
/// let db = Database::connect("sqlite::memory:").await?;
/// assert!(auth_migrations::steps(&db).await?.iter().all(|step| step.state == StepState::Pending));
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`DbErr`] where the database cannot be reached, or knows of a migration that this crate does
/// not have, because a later version has been here.
pub async fn steps(db: &DatabaseConnection) -> Result<Vec<Step>, DbErr> {
    known(db).await
}

/// Does what [`run`](crate::run()) does, and returns the names of what it applied.
///
/// # Errors
///
/// As [`run`](crate::run()).
pub async fn up(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let transaction = begin_alone(db).await?;
    let pending = named(known(&transaction).await?, StepState::Pending);
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(pending)
}

/// Takes the latest `steps` migrations back, with all that is in their tables and columns, and
/// returns their names, the latest first. Either all is taken back or nothing.
///
/// # Errors
///
/// As [`run`](crate::run()).
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, DbErr> {
    let transaction = begin_alone(db).await?;
    let mut applied = named(known(&transaction).await?, StepState::Applied);
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await?;
    applied.reverse();
    applied.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
    Ok(applied)
}

async fn known(db: &impl ConnectionTrait) -> Result<Vec<Step>, DbErr> {
    let migrations = Migrator::get_migration_with_status_read_only(db).await?;
    let steps = migrations.iter().map(|migration| Step {
        name: migration.name().to_owned(),
        state: match migration.status() {
            MigrationStatus::Applied => StepState::Applied,
            MigrationStatus::Pending => StepState::Pending,
        },
    });
    Ok(steps.collect())
}

fn named(steps: Vec<Step>, state: StepState) -> Vec<String> {
    steps.into_iter().filter(|step| step.state == state).map(|step| step.name).collect()
}
