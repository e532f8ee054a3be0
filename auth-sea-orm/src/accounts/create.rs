//! Accounts that are created, any number at once.

use std::collections::HashSet;

use auth_core::store::{Creation, StoreError};
use auth_core::{Credentials, Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::connections::Transaction;
use crate::convert::{optional_password_value, uuid_of};
use crate::error::from_orm;
use crate::sql::Parameters;
use crate::store::{SeaOrmStore, commit, fetch_all};

/// Rows in one statement. Each has eight parameters, of which SQLite takes 32,766 and Postgres
/// 65,535; beyond some hundred rows a longer statement is no faster.
const CHUNK: usize = 500;

/// "auth-new" in ASCII: the number of an advisory lock must be one that nobody else picks.
const LOCK: i64 = 0x6175_7468_2d6e_6577;

pub(super) async fn create(
    store: &SeaOrmStore,
    accounts: &[Credentials],
) -> Result<Vec<Creation>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let transaction = store.begin().await?;
    if accounts.len() > 1 && !store.on_sqlite() {
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
        transaction.execute_unprepared(&lock).await.map_err(|error| from_orm(&error))?;
    }
    let mut outcomes = Vec::with_capacity(accounts.len());
    for chunk in accounts.chunks(CHUNK) {
        outcomes.extend(insert(&transaction, chunk).await?);
    }
    commit(transaction).await?;
    Ok(outcomes)
}

async fn insert(transaction: &Transaction, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
    let mut parameters = Parameters::default();
    let rows: Vec<_> = accounts.iter().map(|account| row(&mut parameters, account)).collect();
    let sql = format!("{INSERT} {} ON CONFLICT DO NOTHING RETURNING id, email", rows.join(", "));
    let created: Vec<KeysRow> = fetch_all(transaction, &sql, parameters.into_values()).await?;
    let mut created: HashSet<_> = created.into_iter().map(|row| (row.id, row.email)).collect();
    // Taking a pair out makes the first of two equal ones the one that was created.
    let is_new: Vec<_> = accounts.iter().map(|account| created.remove(&keys(account))).collect();

    let refused = accounts.iter().zip(&is_new).filter(|(_, new)| !**new).map(|(account, _)| account);
    let holders = holders(transaction, refused).await?;
    let outcome = |(account, new): (&Credentials, bool)| {
        if new { Creation::Created } else { holders.refusal(account) }
    };
    Ok(accounts.iter().zip(is_new).map(outcome).collect())
}

fn row(parameters: &mut Parameters, Credentials { user, password }: &Credentials) -> String {
    let values = [
        parameters.bind(uuid_of(user.id.to_bytes())),
        parameters.bind(user.email.as_str()),
        parameters.bind(user.name.as_str()),
        parameters.bind(user.name.folded()),
        parameters.bind(user.role.as_str()),
        parameters.bind(optional_password_value(password.as_ref())),
        parameters.bind(user.created_at.millis()),
        parameters.bind(user.disabled_at.map(Timestamp::millis)),
    ];
    format!("({})", values.join(", "))
}

/// Who has the addresses and ids that were refused.
struct Holders {
    emails: HashSet<String>,
    ids: HashSet<Uuid>,
}

impl Holders {
    fn refusal(&self, account: &Credentials) -> Creation {
        let (id, email) = keys(account);
        // Where the holder has gone since, it is the address that people have in common.
        if self.ids.contains(&id) && !self.emails.contains(&email) {
            Creation::IdTaken
        } else {
            Creation::EmailTaken
        }
    }
}

async fn holders(
    transaction: &Transaction,
    refused: impl Iterator<Item = &Credentials>,
) -> Result<Holders, StoreError> {
    let mut parameters = Parameters::default();
    let (ids, emails): (Vec<_>, Vec<_>) =
        refused.map(keys).map(|(id, email)| (parameters.bind(id), parameters.bind(email))).unzip();
    let rows: Vec<KeysRow> = if ids.is_empty() {
        Vec::new()
    } else {
        let sql = format!(
            "SELECT id, email FROM users WHERE id IN ({}) OR email IN ({})",
            ids.join(", "),
            emails.join(", ")
        );
        fetch_all(transaction, &sql, parameters.into_values()).await?
    };
    let (ids, emails) = rows.into_iter().map(|row| (row.id, row.email)).unzip();
    Ok(Holders { emails, ids })
}

fn keys(account: &Credentials) -> (Uuid, String) {
    (uuid_of(account.user.id.to_bytes()), account.user.email.as_str().to_owned())
}

#[derive(FromQueryResult)]
struct KeysRow {
    id: Uuid,
    email: String,
}

const INSERT: &str = "\
INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at, disabled_at) VALUES";
