//! The migrations one by one, for whoever looks after a database by hand.

use sea_orm_migration::sea_orm::{DatabaseConnection, DbErr};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};

use crate::Migrator;
use crate::later::{applied, beyond, known};
use crate::run::{begin_alone, bring_up};

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
    /// It has, by a later version: this one does not know it, and gets along.
    Later,
}

/// Every migration of this crate in its order, and after them what a later version has applied; changes nothing, not even where there is no table
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
/// [`DbErr`] where the database cannot be reached; [`DbErr::Migration`] where a later version took away what
/// this one needs.
pub async fn steps(db: &DatabaseConnection) -> Result<Vec<Step>, DbErr> {
    found(db).await
}

/// Does what [`run`](crate::run()) does, and returns the names of what it applied.
///
/// # Errors
///
/// As [`run`](crate::run()).
pub async fn up(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let transaction = begin_alone(db).await?;
    let pending = named(found(&transaction).await?, StepState::Pending);
    bring_up(&transaction).await?;
    transaction.commit().await?;
    Ok(pending)
}

/// Takes the latest `steps` migrations back, with all that is in their tables and columns, and
/// returns their names, the latest first. Either all is taken back or nothing.
///
/// # Errors
///
/// As [`run`](crate::run()); and [`DbErr`] where the latest is of a later version, which alone knows how it is
/// taken back.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, DbErr> {
    let transaction = begin_alone(db).await?;
    let mut applied = named(found(&transaction).await?, StepState::Applied);
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await?;
    applied.reverse();
    applied.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
    Ok(applied)
}

async fn found<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<Vec<Step>, DbErr> {
    let applied = applied(db).await?;
    let later = beyond(&applied)?;
    let own = known().into_iter().map(|name| {
        let state = if applied.contains(&name) { StepState::Applied } else { StepState::Pending };
        Step { name, state }
    });
    let beyond = later.into_iter().map(|name| Step { name, state: StepState::Later });
    Ok(own.chain(beyond).collect())
}

fn named(steps: Vec<Step>, state: StepState) -> Vec<String> {
    steps.into_iter().filter(|step| step.state == state).map(|step| step.name).collect()
}
