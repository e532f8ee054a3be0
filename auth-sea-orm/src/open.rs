//! Opening sessions, one of them or many.

use auth_core::store::{Ended, Opened, Opening, StoreError};
use auth_core::{Client, EndReason, SessionId, Timestamp, UserAgent, UserId};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::connections::Connections;
use crate::convert::{Nth, password_value, secret_value, uuid_of};
use crate::entity::{HashBytes, HashText};
use crate::sql::column;
use crate::store::{begin, commit, execute, fetch_all, fetch_unhindered};
use crate::together::Answerer;

/// An opening, dated when it was asked for.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) opening: Opening,
    pub(crate) now: Timestamp,
}

/// Opens sessions on Postgres.
///
/// One is
///
/// ```sql
/// SELECT … FROM auth_open_session($user, $verified, …)
/// ```
///
/// a function that `auth-migrations` makes, in one trip where the connections read what is committed, and
/// otherwise in a transaction that does:
///
/// ```sql
/// PERFORM FROM users WHERE id = $user AND password_hash = $verified AND disabled_at IS NULL
///     FOR NO KEY UPDATE; -- none: stale
/// WITH beyond AS (
///     SELECT id FROM sessions
///      WHERE user_id = $user AND ended_at IS NULL AND expires_at > $now AND ends_at > $now
///        AND (id IS DISTINCT FROM $old OR secret_hash <> $old_secret)
///      ORDER BY created_at DESC, id DESC OFFSET $limit - 1
/// ), doomed AS MATERIALIZED (
///     SELECT id FROM sessions WHERE id = ANY (ARRAY(
///                SELECT id FROM beyond UNION ALL
///                SELECT id FROM sessions WHERE id = $old AND secret_hash = $old_secret
///            )) AND ended_at IS NULL
///      ORDER BY id FOR NO KEY UPDATE
/// )
/// UPDATE sessions SET ended_at = $now, end_reason = … FROM doomed WHERE sessions.id = doomed.id …
/// RETURNING id, user_id, end_reason;
/// INSERT INTO sessions (…) VALUES (…)
/// ```
///
/// Each statement has a snapshot of its own. The lock is one by itself so that the next ones see
/// what was committed before the lock was had: every other login of this user,
/// which makes the limit hold, and a password that was being replaced. Whatever ends all
/// sessions of a user locks the user first as well; it then ends the new one, or it is waited
/// for and has left another hash or a disabled account. `FOR NO KEY UPDATE` keeps two logins
/// of one user apart, and neither readers nor the foreign key of a session.
///
/// A session that is replaced may be another user's, whose logins do not wait for this lock.
/// So the rows are locked by id, the same way round by everyone, and no two logins are in a
/// deadlock.
///
/// Many are one commit, and one trip, of one user as of many:
///
/// ```sql
/// WITH asked AS (
///     SELECT DISTINCT ON (user_id) … FROM unnest($1, …) WITH ORDINALITY AS asked (user_id, …, nth) …
/// ), free AS MATERIALIZED (
///     SELECT asked.nth FROM users AS u JOIN asked ON asked.user_id = u.id FOR NO KEY UPDATE OF u SKIP LOCKED
/// )
/// SELECT asked.nth, … FROM free JOIN asked USING (nth) LEFT JOIN LATERAL auth_open_session(asked.user_id, …) ON TRUE
/// ```
///
/// It takes only users whom nobody has locked; whose user that is opens alone, which holds nobody else up. For
/// a session that has to end it waits, a tenth of a second at most (`lock_timeout`, for this transaction alone);
/// where that was not enough, or it collided otherwise, nothing is opened by it and each opens alone. So
/// does who replaces a session: of many the rows would not be locked in the order of their ids. Other than
/// that nobody locks a session of another's user.
pub(crate) struct Admitting(pub(crate) Connections);

impl Answerer for Admitting {
    type Question = Request;
    /// `None` for whoever has to open alone.
    type Answer = Option<Opened>;

    async fn answer(&self, requests: &[Request]) -> Result<Vec<Option<Opened>>, StoreError> {
        let rows: Vec<Nth<Outcome>> = if self.0.reads_committed() {
            fetch_unhindered(&self.0, OPEN_MANY, columns(requests)).await?
        } else {
            let transaction = begin(&self.0).await?;
            let rows = fetch_unhindered(&transaction, OPEN_MANY, columns(requests)).await?;
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
}

impl Request {
    /// Opens it alone.
    pub(crate) async fn open(&self, connections: &Connections) -> Result<Opened, StoreError> {
        let Self { opening, now } = self;
        let verified = [password_value(&opening.verified)];
        let values = new_session(opening, *now).into_iter().chain(make_room(opening)).chain(verified);
        let mut opened = None;
        let rows: Vec<Outcome> = if connections.reads_committed() {
            fetch_all(connections, OPEN, values).await?
        } else {
            let transaction = begin(connections).await?;
            let rows = fetch_all(&transaction, OPEN, values).await?;
            commit(transaction).await?;
            rows
        };
        for row in rows {
            row.note(&mut opened);
        }
        Ok(opened.unwrap_or(Opened::Stale))
    }
}

/// One of the rows that tell what became of an opening: none of the function's where it is stale, else
/// first one that names no session, and then one for each session that it ended.
#[derive(FromQueryResult)]
struct Outcome {
    /// Which row of the function's it is; null where there is none.
    step: Option<i64>,
    id: Option<Uuid>,
    user_id: Option<Uuid>,
    end_reason: Option<String>,
}

impl Outcome {
    /// Takes note of one of the rows of an opening.
    fn note(self, opened: &mut Option<Opened>) {
        if self.step.is_none() {
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

/// The parameters `$1` to `$8` of an opening.
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

/// The parameters of [`OPEN_MANY`]. No array holds a null: what a client did not say is an empty text.
fn columns(requests: &[Request]) -> [Value; 12] {
    let ids =
        |of: fn(&Request) -> [u8; 16]| column::<Uuid>(requests.iter().map(|request| uuid_of(of(request))));
    let numbers = |of: fn(&Request) -> i64| column(requests.iter().map(of));
    let texts =
        |of: fn(&Client) -> String| column(requests.iter().map(|request| of(&request.opening.client)));
    [
        ids(|request| request.opening.user.to_bytes()),
        column(requests.iter().map(|request| HashText(request.opening.verified.expose().to_owned()))),
        ids(|request| request.opening.key.id.to_bytes()),
        column(requests.iter().map(|request| HashBytes(request.opening.key.secret.as_bytes().to_vec()))),
        numbers(|request| request.now.millis()),
        numbers(|request| request.opening.expires_at.millis()),
        numbers(|request| request.opening.ends_at.millis()),
        texts(|client| client.user_agent.as_ref().map_or("", UserAgent::as_str).to_owned()),
        texts(|client| client.ip_address.map_or_else(String::new, |address| address.to_string())),
        numbers(|request| kept(&request.opening)),
        EndReason::Replaced.as_str().into(),
        EndReason::SessionLimit.as_str().into(),
    ]
}

const OPEN: &str = "\
SELECT step, ended_id AS id, ended_user AS user_id, ended_why AS end_reason
  FROM auth_open_session($1, $14, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       WITH ORDINALITY AS done (ended_id, ended_user, ended_why, step)";

const OPEN_MANY: &str = "\
WITH asked AS (
    SELECT DISTINCT ON (user_id) * FROM unnest(
        $1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
        $9::text[], $10::bigint[]
    ) WITH ORDINALITY AS asked (user_id, verified, id, secret, now, expires_at, ends_at, user_agent, ip_address, kept, nth)
     ORDER BY user_id, nth
), waits AS (SELECT set_config('lock_timeout', '100', TRUE)),
free AS MATERIALIZED (
    SELECT asked.nth FROM users AS u JOIN asked ON asked.user_id = u.id, waits FOR NO KEY UPDATE OF u SKIP LOCKED
)
SELECT asked.nth, done.step, done.ended_id AS id, done.ended_user AS user_id, done.ended_why AS end_reason
  FROM free JOIN asked ON asked.nth = free.nth
  LEFT JOIN LATERAL auth_open_session(
      asked.user_id, asked.verified, asked.id, asked.secret, asked.now, asked.expires_at, asked.ends_at,
      NULLIF(asked.user_agent, ''), NULLIF(asked.ip_address, ''), NULL, NULL, asked.kept, $11, $12
  ) WITH ORDINALITY AS done (ended_id, ended_user, ended_why, step) ON TRUE";

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
