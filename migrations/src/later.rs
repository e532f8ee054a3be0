//! What a version makes of tables that a later one has brought further.
//!
//! While instances are replaced one by one, and on the way back, the older version meets migrations that it
//! does not know. Most add something, and then it gets along. One that takes something away says in its name
//! which versions get along without: those that know the migration of the number behind `_needs_`, as in
//! `m20270301_000011_drop_names_needs_000010`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait, SchemaManager};

use crate::Migrator;

const NEEDS: &str = "_needs_";

/// The migrations that the database has beyond those of this crate, in their order; mostly none. Changes
/// nothing, not even where there is no table yet.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sea_orm_migration::DbErr> {
/// # use sea_orm_migration::sea_orm::Database;
/// let db = Database::connect("sqlite::memory:").await?;
/// auth_migrations::run(&db).await?;
/// assert!(auth_migrations::later(&db).await?.is_empty());
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`DbErr::Migration`] where this version does not get along with one of them; any other [`DbErr`] where the
/// database cannot be reached.
pub async fn later(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    beyond(&applied(db).await?)
}

/// Those of `applied` that this crate does not have, if it gets along with them.
pub(crate) fn beyond(applied: &[String]) -> Result<Vec<String>, DbErr> {
    judge(&known(), applied).map_err(DbErr::Migration)
}

/// The names of this crate's migrations.
pub(crate) fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The names of those that the database has. It asks for nothing but the right to read.
pub(crate) async fn applied<'c>(db: impl IntoSchemaManagerConnection<'c>) -> Result<Vec<String>, DbErr> {
    let manager = SchemaManager::new(db);
    let table = Migrator::migration_table_name().to_string();
    if !manager.has_table(&table).await? {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT version FROM {table} ORDER BY version");
    let statement = Statement::from_string(manager.get_database_backend(), sql);
    let rows = manager.get_connection().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

/// Those of `applied` that are not `known`, if a version that knows no others gets along with them.
fn judge(known: &[String], applied: &[String]) -> Result<Vec<String>, String> {
    let later: Vec<_> = applied.iter().filter(|name| !known.contains(name)).cloned().collect();
    if later.is_empty() {
        return Ok(later);
    }
    let latest = known.last().and_then(|name| number(name)).unwrap_or_default();
    if let Some(missing) = known.iter().find(|name| !applied.contains(name)) {
        return Err(format!("{} has been applied, and {missing}, which comes before it, has not", later[0]));
    }
    for name in &later {
        match number(name) {
            Some(number) if number > latest => {}
            _ => return Err(format!("{name} has been applied, and is none of this server's history")),
        }
        if needed(name) > latest {
            return Err(format!("{name} took away what this version needs"));
        }
    }
    Ok(later)
}

/// The number of a migration: `m20261122_000001_auth_users` is the first.
fn number(name: &str) -> Option<u32> {
    name.split('_').nth(1)?.parse().ok()
}

/// The number of the migration that a version has to know to get along with this one: 0 where any does,
/// and more than there are where it cannot be read.
fn needed(name: &str) -> u32 {
    name.split_once(NEEDS).map_or(0, |(_, number)| number.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "m20261122_000001_one";
    const TWO: &str = "m20261122_000002_two";

    fn judged(applied: &[&str]) -> Result<Vec<String>, String> {
        judge(&[ONE, TWO].map(str::to_owned), &owned(applied))
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_was_added_later_is_accepted() {
        for (applied, later) in [
            (&[][..], &[][..]),
            (&[ONE], &[]),
            (&[ONE, TWO], &[]),
            (&[ONE, TWO, "m20270101_000003_more"], &["m20270101_000003_more"]),
            (
                &[ONE, TWO, "m20270101_000003_more", "m20270301_000004_less_needs_000002"],
                &["m20270101_000003_more", "m20270301_000004_less_needs_000002"],
            ),
        ] {
            assert_eq!(judged(applied), Ok(owned(later)));
        }
    }

    #[test]
    fn what_was_taken_away_since_and_what_is_foreign_is_not() {
        for (applied, why) in [
            (&[ONE, TWO, "m20270301_000004_less_needs_000003"][..], "took away what this version needs"),
            (&[ONE, TWO, "m20270301_000004_less_needs_"], "took away what this version needs"),
            (&[ONE, "m20270101_000003_more"], "m20261122_000002_two, which comes before it, has not"),
            (&[ONE, TWO, "m20261122_000002_other"], "is none of this server's history"),
            (&[ONE, TWO, "create_orders"], "is none of this server's history"),
        ] {
            let told = judged(applied).expect_err(why);
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn our_own_are_numbered_without_a_gap_and_need_what_is_there() {
        for (nth, name) in known().iter().enumerate() {
            let expected = u32::try_from(nth + 1).expect("there are few");
            assert_eq!(number(name), Some(expected), "{name}");
            assert!(needed(name) < expected, "{name}");
        }
    }
}
