//! Rotating sessions, one of them or many.

use auth_core::Timestamp;
use auth_core::store::{Rotation, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, Value};
use uuid::Uuid;

use crate::connections::Connections;
use crate::convert::{RecordRow, in_order, secret_value, uuid_of};
use crate::entity::HashBytes;
use crate::sql::column;
use crate::store::{begin, commit, fetch, fetch_unhindered};
use crate::together::Answerer;

/// One step of one session, dated when it was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) rotation: Rotation,
    pub(crate) now: Timestamp,
}

/// What became of a turn.
pub(crate) enum Turned {
    /// The session after it, or `None` where a condition did not hold.
    Judged(Option<RecordRow>),
    /// Its row is locked; it has to be taken by itself.
    Passed(Turn),
}

/// Takes turns.
///
/// One is one statement; on Postgres
///
/// ```sql
/// UPDATE sessions AS s
///    SET generation = s.generation + 1, parent = $1, rotated_at = $now, expires_at = LEAST($3, s.ends_at)
///   FROM users AS u
///  WHERE s.id = $4 AND s.secret_hash = $5 AND s.generation = $6
///    AND (s.rotated_at IS NULL OR s.rotated_at <= $7)
///    AND s.ended_at IS NULL AND s.expires_at > $now AND s.ends_at > $now
///    AND u.id = s.user_id AND u.disabled_at IS NULL
/// RETURNING …
/// ```
///
/// Of two at once for one generation, the second waits for the first, judges the row as it is
/// then, and matches nothing. SQLite's `RETURNING` sees the updated table alone, so that the
/// columns of the user are subqueries there.
///
/// Many are one commit, which is what a rotation costs; on Postgres one statement as well, of one turn
/// as of many
///
/// ```sql
/// WITH asked AS (
///     SELECT * FROM unnest($1, …) WITH ORDINALITY AS asked (id, …, nth)
/// ), free AS MATERIALIZED (
///     SELECT s.id, asked.nth FROM sessions AS s JOIN asked ON asked.id = s.id FOR NO KEY UPDATE OF s SKIP LOCKED
/// ), rotated AS (
///     UPDATE sessions AS s SET … FROM free JOIN asked ON asked.nth = free.nth, users AS u WHERE s.id = free.id AND …
///     RETURNING asked.nth, …
/// )
/// SELECT free.nth, rotated.… FROM free LEFT JOIN rotated ON rotated.nth = free.nth
/// ```
///
/// It locks many rows, in an order that others do not know. By leaving those alone that are locked
/// already it waits for nobody, and so is in no deadlock and in no stranger's way; whose row that is
/// takes their turn by themselves, and waits for it; so does everybody where the statement collided with
/// others, as it may on connections that do not read what is committed. A row that it locked and did not rotate is
/// judged: its conditions do not hold, or it was asked for twice and the other one has made the step.
/// The snapshot is no older than the question, so it knows the generation that was asked for.
pub(crate) struct Rotating(pub(crate) Connections);

impl Rotating {
    async fn in_one_transaction(&self, turns: &[Turn]) -> Result<Vec<Turned>, StoreError> {
        if let [turn] = turns {
            return Ok(vec![Turned::Judged(turn.take(&self.0).await?)]);
        }
        let transaction = begin(&self.0).await?;
        let mut turned = Vec::with_capacity(turns.len());
        for turn in turns {
            turned.push(Turned::Judged(turn.take(&transaction).await?));
        }
        commit(transaction).await?;
        Ok(turned)
    }
}

impl Answerer for Rotating {
    type Question = Turn;
    type Answer = Turned;

    async fn answer(&self, turns: &[Turn]) -> Result<Vec<Turned>, StoreError> {
        if self.0.get_database_backend() == DbBackend::Sqlite {
            return self.in_one_transaction(turns).await;
        }
        let rows = fetch_unhindered(&self.0, ROTATE_MANY, columns(turns)).await?;
        let judged = in_order(turns.len(), rows).into_iter().zip(turns);
        Ok(judged.map(|(row, turn)| row.map_or(Turned::Passed(*turn), Turned::Judged)).collect())
    }
}

impl Turn {
    /// Takes it by itself.
    pub(crate) async fn take(&self, db: &impl ConnectionTrait) -> Result<Option<RecordRow>, StoreError> {
        let Self { rotation, now } = self;
        let values: [Value; 7] = [
            i64::from(rotation.parent).into(),
            now.millis().into(),
            rotation.expires_at.millis().into(),
            uuid_of(rotation.key.id.to_bytes()).into(),
            secret_value(&rotation.key.secret),
            i64::from(rotation.generation).into(),
            rotation.settled_by.millis().into(),
        ];
        let on_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        fetch(db, if on_sqlite { ROTATE_SQLITE } else { ROTATE_POSTGRES }, values).await
    }
}

/// The parameters of [`ROTATE_MANY`].
fn columns(turns: &[Turn]) -> [Value; 7] {
    let numbers = |of: fn(&Turn) -> i64| column(turns.iter().map(of));
    [
        numbers(|turn| turn.rotation.parent.into()),
        numbers(|turn| turn.now.millis()),
        numbers(|turn| turn.rotation.expires_at.millis()),
        column::<Uuid>(turns.iter().map(|turn| uuid_of(turn.rotation.key.id.to_bytes()))),
        column(turns.iter().map(|turn| HashBytes(turn.rotation.key.secret.as_bytes().to_vec()))),
        numbers(|turn| turn.rotation.generation.into()),
        numbers(|turn| turn.rotation.settled_by.millis()),
    ]
}

const ROTATE_POSTGRES: &str = "\
UPDATE sessions AS s
   SET generation = s.generation + 1, parent = $1, rotated_at = $2, expires_at = LEAST($3, s.ends_at)
  FROM users AS u
 WHERE s.id = $4 AND s.secret_hash = $5 AND s.generation = $6
   AND (s.rotated_at IS NULL OR s.rotated_at <= $7)
   AND s.ended_at IS NULL AND s.expires_at > $2 AND s.ends_at > $2
   AND u.id = s.user_id AND u.disabled_at IS NULL
RETURNING s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at, s.ends_at,
          s.ended_at, u.email, u.name, u.role, u.created_at AS user_created_at, u.disabled_at";

const ROTATE_SQLITE: &str = "\
UPDATE sessions
   SET generation = generation + 1, parent = $1, rotated_at = $2, expires_at = min($3, ends_at)
 WHERE id = $4 AND secret_hash = $5 AND generation = $6
   AND (rotated_at IS NULL OR rotated_at <= $7)
   AND ended_at IS NULL AND expires_at > $2 AND ends_at > $2
   AND EXISTS (SELECT 1 FROM users AS u WHERE u.id = sessions.user_id AND u.disabled_at IS NULL)
RETURNING id, user_id, secret_hash, generation, parent, rotated_at, expires_at, ends_at, ended_at,
          (SELECT u.email FROM users AS u WHERE u.id = sessions.user_id) AS email,
          (SELECT u.name FROM users AS u WHERE u.id = sessions.user_id) AS name,
          (SELECT u.role FROM users AS u WHERE u.id = sessions.user_id) AS role,
          (SELECT u.created_at FROM users AS u WHERE u.id = sessions.user_id) AS user_created_at,
          (SELECT u.disabled_at FROM users AS u WHERE u.id = sessions.user_id) AS disabled_at";

const ROTATE_MANY: &str = "\
WITH asked AS (
    SELECT * FROM unnest(
        (SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::uuid[]),
        (SELECT $5::bytea[]), (SELECT $6::bigint[]), (SELECT $7::bigint[])
    ) WITH ORDINALITY AS asked (parent, now, expires_at, id, secret_hash, generation, settled_by, nth)
), free AS MATERIALIZED (
    SELECT s.id, asked.nth FROM sessions AS s JOIN asked ON asked.id = s.id FOR NO KEY UPDATE OF s SKIP LOCKED
), rotated AS (
    UPDATE sessions AS s
       SET generation = s.generation + 1, parent = asked.parent, rotated_at = asked.now,
           expires_at = LEAST(asked.expires_at, s.ends_at)
      FROM free JOIN asked ON asked.nth = free.nth, users AS u
     WHERE s.id = free.id AND s.secret_hash = asked.secret_hash AND s.generation = asked.generation
       AND (s.rotated_at IS NULL OR s.rotated_at <= asked.settled_by)
       AND s.ended_at IS NULL AND s.expires_at > asked.now AND s.ends_at > asked.now
       AND u.id = s.user_id AND u.disabled_at IS NULL
    RETURNING asked.nth, s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at,
              s.ends_at, s.ended_at, u.email, u.name, u.role, u.created_at AS user_created_at, u.disabled_at
)
SELECT free.nth, rotated.id, rotated.user_id, rotated.secret_hash, rotated.generation, rotated.parent,
       rotated.rotated_at, rotated.expires_at, rotated.ends_at, rotated.ended_at, rotated.email, rotated.name,
       rotated.role, rotated.user_created_at, rotated.disabled_at
  FROM free LEFT JOIN rotated ON rotated.nth = free.nth";
