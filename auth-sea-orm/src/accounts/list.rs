//! The list of accounts, page by page.

use auth_core::store::StoreError;
use auth_core::{AccountQuery, AccountState, User};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::convert::{UserRow, uuid_of};
use crate::sql::Parameters;
use crate::store::{SeaOrmStore, fetch, fetch_all};

use super::range::{Bounds, Range};

/// How many who match a search are few: they are gathered at once.
const FEW: u32 = 2_000;

/// How far the list is walked before those who match are gathered after all.
const WALK: u32 = 20_000;

pub(super) async fn accounts(store: &SeaOrmStore, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
    let list = List::of(query, store.on_sqlite());
    let Some(search) = &query.search else { return fetch_users(store, list.page()).await };
    let range = Range::of(search);
    if found(store, &list, &range).await? <= i64::from(FEW) {
        return fetch_users(store, list.gather(&range)).await;
    }
    let (sql, values) = list.place_to_turn();
    let turn: Option<PlaceRow> = fetch(store.connections(), &sql, values).await?;
    let walked = fetch_users(store, list.walk(&range, turn.as_ref())).await?;
    if turn.is_none() || walked.len() >= query.limit as usize {
        return Ok(walked);
    }
    fetch_users(store, list.gather(&range)).await
}

async fn found(store: &SeaOrmStore, list: &List<'_>, range: &Range) -> Result<i64, StoreError> {
    let (sql, values) = list.count(range);
    let row: Option<FoundRow> = fetch(store.connections(), &sql, values).await?;
    Ok(row.map_or(0, |row| row.found))
}

async fn fetch_users(
    store: &SeaOrmStore,
    (sql, values): (String, Vec<Value>),
) -> Result<Vec<User>, StoreError> {
    let rows: Vec<UserRow> = fetch_all(store.connections(), &sql, values).await?;
    rows.into_iter().map(UserRow::into_user).collect()
}

#[derive(FromQueryResult)]
struct FoundRow {
    found: i64,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    created_at: i64,
    id: Uuid,
}

/// The statements of one query.
#[derive(Clone, Copy)]
struct List<'a> {
    query: &'a AccountQuery,
    sqlite: bool,
    /// Whether the role is a range and part of the order: it makes Postgres take the index that
    /// begins with the role. It would rather walk all users and leave out those in other roles,
    /// and come to regret it where the others are the newer ones.
    by_role: bool,
    columns: Columns,
}

/// The columns that are filtered by, spelt so that an index serves or, on purpose, does not.
#[derive(Clone, Copy)]
struct Columns {
    role: &'static str,
    created_at: &'static str,
    disabled_at: &'static str,
}

const INDEXED: Columns = Columns { role: "role", created_at: "created_at", disabled_at: "disabled_at" };

const FILTERED: Columns =
    Columns { role: "role || ''", created_at: "created_at + 0", disabled_at: "disabled_at + 0" };

impl<'a> List<'a> {
    fn of(query: &'a AccountQuery, sqlite: bool) -> Self {
        Self { query, sqlite, by_role: !sqlite && query.role.is_some(), columns: INDEXED }
    }

    fn page(&self) -> (String, Vec<Value>) {
        let mut parameters = Parameters::default();
        let wanted = self.wanted(&mut parameters, None);
        let (limit, newest_first) = (self.query.limit, self.newest_first());
        let sql = format!(
            "SELECT {USER} FROM users {} WHERE {wanted} {newest_first} LIMIT {limit}",
            self.by(self.index())
        );
        (sql, parameters.into_values())
    }

    fn count(&self, range: &Range) -> (String, Vec<Value>) {
        let mut parameters = Parameters::default();
        let bounds = Bounds::bind(&mut parameters, range);
        let up_to = |column, index| {
            let (index, is_in, limit) = (self.by(index), bounds.hold(column), FEW + 1);
            format!(
                "(SELECT count(*) FROM \
                 (SELECT 1 FROM users {index} WHERE {is_in} ORDER BY {column} LIMIT {limit}) AS {column}s)"
            )
        };
        let sql = format!("SELECT {} + {} AS found", up_to("email", EMAIL), up_to("name_folded", NAME));
        (sql, parameters.into_values())
    }

    fn gather(&self, range: &Range) -> (String, Vec<Value>) {
        let mut parameters = Parameters::default();
        let bounds = Bounds::bind(&mut parameters, range);
        // Here it is the ranges that have an index each; all else is left to be a filter.
        let list = Self { by_role: false, columns: FILTERED, ..*self };
        let wanted = list.wanted(&mut parameters, None);
        let (limit, newest_first) = (self.query.limit, list.newest_first());
        let by_email = bounds.hold("email");
        let by_name = format!("{} AND NOT ({by_email})", bounds.hold("name_folded"));
        let part = |index, matches: &str| {
            let index = self.by(index);
            format!(
                "SELECT * FROM (SELECT {USER} FROM users {index} WHERE {matches} AND {wanted} \
                 ORDER BY created_at + 0 DESC, id DESC LIMIT {limit}) AS part"
            )
        };
        let sql = format!(
            "SELECT * FROM ({} UNION ALL {}) AS found {newest_first} LIMIT {limit}",
            part(EMAIL, &by_email),
            part(NAME, &by_name)
        );
        (sql, parameters.into_values())
    }

    fn place_to_turn(&self) -> (String, Vec<Value>) {
        let mut parameters = Parameters::default();
        let wanted = self.wanted(&mut parameters, None);
        let newest_first = self.newest_first();
        let sql = format!(
            "SELECT created_at, id FROM users {} WHERE {wanted} {newest_first} LIMIT 1 OFFSET {WALK}",
            self.by(self.index())
        );
        (sql, parameters.into_values())
    }

    fn walk(&self, range: &Range, turn: Option<&PlaceRow>) -> (String, Vec<Value>) {
        let mut parameters = Parameters::default();
        let bounds = Bounds::bind(&mut parameters, range);
        let wanted = self.wanted(&mut parameters, turn);
        let matches = format!("({} OR {})", bounds.hold("email"), bounds.hold("name_folded"));
        let (limit, newest_first) = (self.query.limit, self.newest_first());
        let sql = if self.sqlite {
            let index = self.by(self.index());
            format!(
                "SELECT {USER} FROM users {index} WHERE {wanted} AND {matches} {newest_first} LIMIT {limit}"
            )
        } else {
            format!(
                "SELECT {USER} FROM (SELECT {USER}, name_folded FROM users WHERE {wanted} {newest_first} OFFSET 0) \
                 AS walked WHERE {matches} {newest_first} LIMIT {limit}"
            )
        };
        (sql, parameters.into_values())
    }

    /// The condition for role and state, for what comes after the place where the page begins,
    /// and before the one where a walk turns.
    fn wanted(&self, parameters: &mut Parameters, turn: Option<&PlaceRow>) -> String {
        let Columns { role: role_column, created_at: creation, disabled_at } = self.columns;
        let mut conditions = Vec::new();
        match self.query.state {
            Some(AccountState::Enabled) => conditions.push(format!("{disabled_at} IS NULL")),
            Some(AccountState::Disabled) => conditions.push(format!("{disabled_at} IS NOT NULL")),
            None => {}
        }
        let role = self.query.role.as_ref().map(|role| parameters.bind(role.as_str()));
        let begin = self.query.after.map(|place| {
            (parameters.bind(place.created_at().millis()), parameters.bind(uuid_of(place.id().to_bytes())))
        });
        let turn = turn.map(|place| (parameters.bind(place.created_at), parameters.bind(place.id)));
        let mut bound = |sign: &str, place: Option<(String, String)>| match (&role, place) {
            (Some(role), Some((created_at, id))) if self.by_role => {
                conditions.push(format!("(role, created_at, id) {sign} ({role}, {created_at}, {id})"));
            }
            (Some(role), None) if self.by_role => conditions.push(format!("role {sign}= {role}")),
            (_, Some((created_at, id))) => {
                conditions.push(format!("({creation}, id) {sign} ({created_at}, {id})"));
            }
            (_, None) => {}
        };
        bound("<", begin);
        bound(">", turn);
        if let Some(role) = role.filter(|_| !self.by_role) {
            conditions.push(format!("{role_column} = {role}"));
        }
        if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") }
    }

    fn newest_first(&self) -> &'static str {
        if self.by_role {
            "ORDER BY role DESC, created_at DESC, id DESC"
        } else {
            "ORDER BY created_at DESC, id DESC"
        }
    }

    /// The index that has the order of the list for its role and state.
    fn index(&self) -> &'static str {
        match (self.query.role.is_some(), self.query.state) {
            (false, None) => "users_created_idx",
            (false, Some(AccountState::Enabled)) => "users_enabled_created_idx",
            (false, Some(AccountState::Disabled)) => "users_disabled_created_idx",
            (true, None) => "users_role_created_idx",
            (true, Some(AccountState::Enabled)) => "users_enabled_role_created_idx",
            (true, Some(AccountState::Disabled)) => "users_disabled_role_created_idx",
        }
    }

    /// Tells SQLite which index to use; it knows too little of the data to choose, where nobody
    /// has had them analysed.
    fn by(&self, index: &str) -> String {
        if self.sqlite { format!("INDEXED BY {index}") } else { String::new() }
    }
}

const USER: &str = "id, email, name, role, created_at, disabled_at";

const EMAIL: &str = "users_email_key";

const NAME: &str = "users_name_folded_idx";
