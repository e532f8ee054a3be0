//! The verbs for keeping events.

use auth_core::store::{EventStore, StoreError};
use auth_core::{
    Actor, Client, EmailDigest, Event, EventId, EventKind, EventQuery, RequestId, Role, SessionId, Timestamp,
    UserAgent, UserId,
};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Set};
use uuid::Uuid;

use crate::convert::uuid_of;
use crate::entity::events;
use crate::error::{StoreTrouble, from_orm};
use crate::sql::Parameters;
use crate::store::{SeaOrmStore, commit, execute, fetch_all};

/// How many rows go into one statement: a statement has a limited number of parameters.
const BATCH: usize = 1_000;

impl EventStore for SeaOrmStore {
    /// ```sql
    /// INSERT INTO auth_events (…) VALUES (…), (…) ON CONFLICT (id) DO NOTHING
    /// ```
    ///
    /// The rows go in by id, the same way round for everyone: who finds an id that another is about
    /// to write waits for them, and no two may wait for each other.
    async fn append(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut events: Vec<_> = events.iter().collect();
        events.sort_by_key(|event| event.id);
        if events.len() <= BATCH {
            return insert(self.connections(), &events).await;
        }
        let transaction = self.begin().await?;
        for events in events.chunks(BATCH) {
            insert(&transaction, events).await?;
        }
        commit(transaction).await
    }

    /// ```sql
    /// SELECT … FROM auth_events WHERE … AND id < $after ORDER BY id DESC LIMIT n
    /// ```
    ///
    /// An id begins with its time. So a time is a bound of the id as well, and every index on it
    /// yields the events of that time in their order.
    ///
    /// What became of a session is one statement as well:
    ///
    /// ```sql
    /// … AND id IN (
    ///     SELECT id FROM auth_events WHERE session_id = $1
    ///      UNION ALL
    ///     SELECT later.id FROM auth_events AS login JOIN auth_events AS later
    ///         ON later.user_id = login.user_id AND later.id > login.id
    ///      WHERE login.session_id = $1 AND login.kind = 'login_succeeded' AND later.kind IN (…)
    /// )
    /// ```
    ///
    /// On Postgres it is `id = ANY (ARRAY(…))`.
    async fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        // Postgres looks an array up in the index; what is IN, it may also look for in all rows.
        let among = self.dialect("id = ANY (ARRAY(…))", "id IN (…)");
        let (sql, parameters) = select(query, among);
        let rows: Vec<EventRow> = fetch_all(self.connections(), &sql, parameters.into_values()).await?;
        rows.into_iter().map(EventRow::into_event).collect()
    }

    /// ```sql
    /// DELETE FROM auth_events WHERE id = ANY (ARRAY(
    ///     SELECT id FROM auth_events WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
    /// ))
    /// ```
    ///
    /// An array is looked up in the index whatever its length, where a join could read the table.
    async fn sweep_events(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = self.dialect(SWEEP_POSTGRES, SWEEP_SQLITE);
        execute(self.connections(), sql, [before.millis().into(), i64::from(limit).into()]).await
    }
}

async fn insert(db: &impl ConnectionTrait, events: &[&Event]) -> Result<(), StoreError> {
    let rows = events::Entity::insert_many(events.iter().map(|event| row_of(event))).on_conflict_do_nothing();
    rows.exec_without_returning(db).await.map(drop).map_err(|error| from_orm(&error))
}

fn select(query: &EventQuery, among: &str) -> (String, Parameters) {
    let EventQuery { user, session, email, kind, since, until, after, limit } = query;
    let mut parameters = Parameters::default();
    let mut conditions = vec!["1 = 1".to_owned()];
    if let Some(user) = user {
        conditions.push(format!("user_id = {}", parameters.bind(uuid_of(user.to_bytes()))));
    }
    if let Some(email) = email {
        conditions.push(format!("email_digest = {}", parameters.bind(email.to_bytes().to_vec())));
    }
    if let Some(kind) = kind {
        let is_kind = format!("kind = {}", parameters.bind(kind.as_str()));
        // Of a kind there are many: its index is for those who ask for nothing else. SQLite, which
        // does not count them, would else take it.
        let alone = user.is_none() && email.is_none() && session.is_none();
        conditions.push(if alone { is_kind } else { format!("({is_kind}) IS TRUE") });
    }
    if let Some(since) = since {
        conditions.push(format!("at >= {}", parameters.bind(since.millis())));
        conditions.extend(first_id_of(*since).map(|id| format!("id >= {}", parameters.bind(id))));
    }
    if let Some(until) = until {
        conditions.push(format!("at < {}", parameters.bind(until.millis())));
        conditions.extend(first_id_of(*until).map(|id| format!("id < {}", parameters.bind(id))));
    }
    if let Some(after) = after {
        conditions.push(format!("id < {}", parameters.bind(uuid_of(after.to_bytes()))));
    }
    if let Some(session) = session {
        let concerns = concerns(&parameters.bind(uuid_of(session.to_bytes())));
        conditions.push(among.replace('…', &concerns));
    }
    let conditions = conditions.join(" AND ");
    let sql = format!("SELECT {COLUMNS} FROM auth_events WHERE {conditions} ORDER BY id DESC LIMIT {limit}");
    (sql, parameters)
}

/// The least id that an event of this time can have; `None` where a UUID cannot tell the time.
fn first_id_of(time: Timestamp) -> Option<Uuid> {
    let millis = u64::try_from(time.millis()).ok().filter(|millis| (1..1 << 48).contains(millis))?;
    Some(Uuid::from_u128(u128::from(millis) << 80))
}

/// The ids of the events that tell what became of a session.
fn concerns(session: &str) -> String {
    let ends: Vec<_> = EventKind::ALL.iter().filter(|kind| kind.ends_sessions()).collect();
    let ends = ends.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
    let login = EventKind::LoginSucceeded;
    format!(
        "SELECT id FROM auth_events WHERE session_id = {session} UNION ALL \
         SELECT later.id FROM auth_events AS login JOIN auth_events AS later \
         ON later.user_id = login.user_id AND later.id > login.id \
         WHERE login.session_id = {session} AND (login.kind = '{login}') IS TRUE AND later.kind IN ({ends})"
    )
}

fn row_of(event: &Event) -> events::ActiveModel {
    let Event { id, at, kind, cause, by, user, email, session, count, role, client } = event;
    let Client { user_agent, ip_address, request_id } = client;
    events::ActiveModel {
        id: Set(uuid_of(id.to_bytes())),
        at: Set(at.millis()),
        kind: Set(kind.to_string()),
        cause: Set(cause.map(|cause| cause.to_string())),
        actor: Set(by.map(|actor| actor.to_string())),
        user_id: Set(user.map(|user| uuid_of(user.to_bytes()))),
        email_digest: Set(email.map(|email| email.to_bytes().to_vec())),
        session_id: Set(session.map(|session| uuid_of(session.to_bytes()))),
        count: Set(count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))),
        role: Set(role.as_ref().map(ToString::to_string)),
        user_agent: Set(user_agent.as_ref().map(|agent| agent.as_str().to_owned())),
        ip_address: Set(ip_address.map(|address| address.to_string())),
        request_id: Set(request_id.as_ref().map(|id| id.as_str().to_owned())),
    }
}

#[derive(FromQueryResult)]
struct EventRow {
    id: Uuid,
    at: i64,
    kind: String,
    cause: Option<String>,
    actor: Option<String>,
    user_id: Option<Uuid>,
    email_digest: Option<Vec<u8>>,
    session_id: Option<Uuid>,
    count: Option<i64>,
    role: Option<String>,
    user_agent: Option<String>,
    ip_address: Option<String>,
    request_id: Option<String>,
}

impl EventRow {
    fn into_event(self) -> Result<Event, StoreError> {
        let actor = |text: String| match text.as_str() {
            "operator" => Ok(Actor::Operator),
            id => id.parse().map(Actor::Admin).map_err(|_| wrong("actor")),
        };
        let digest =
            |bytes: Vec<u8>| bytes.try_into().map(EmailDigest::from_bytes).map_err(|_| wrong("email_digest"));
        Ok(Event {
            id: EventId::from_bytes(self.id.into_bytes()),
            at: Timestamp::from_millis(self.at),
            kind: self.kind.parse().map_err(|_| wrong("kind"))?,
            cause: self.cause.map(|word| word.parse().map_err(|_| wrong("cause"))).transpose()?,
            by: self.actor.map(actor).transpose()?,
            user: self.user_id.map(|id| UserId::from_bytes(id.into_bytes())),
            email: self.email_digest.map(digest).transpose()?,
            session: self.session_id.map(|id| SessionId::from_bytes(id.into_bytes())),
            count: self.count.map(|count| u64::try_from(count).map_err(|_| wrong("count"))).transpose()?,
            role: self.role.map(|role| Role::parse(&role).map_err(|_| wrong("role"))).transpose()?,
            client: Client {
                user_agent: self.user_agent.and_then(|text| UserAgent::new(&text)),
                ip_address: self.ip_address.and_then(|text| text.parse().ok()),
                request_id: self.request_id.and_then(|text| RequestId::new(&text)),
            },
        })
    }
}

fn wrong(column: &'static str) -> StoreError {
    StoreError::broken(StoreTrouble::Row { table: "auth_events", column })
}

/// By name: a statement that has been prepared with a `*` fails when there is one column more.
const COLUMNS: &str = "\
id, at, kind, cause, actor, user_id, email_digest, session_id, count, role, user_agent, ip_address, request_id";

const SWEEP_POSTGRES: &str = "\
DELETE FROM auth_events WHERE id = ANY (ARRAY(
    SELECT id FROM auth_events WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))";

const SWEEP_SQLITE: &str = "\
DELETE FROM auth_events WHERE id IN (SELECT id FROM auth_events WHERE at < $1 ORDER BY at LIMIT $2)";
