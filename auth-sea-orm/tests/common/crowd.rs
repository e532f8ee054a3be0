//! Many users, what is asked of them, and the statements that it takes.

use std::sync::{Arc, Mutex};

use auth_core::{AccountQuery, AccountState, Cursor, Role, Search, User, UserId};
use auth_sea_orm::SeaOrmStore;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{at, person};

/// Puts `count` users in: one for each second, one in a thousand an `ADMIN`, one in twenty
/// disabled, one in a hundred called Zoe and one in ten Ann. Addresses are numbered by age, so
/// that those of the oldest tenth begin with `user0` and no others.
pub(crate) async fn fill(db: &DatabaseConnection, count: u32) {
    let (id, numbers, padded) = match db.get_database_backend() {
        DbBackend::Sqlite => (
            "randomblob(16)",
            format!("WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n + 1 < {count})"),
            "printf('%07d', n * STEP)",
        ),
        _ => (
            "gen_random_uuid()",
            format!("WITH g AS (SELECT generate_series(0, {count} - 1)::bigint AS n)"),
            "lpad((n * STEP)::text, 7, '0')",
        ),
    };
    let padded = padded.replace("STEP", &(10_000_000 / i64::from(count)).to_string());
    let first = "CASE WHEN n % 100 = 7 THEN 'Zoe' WHEN n % 10 = 3 THEN 'Ann' ELSE 'Lou' END";
    let sql = format!(
        "{numbers} INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at, disabled_at) \
         SELECT {id}, 'user' || {padded} || '@example.com', {first} || ' ' || n, lower({first}) || ' ' || n, \
                CASE WHEN n % 1000 = 500 THEN 'ADMIN' ELSE 'USER' END, 'hash', n * 1000, \
                CASE WHEN n % 20 = 9 THEN n * 1000 + 1 END FROM g"
    );
    let sql = if db.get_database_backend() == DbBackend::Sqlite {
        // SQLite wants the WITH behind the INSERT.
        let (with, rest) = sql.split_once(" INSERT INTO ").unwrap();
        let (into, select) = rest.split_once(") SELECT ").unwrap();
        format!("INSERT INTO {into}) {with} SELECT {select}")
    } else {
        format!("SET statement_timeout = 0; {sql}; SET statement_timeout = 30000")
    };
    db.execute_unprepared(&sql).await.unwrap();
}

/// What `ANALYZE` tells the planner, and on Postgres which pages hold nothing but visible rows.
pub(crate) async fn analyze(db: &DatabaseConnection) {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("SET statement_timeout = 0").await.unwrap();
        db.execute_unprepared("VACUUM ANALYZE users").await.unwrap();
    } else {
        db.execute_unprepared("ANALYZE").await.unwrap();
    }
}

/// Every order and filter there is, as first page and from the middle of `count` users on.
pub(crate) fn queries(count: u32) -> Vec<(String, AccountQuery)> {
    let searches = ["", "user0000012", "user", "user0", "zoe", "ann", "nobody"];
    let roles = [None, Some(Role::USER), Some(Role::ADMIN)];
    let states = [None, Some(AccountState::Enabled), Some(AccountState::Disabled)];
    let middle =
        User { id: UserId::from_bytes([0x80; 16]), created_at: at(i64::from(count) * 500), ..person(0).user };
    let mut all = Vec::new();
    for search in searches {
        for role in &roles {
            for state in states {
                for after in [None, Some(Cursor::after(&middle))] {
                    let name = format!(
                        "{search:11} {:5} {:8} {}",
                        role.as_ref().map_or("", Role::as_str),
                        state.map(|state| format!("{state:?}")).unwrap_or_default(),
                        if after.is_some() { "deep" } else { "first" },
                    );
                    let search = Search::parse(search).ok();
                    all.push((name, AccountQuery { search, role: role.clone(), state, after, limit: 51 }));
                }
            }
        }
    }
    all
}

/// Writes down the statements that a store executes.
#[derive(Clone, Default)]
pub(crate) struct Spy(Arc<Mutex<Vec<Statement>>>);

impl Spy {
    /// A store on these connections, and its spy.
    pub(crate) fn on(mut db: DatabaseConnection) -> (SeaOrmStore, Self) {
        let spy = Self::default();
        let heard = spy.clone();
        db.set_metric_callback(move |info| heard.0.lock().unwrap().push(info.statement.clone()));
        (SeaOrmStore::new(db), spy)
    }

    /// What has been heard since the last call.
    pub(crate) fn heard(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// The plan of a statement, line by line.
pub(crate) async fn plan(db: &DatabaseConnection, statement: &Statement) -> Vec<String> {
    let backend = db.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
    };
    let mut explained = statement.clone();
    explained.sql = format!("{explain} {}", statement.sql);
    let rows = db.query_all_raw(explained).await.unwrap();
    rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
}
