//! Settling attempts whose password was right, one of them or many.

use auth_core::Timestamp;
use auth_core::store::{StoreError, ThrottleKey};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Value};

use crate::connections::Connections;
use crate::convert::in_order;
use crate::sql::column;
use crate::store::{execute, fetch_unhindered};
use crate::together::Answerer;

/// An attempt whose password was right, dated when that was said.
#[derive(Clone, Copy)]
pub(crate) struct Right {
    pub(crate) key: ThrottleKey,
    pub(crate) now: Timestamp,
}

/// Settles attempts whose password was right.
///
/// One on Postgres is
///
/// ```sql
/// WITH theirs AS MATERIALIZED (
///     SELECT account, device FROM auth_throttle
///      WHERE account = $1 AND (device = $2 OR attempts > 0 OR in_flight > 0)
///      ORDER BY device FOR NO KEY UPDATE
/// )
/// UPDATE auth_throttle AS t SET attempts = …, in_flight = …, opens_at = $now, known = TRUE, touched_at = $now
///   FROM theirs WHERE t.account = theirs.account AND t.device = theirs.device
/// ```
///
/// Several rows are locked, the same way round by everyone, so that no two are in a deadlock. Its
/// commit waits for no disk, as that of [`Reserving`](crate::reserve::Reserving). SQLite has one writer and
/// needs no lock.
///
/// Many, of different accounts, are one statement on Postgres as well, of one as of many: it locks what is not
/// locked already, and settles the accounts all of whose rows it has. Whose are locked by others settles alone,
/// which holds nobody else up.
pub(crate) struct Settling(pub(crate) Connections);

impl Answerer for Settling {
    type Question = Right;
    /// `None` for whoever has to settle alone.
    type Answer = Option<Settled>;

    async fn answer(&self, attempts: &[Right]) -> Result<Vec<Option<Settled>>, StoreError> {
        let columns = [
            column(attempts.iter().map(|right| right.key.account.to_vec())),
            column(attempts.iter().map(|right| right.key.device.to_vec())),
            column(attempts.iter().map(|right| right.now.millis())),
        ];
        Ok(in_order(attempts.len(), fetch_unhindered(&self.0, RIGHT_MANY, columns).await?))
    }
}

impl Right {
    /// Settles it alone.
    pub(crate) async fn settle(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let Self { key, now } = self;
        let values: [Value; 3] =
            [key.account.to_vec().into(), key.device.to_vec().into(), now.millis().into()];
        let on_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        execute(db, if on_sqlite { RIGHT_SQLITE } else { RIGHT_POSTGRES }, values).await.map(drop)
    }
}

/// All rows of an account are.
#[derive(FromQueryResult)]
pub(crate) struct Settled {}

const RIGHT_POSTGRES: &str = "\
WITH theirs AS MATERIALIZED (
    SELECT account, device FROM auth_throttle
     WHERE account = $1 AND (device = $2 OR attempts > 0 OR in_flight > 0)
     ORDER BY device FOR NO KEY UPDATE
), waits AS (SELECT set_config('synchronous_commit', 'off', TRUE))
UPDATE auth_throttle AS t
   SET attempts = CASE WHEN t.device = $2 AND t.in_flight > 0 THEN t.in_flight - 1 ELSE t.in_flight END,
       in_flight = CASE WHEN t.device = $2 AND t.in_flight > 0 THEN t.in_flight - 1 ELSE t.in_flight END,
       opens_at = $3, known = TRUE, touched_at = $3
  FROM theirs, waits WHERE t.account = theirs.account AND t.device = theirs.device";

const RIGHT_SQLITE: &str = "\
UPDATE auth_throttle
   SET attempts = CASE WHEN device = $2 AND in_flight > 0 THEN in_flight - 1 ELSE in_flight END,
       in_flight = CASE WHEN device = $2 AND in_flight > 0 THEN in_flight - 1 ELSE in_flight END,
       opens_at = $3, known = TRUE, touched_at = $3
 WHERE account = $1 AND (device = $2 OR attempts > 0 OR in_flight > 0)";

const RIGHT_MANY: &str = "\
WITH asked AS (
    SELECT DISTINCT ON (account) account, device, now, nth
      FROM unnest((SELECT $1::bytea[]), (SELECT $2::bytea[]), (SELECT $3::bigint[]))
           WITH ORDINALITY AS asked (account, device, now, nth)
     ORDER BY account, nth
), theirs AS MATERIALIZED (
    SELECT asked.nth, t.account, t.device FROM auth_throttle AS t JOIN asked ON t.account = asked.account
     WHERE t.device = asked.device OR t.attempts > 0 OR t.in_flight > 0
       FOR NO KEY UPDATE OF t SKIP LOCKED
), whole AS MATERIALIZED (
    SELECT nth FROM theirs GROUP BY nth
    HAVING count(*) = (
        SELECT count(*) FROM auth_throttle AS t JOIN asked ON t.account = asked.account
         WHERE asked.nth = theirs.nth AND (t.device = asked.device OR t.attempts > 0 OR t.in_flight > 0))
), waits AS (SELECT set_config('synchronous_commit', 'off', TRUE))
UPDATE auth_throttle AS t
   SET attempts = CASE WHEN t.device = asked.device AND t.in_flight > 0 THEN t.in_flight - 1 ELSE t.in_flight END,
       in_flight = CASE WHEN t.device = asked.device AND t.in_flight > 0 THEN t.in_flight - 1 ELSE t.in_flight END,
       opens_at = asked.now, known = TRUE, touched_at = asked.now
  FROM whole JOIN theirs USING (nth) JOIN asked USING (nth), waits
 WHERE t.account = theirs.account AND t.device = theirs.device
RETURNING whole.nth";
