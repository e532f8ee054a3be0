//! Accounts that are changed and deleted, and the last admin who stays.

use auth_core::store::{Change, Changed, Deletion, Replaced, Replacement, StoreError};
use auth_core::{AccountState, EndReason, Role, Timestamp, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use crate::connections::Transaction;
use crate::convert::{UserRow, password_value, uuid_of};
use crate::error::from_orm;
use crate::session_list::end_all;
use crate::sql::Parameters;
use crate::store::{SeaOrmStore, commit, execute, fetch};

/// "auth-adm" in ASCII: the number of an advisory lock must be one that nobody else picks.
const LOCK: i64 = 0x6175_7468_2d61_646d;

pub(super) async fn change(
    store: &SeaOrmStore,
    id: UserId,
    change: &Change,
    now: Timestamp,
) -> Result<Changed, StoreError> {
    let transaction = store.begin().await?;
    let takes_admin = takes_admin(change);
    if takes_admin && !lock_alone(store, &transaction, id, "FOR NO KEY UPDATE").await? {
        commit(transaction).await?;
        return Ok(Changed::Unknown);
    }
    let (sql, values) = update(id, change, now);
    let Some(row) = fetch::<UserRow>(&transaction, &sql, values).await? else {
        commit(transaction).await?;
        return Ok(if takes_admin { Changed::LastAdmin } else { Changed::Unknown });
    };
    let ended = match ends_sessions(change) {
        Some(why) => end_all(store, &transaction, id, None, why, now).await?,
        None => 0,
    };
    // A row that makes no sense is an error, and an error changes nothing.
    let user = row.into_user()?;
    commit(transaction).await?;
    Ok(Changed::Changed { user, ended })
}

pub(super) async fn replace_password(
    store: &SeaOrmStore,
    replacement: &Replacement,
    now: Timestamp,
) -> Result<Replaced, StoreError> {
    let Replacement { user, verified, new, keeps } = replacement;
    let transaction = store.begin().await?;
    let values: [Value; 3] = [password_value(new), uuid_of(user.to_bytes()).into(), password_value(verified)];
    let replaced = execute(&transaction, REPLACE_PASSWORD, values).await? == 1;
    let outcome = if replaced {
        let why = EndReason::PasswordReplaced;
        let ended = end_all(store, &transaction, *user, Some(*keeps), why, now).await?;
        Replaced::Replaced { ended }
    } else {
        Replaced::Stale
    };
    commit(transaction).await?;
    Ok(outcome)
}

pub(super) async fn delete(store: &SeaOrmStore, id: UserId) -> Result<Deletion, StoreError> {
    let transaction = store.begin().await?;
    let known = lock_alone(store, &transaction, id, "FOR UPDATE").await?;
    let user = || -> [Value; 1] { [uuid_of(id.to_bytes()).into()] };
    let outcome = if !known {
        Deletion::Unknown
    } else if execute(&transaction, &format!("DELETE FROM users WHERE id = $1 AND {LEAVES_ADMIN}"), user())
        .await?
        == 0
    {
        Deletion::LastAdmin
    } else {
        execute(&transaction, "DELETE FROM sessions WHERE user_id = $1", user()).await?;
        Deletion::Deleted
    };
    commit(transaction).await?;
    Ok(outcome)
}

/// Whether the change makes no enabled admin of whomever it is made to, and so may take one away.
fn takes_admin(change: &Change) -> bool {
    change.role.as_ref().is_some_and(|role| *role != Role::ADMIN)
        || change.state == Some(AccountState::Disabled)
}

fn ends_sessions(change: &Change) -> Option<EndReason> {
    match (change.state, &change.password) {
        (Some(AccountState::Disabled), _) => Some(EndReason::Disabled),
        (Some(AccountState::Enabled) | None, Some(_)) => Some(EndReason::PasswordReplaced),
        (Some(AccountState::Enabled) | None, None) => None,
    }
}

/// Waits until nobody else is taking an admin away, then locks the user; says whether there is one.
///
/// It is the statement after these two that decides whether another enabled admin is left, and it
/// sees what was committed before it began: all that those have done who had the lock before.
async fn lock_alone(
    store: &SeaOrmStore,
    transaction: &Transaction,
    id: UserId,
    strength: &str,
) -> Result<bool, StoreError> {
    let mut sql = "SELECT id FROM users WHERE id = $1".to_owned();
    if !store.on_sqlite() {
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
        transaction.execute_unprepared(&lock).await.map_err(|error| from_orm(&error))?;
        sql = format!("{sql} {strength}");
    }
    Ok(fetch::<IdRow>(transaction, &sql, [uuid_of(id.to_bytes()).into()]).await?.is_some())
}

/// The `UPDATE` of a change; a `SELECT` of one that changes nothing.
fn update(id: UserId, change: &Change, now: Timestamp) -> (String, Vec<Value>) {
    let mut parameters = Parameters::default();
    let id = parameters.bind(uuid_of(id.to_bytes()));
    let mut columns = Vec::new();
    if let Some(name) = &change.name {
        columns.push(format!("name = {}", parameters.bind(name.as_str())));
        columns.push(format!("name_folded = {}", parameters.bind(name.folded())));
    }
    if let Some(role) = &change.role {
        columns.push(format!("role = {}", parameters.bind(role.as_str())));
    }
    match change.state {
        Some(AccountState::Disabled) => {
            columns.push(format!("disabled_at = COALESCE(disabled_at, {})", parameters.bind(now.millis())));
        }
        Some(AccountState::Enabled) => columns.push("disabled_at = NULL".to_owned()),
        None => {}
    }
    if let Some(password) = &change.password {
        columns.push(format!("password_hash = {}", parameters.bind(password_value(password))));
    }
    let guard = if takes_admin(change) { format!(" AND {LEAVES_ADMIN}") } else { String::new() };
    let sql = if columns.is_empty() {
        format!("SELECT {USER} FROM users WHERE id = {id}")
    } else {
        format!("UPDATE users SET {} WHERE id = {id}{guard} RETURNING {USER}", columns.join(", "))
    };
    (sql, parameters.into_values())
}

#[derive(FromQueryResult)]
#[expect(dead_code, reason = "that there is a row is the answer")]
struct IdRow {
    id: Uuid,
}

const USER: &str = "id, email, name, role, created_at, disabled_at";

const REPLACE_PASSWORD: &str =
    "UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3 AND disabled_at IS NULL";

/// That an enabled admin is left without this user, or that this user is none.
const LEAVES_ADMIN: &str = "\
(role <> 'ADMIN' OR disabled_at IS NOT NULL OR EXISTS (
    SELECT 1 FROM users AS other
     WHERE other.role = 'ADMIN' AND other.disabled_at IS NULL AND other.id <> users.id))";
