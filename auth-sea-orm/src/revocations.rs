//! The verbs by which a process learns what others have revoked.
//!
//! What is read here is written by triggers, in the transaction that revokes; see `auth-migrations`.

use auth_core::store::{Feed, FeedPlace, RevocationStore, Revoked, StoreError};
use auth_core::{SessionId, Timestamp, UserId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::StoreTrouble;
use crate::store::{SeaOrmStore, execute, fetch_all};

impl RevocationStore for SeaOrmStore {
    /// One statement, on Postgres
    ///
    /// ```sql
    /// SELECT now.place, news.kind, news.id
    ///   FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS place) AS now
    ///   LEFT JOIN (SELECT kind, id FROM auth_revocations WHERE written_by >= $1 LIMIT $2) AS news ON true
    /// ```
    ///
    /// Each row bears the number of the transaction that wrote it. A time or a counter would not do: it is
    /// drawn when a row is written, and a transaction that commits late would be found behind a place
    /// that others have passed. The place is the oldest transaction that was still running when the
    /// statement's snapshot was taken. Whatever that snapshot could not see was written by this one or a
    /// later one, and so is found the next time; between the two, some is found again.
    ///
    /// On SQLite, where writers come one after the other, rows are counted.
    async fn revoked_since(&self, place: FeedPlace, limit: u32) -> Result<Feed, StoreError> {
        let from = i64::try_from(place.number()).unwrap_or(i64::MAX);
        let sql = self.dialect(NEWS_POSTGRES, NEWS_SQLITE);
        let values = [from.into(), i64::from(limit).into()];
        let rows = fetch_all::<NewsRow>(self.connections(), sql, values).await?;
        let Some(first) = rows.first() else {
            return Err(StoreError::broken(StoreTrouble::Other("a feed without a place")));
        };
        let place = u64::try_from(first.place).map_err(|_| wrong("written_by"))?;
        let news = rows.into_iter().filter_map(|row| row.kind.zip(row.id));
        let revoked = news.map(|(kind, id)| revoked(&kind, id)).collect::<Result<_, _>>()?;
        Ok(Feed { revoked, place: FeedPlace::new(place) })
    }

    /// ```sql
    /// DELETE FROM auth_revocations WHERE (written_by, kind, id) IN (
    ///     SELECT written_by, kind, id FROM auth_revocations WHERE at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
    /// ```
    ///
    /// There is no index for it: the table holds the revocations of some minutes.
    async fn sweep_revocations(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = self.dialect(SWEEP_POSTGRES, SWEEP_SQLITE);
        execute(self.connections(), sql, [before.millis().into(), i64::from(limit).into()]).await
    }
}

#[derive(FromQueryResult)]
struct NewsRow {
    place: i64,
    kind: Option<String>,
    id: Option<Uuid>,
}

fn revoked(kind: &str, id: Uuid) -> Result<Revoked, StoreError> {
    match kind {
        "session" => Ok(Revoked::Session(SessionId::from_bytes(id.into_bytes()))),
        "user" => Ok(Revoked::User(UserId::from_bytes(id.into_bytes()))),
        _ => Err(wrong("kind")),
    }
}

fn wrong(column: &'static str) -> StoreError {
    StoreError::broken(StoreTrouble::Row { table: "auth_revocations", column })
}

// The driver knows no `xid8`; there is no cast from a number to it but by way of a text.
const NEWS_POSTGRES: &str = "\
SELECT now.place, news.kind, news.id
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS place) AS now
  LEFT JOIN (
      SELECT kind, id FROM auth_revocations WHERE written_by >= ($1::bigint)::text::xid8 LIMIT $2
  ) AS news ON true";

const NEWS_SQLITE: &str = "\
SELECT now.place, news.kind, news.id
  FROM (SELECT max($1, coalesce((SELECT max(number) FROM auth_revocations), 0)) AS place) AS now
  LEFT JOIN (SELECT kind, id FROM auth_revocations WHERE number > $1 LIMIT $2) AS news ON true";

const SWEEP_POSTGRES: &str = "\
DELETE FROM auth_revocations WHERE (written_by, kind, id) IN (
    SELECT written_by, kind, id FROM auth_revocations WHERE at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";

const SWEEP_SQLITE: &str = "\
DELETE FROM auth_revocations WHERE number IN (SELECT number FROM auth_revocations WHERE at <= $1 LIMIT $2)";
