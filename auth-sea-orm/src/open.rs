//! Opening sessions, one of them or many.

use std::slice;

use auth_core::store::{Ended, Opened, Opening, StoreError};
use auth_core::{Client, EndReason, SecretHash, SessionId, Timestamp, UserAgent, UserId};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::connections::Connections;
use crate::convert::{Nth, password_value, secret_value, uuid_of};
use crate::entity::{HashBytes, HashText};
use crate::sql::column;
use crate::store::{begin, commit, execute, fetch_all};
use crate::together::Answerer;

/// An opening, dated when it was asked for.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) opening: Opening,
    pub(crate) now: Timestamp,
}

/// Opens sessions on Postgres, one or many in one trip and one commit:
///
/// ```sql
/// SELECT … FROM auth_open_sessions($users, $verified, …)
/// ```
///
/// a function that `auth-migrations` makes. Where the connections do not read what is committed, it is in a
/// transaction that does:
///
/// ```sql
/// SELECT … FROM users AS u JOIN asked ON u.id = asked.user_id FOR NO KEY UPDATE OF u SKIP LOCKED;
/// -- What is replaced, and for each user what is beyond their limit:
/// SELECT id FROM sessions
///  WHERE user_id = $user AND ended_at IS NULL AND expires_at > $now AND ends_at > $now
///  ORDER BY created_at DESC, id DESC OFFSET $limit - 1;
/// -- Where there is any:
/// SELECT id FROM sessions WHERE id = ANY ($doomed) AND ended_at IS NULL FOR NO KEY UPDATE SKIP LOCKED;
/// UPDATE sessions SET ended_at = $now, end_reason = … WHERE id = ANY ($doomed) AND ended_at IS NULL
/// RETURNING id, user_id, end_reason;
/// INSERT INTO sessions (…) SELECT …
/// ```
///
/// Each statement has a snapshot of its own. The lock is one by itself so that the next ones see
/// what was committed before the lock was had: every other login of this user,
/// which makes the limit hold, and a password that was being replaced. Whatever ends all
/// sessions of a user locks the user first as well; it then ends the new one, or it is waited
/// for and has left another hash or a disabled account. `FOR NO KEY UPDATE` keeps two logins
/// of one user apart, and neither readers nor the foreign key of a session.
///
/// Many take only users whom nobody has locked, each of them once, and only where nobody has locked a session that
/// has to end. They wait for nothing. Who was left out opens alone, and waits, which holds nobody else up.
///
/// A session that is replaced may be another user's, whose logins do not wait for this lock.
/// So who waits locks the rows by id, the same way round by everyone, and no two logins are in a
/// deadlock.
pub(crate) struct Admitting(pub(crate) Connections);

impl Answerer for Admitting {
    type Question = Request;
    /// `None` for whoever has to open alone.
    type Answer = Option<Opened>;

    async fn answer(&self, requests: &[Request]) -> Result<Vec<Option<Opened>>, StoreError> {
        open(&self.0, requests, Patience::None).await
    }
}

impl Request {
    /// Opens it alone.
    pub(crate) async fn open(&self, connections: &Connections) -> Result<Opened, StoreError> {
        let opened = open(connections, slice::from_ref(self), Patience::Full).await?;
        // A user who is gone has no row.
        Ok(opened.into_iter().flatten().next().unwrap_or(Opened::Stale))
    }
}

/// Whether others are waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    None,
    Full,
}

async fn open(
    connections: &Connections,
    requests: &[Request],
    patience: Patience,
) -> Result<Vec<Option<Opened>>, StoreError> {
    let values = columns(requests, patience);
    let rows: Vec<Nth<Outcome>> = if connections.reads_committed() {
        fetch_all(connections, OPEN, values).await?
    } else {
        let transaction = begin(connections).await?;
        let rows = fetch_all(&transaction, OPEN, values).await?;
        commit(transaction).await?;
        rows
    };
    let mut opened: Vec<_> = requests.iter().map(|_| None).collect();
    for Nth { index, row } in rows {
        if let Some(opened) = opened.get_mut(index) {
            row.note(opened);
        }
    }
    Ok(opened)
}

/// One of the rows that tell what became of an opening: one that names no session, and one for each
/// session that it ended.
#[derive(FromQueryResult)]
struct Outcome {
    opened: bool,
    id: Option<Uuid>,
    user_id: Option<Uuid>,
    end_reason: Option<String>,
}

impl Outcome {
    /// Takes note of one of the rows of an opening.
    fn note(self, opened: &mut Option<Opened>) {
        if !self.opened {
            *opened = Some(Opened::Stale);
            return;
        }
        let opened = opened.get_or_insert(Opened::Opened { ended: Vec::new() });
        let row = self.id.zip(self.user_id).zip(self.end_reason);
        if let (Opened::Opened { ended }, Some(((id, user_id), end_reason))) = (opened, row) {
            ended.push(EndedRow { id, user_id, end_reason }.into_ended());
        }
    }
}

/// Opens one on SQLite, where nobody else writes meanwhile: the insertion and then the end of the others
/// in one immediate transaction.
pub(crate) async fn open_on_sqlite(
    connections: &Connections,
    opening: &Opening,
    now: Timestamp,
) -> Result<Opened, StoreError> {
    let transaction = begin(connections).await?;
    let row = new_session(opening, now).into_iter().chain([password_value(&opening.verified)]);
    if execute(&transaction, OPEN_SQLITE, row).await? == 0 {
        return Ok(Opened::Stale);
    }
    let new: [Value; 3] = [
        now.millis().into(),
        uuid_of(opening.user.to_bytes()).into(),
        uuid_of(opening.key.id.to_bytes()).into(),
    ];
    let values = new.into_iter().chain(make_room(opening));
    let ended: Vec<EndedRow> = fetch_all(&transaction, MAKE_ROOM_SQLITE, values).await?;
    commit(transaction).await?;
    Ok(Opened::Opened { ended: ended.into_iter().map(EndedRow::into_ended).collect() })
}

#[derive(FromQueryResult)]
struct EndedRow {
    id: Uuid,
    user_id: Uuid,
    end_reason: String,
}

impl EndedRow {
    fn into_ended(self) -> Ended {
        let replaced = self.end_reason == EndReason::Replaced.as_str();
        Ended {
            session: SessionId::from_bytes(self.id.into_bytes()),
            user: UserId::from_bytes(self.user_id.into_bytes()),
            why: if replaced { EndReason::Replaced } else { EndReason::SessionLimit },
        }
    }
}

/// The parameters `$1` to `$8` of an opening on SQLite.
fn new_session(opening: &Opening, now: Timestamp) -> [Value; 8] {
    let Client { user_agent, ip_address, request_id: _ } = &opening.client;
    [
        uuid_of(opening.user.to_bytes()).into(),
        uuid_of(opening.key.id.to_bytes()).into(),
        secret_value(&opening.key.secret),
        now.millis().into(),
        opening.expires_at.millis().into(),
        opening.ends_at.millis().into(),
        user_agent.as_ref().map(|agent| agent.as_str().to_owned()).into(),
        ip_address.map(|address| address.to_string()).into(),
    ]
}

/// The parameters for the end of the session that is replaced, nulls where there is none, and of
/// those beyond the limit.
fn make_room(opening: &Opening) -> [Value; 5] {
    let old = opening.replaces.as_ref();
    [
        old.map(|old| uuid_of(old.id.to_bytes())).into(),
        old.map(|old| old.secret.as_bytes().to_vec()).into(),
        kept(opening).into(),
        EndReason::Replaced.as_str().into(),
        EndReason::SessionLimit.as_str().into(),
    ]
}

/// How many sessions the user keeps beside the new one.
fn kept(opening: &Opening) -> i64 {
    opening.limit.saturating_sub(1).into()
}

/// The parameters of [`OPEN`]. No array holds a null: what a client did not say is an empty text, and what
/// nobody replaces has an empty secret, which no session has.
fn columns(requests: &[Request], patience: Patience) -> [Value; 15] {
    let ids = |of: fn(&Opening) -> [u8; 16]| {
        column::<Uuid>(requests.iter().map(|request| uuid_of(of(&request.opening))))
    };
    let numbers = |of: fn(&Request) -> i64| column(requests.iter().map(of));
    let texts =
        |of: fn(&Client) -> String| column(requests.iter().map(|request| of(&request.opening.client)));
    let secrets = |of: fn(&Opening) -> Option<&SecretHash>| {
        let bytes = |secret: &SecretHash| secret.as_bytes().to_vec();
        column(requests.iter().map(|request| HashBytes(of(&request.opening).map(bytes).unwrap_or_default())))
    };
    [
        ids(|opening| opening.user.to_bytes()),
        column(requests.iter().map(|request| HashText(request.opening.verified.expose().to_owned()))),
        ids(|opening| opening.key.id.to_bytes()),
        secrets(|opening| Some(&opening.key.secret)),
        numbers(|request| request.now.millis()),
        numbers(|request| request.opening.expires_at.millis()),
        numbers(|request| request.opening.ends_at.millis()),
        texts(|client| client.user_agent.as_ref().map_or("", UserAgent::as_str).to_owned()),
        texts(|client| client.ip_address.map_or_else(String::new, |address| address.to_string())),
        ids(|opening| opening.replaces.as_ref().map_or([0; 16], |old| old.id.to_bytes())),
        secrets(|opening| opening.replaces.as_ref().map(|old| &old.secret)),
        numbers(|request| kept(&request.opening)),
        EndReason::Replaced.as_str().into(),
        EndReason::SessionLimit.as_str().into(),
        (patience == Patience::Full).into(),
    ]
}

const OPEN: &str = "\
SELECT nth, opened, ended_id AS id, ended_user AS user_id, ended_why AS end_reason
  FROM auth_open_sessions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

const OPEN_SQLITE: &str = "\
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at, user_agent, ip_address)
SELECT $2, id, $3, 0, $4, $5, $6, $7, $8 FROM users
 WHERE id = $1 AND password_hash = $9 AND disabled_at IS NULL";

const MAKE_ROOM_SQLITE: &str = "\
UPDATE sessions
   SET ended_at = $1, end_reason = CASE WHEN id = $4 AND secret_hash = $5 THEN $7 ELSE $8 END
 WHERE ended_at IS NULL
   AND id IN (SELECT id FROM (
           SELECT id FROM sessions
            WHERE user_id = $2 AND ended_at IS NULL AND expires_at > $1 AND ends_at > $1
              AND id <> $3 AND (id IS DISTINCT FROM $4 OR secret_hash <> $5)
            ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET $6
       ) UNION ALL SELECT id FROM sessions WHERE id = $4 AND secret_hash = $5)
RETURNING id, user_id, end_reason";
