//! Taking places for attempts at a password, one of them or many.

use auth_core::Timestamp;
use auth_core::store::{Reservation, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Value};

use crate::connections::Connections;
use crate::convert::in_order;
use crate::sql::column;
use crate::store::{fetch, fetch_unhindered};
use crate::together::Answerer;

/// A place that is asked for, dated when it was.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) reservation: Reservation,
    pub(crate) now: Timestamp,
}

/// Takes places.
///
/// One is one statement, on both databases
///
/// ```sql
/// INSERT INTO auth_throttle AS t (account, device, attempts, in_flight, lease_ends_at, opens_at, known, touched_at)
/// SELECT $1, $2, 1, 1, $3, $now, FALSE, $now WHERE 0 < $free OR 0 < $most
/// ON CONFLICT (account, device) DO UPDATE
///    SET attempts = t.attempts + 1,
///        in_flight = CASE WHEN t.lease_ends_at <= $now THEN 1 ELSE t.in_flight + 1 END,
///        lease_ends_at = $3, touched_at = $now
///  WHERE t.attempts < $free
///     OR (t.attempts < $most AND t.opens_at <= $now AND (t.in_flight = 0 OR t.lease_ends_at <= $now))
/// RETURNING attempts
/// ```
///
/// Of two at once the second waits for the first and judges the row as it is then. On Postgres many are
/// one statement as well, of one count as of many different ones:
///
/// ```sql
/// WITH asked AS (
///     SELECT DISTINCT ON (account, device) … FROM unnest($1, …) WITH ORDINALITY AS asked (account, device, …, nth) …
/// ), free AS MATERIALIZED (
///     SELECT asked.nth FROM auth_throttle AS t JOIN asked USING … FOR NO KEY UPDATE OF t SKIP LOCKED
/// ), granted AS (
///     INSERT … SELECT … FROM asked WHERE … AND (nth IN (SELECT nth FROM free) OR NOT EXISTS (…)) ORDER BY account, device
///     ON CONFLICT (account, device) DO UPDATE … RETURNING account, device, attempts
/// )
/// SELECT asked.nth, granted.attempts FROM granted JOIN asked USING (account, device)
/// ```
///
/// It leaves counts alone that are locked already. A new one that somebody else is making it waits for, a tenth
/// of a second at most (`lock_timeout`, for this transaction alone); it makes them in the order of their keys, so
/// that two seldom wait for each other. Where they do, or it collided otherwise, nobody got a place by it.
/// Whoever got none asks alone, which holds nobody else up: they wait for their count, or are told how it stands.
///
/// On Postgres its commit waits for no disk (`synchronous_commit`, for this transaction alone). The log is
/// one for all: what is answered in the end comes after a commit that does wait, of the settlement where
/// the password was wrong and of the session's opening where it was right, and that takes this one along.
pub(crate) struct Reserving(pub(crate) Connections);

impl Answerer for Reserving {
    type Question = Request;
    /// The row after it; `None` for whoever has to ask alone.
    type Answer = Option<Attempts>;

    async fn answer(&self, requests: &[Request]) -> Result<Vec<Option<Attempts>>, StoreError> {
        let rows = fetch_unhindered(&self.0, RESERVE_MANY, columns(requests)).await?;
        Ok(in_order(requests.len(), rows))
    }
}

impl Request {
    /// Asks alone; `None` where there is no place.
    pub(crate) async fn take(&self, db: &impl ConnectionTrait) -> Result<Option<Attempts>, StoreError> {
        let Reservation { key, free, most, lease_ends_at } = self.reservation;
        let values: [Value; 6] = [
            key.account.to_vec().into(),
            key.device.to_vec().into(),
            lease_ends_at.millis().into(),
            self.now.millis().into(),
            i64::from(free).into(),
            i64::from(most).into(),
        ];
        let on_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        fetch(db, if on_sqlite { RESERVE_SQLITE } else { RESERVE_POSTGRES }, values).await
    }
}

/// How many attempts are counted, the one included that was granted.
#[derive(FromQueryResult)]
pub(crate) struct Attempts {
    pub(crate) attempts: i64,
}

/// The parameters of [`RESERVE_MANY`].
fn columns(requests: &[Request]) -> [Value; 6] {
    let bytes = |of: fn(&Request) -> Vec<u8>| column(requests.iter().map(of));
    let numbers = |of: fn(&Request) -> i64| column(requests.iter().map(of));
    [
        bytes(|request| request.reservation.key.account.to_vec()),
        bytes(|request| request.reservation.key.device.to_vec()),
        numbers(|request| request.reservation.lease_ends_at.millis()),
        numbers(|request| request.now.millis()),
        numbers(|request| request.reservation.free.into()),
        numbers(|request| request.reservation.most.into()),
    ]
}

/// The same for both, but that on Postgres its commit is not waited for.
macro_rules! reserve {
    ($with:literal, $from:literal) => {
        concat!(
            $with,
            "\
INSERT INTO auth_throttle AS t (account, device, attempts, in_flight, lease_ends_at, opens_at, known, touched_at)
SELECT $1, $2, 1, 1, $3, $4, FALSE, $4",
            $from,
            " WHERE 0 < $5 OR 0 < $6
ON CONFLICT (account, device) DO UPDATE
   SET attempts = t.attempts + 1,
       in_flight = CASE WHEN t.lease_ends_at <= $4 THEN 1 ELSE t.in_flight + 1 END,
       lease_ends_at = $3, touched_at = $4
 WHERE t.attempts < $5
    OR (t.attempts < $6 AND t.opens_at <= $4 AND (t.in_flight = 0 OR t.lease_ends_at <= $4))
RETURNING attempts"
        )
    };
}

const RESERVE_POSTGRES: &str =
    reserve!("WITH waits AS (SELECT set_config('synchronous_commit', 'off', TRUE))\n", " FROM waits");

const RESERVE_SQLITE: &str = reserve!("", "");

// What is updated knows the row that was to be inserted, and no other: those who want other limits than the
// first ask alone.
const RESERVE_MANY: &str = "\
WITH asked AS (
    SELECT DISTINCT ON (account, device) account, device, lease_ends_at, now, nth
      FROM unnest(
               (SELECT $1::bytea[]), (SELECT $2::bytea[]), (SELECT $3::bigint[]), (SELECT $4::bigint[]),
               (SELECT $5::bigint[]), (SELECT $6::bigint[])
           ) WITH ORDINALITY AS asked (account, device, lease_ends_at, now, free, most, nth)
     WHERE free = $5[1] AND most = $6[1]
     ORDER BY account, device, nth
), free AS MATERIALIZED (
    SELECT asked.nth FROM auth_throttle AS t JOIN asked ON t.account = asked.account AND t.device = asked.device
       FOR NO KEY UPDATE OF t SKIP LOCKED
), waits AS (
    SELECT set_config('synchronous_commit', 'off', TRUE), set_config('lock_timeout', '100', TRUE)
), granted AS (
    INSERT INTO auth_throttle AS t (account, device, attempts, in_flight, lease_ends_at, opens_at, known, touched_at)
    SELECT account, device, 1, 1, lease_ends_at, now, FALSE, now FROM asked, waits
     WHERE (0 < $5[1] OR 0 < $6[1])
       AND (nth IN (SELECT nth FROM free) OR NOT EXISTS (
               SELECT 1 FROM auth_throttle AS t WHERE t.account = asked.account AND t.device = asked.device))
     ORDER BY account, device
    ON CONFLICT (account, device) DO UPDATE
       SET attempts = t.attempts + 1,
           in_flight = CASE WHEN t.lease_ends_at <= excluded.touched_at THEN 1 ELSE t.in_flight + 1 END,
           lease_ends_at = excluded.lease_ends_at, touched_at = excluded.touched_at
     WHERE t.attempts < $5[1]
        OR (t.attempts < $6[1] AND t.opens_at <= excluded.touched_at
            AND (t.in_flight = 0 OR t.lease_ends_at <= excluded.touched_at))
    RETURNING account, device, attempts
)
SELECT asked.nth, granted.attempts FROM granted JOIN asked USING (account, device)";
