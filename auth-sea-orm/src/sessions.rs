//! The verbs for sessions.

use auth_core::store::{Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use auth_core::{EndReason, SessionId, SessionRecord, Timestamp, UserId};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::convert::{RecordRow, secret_value, uuid_of};
use crate::find::find_one;
use crate::open::{Request, open_on_sqlite};
use crate::rotate::{Turn, Turned};
use crate::store::{SeaOrmStore, execute, fetch};

impl SessionStore for SeaOrmStore {
    /// On Postgres see [`Admitting`](crate::open::Admitting), and on SQLite [`open_on_sqlite`].
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        if self.on_sqlite() {
            return open_on_sqlite(self.connections(), opening, now).await;
        }
        let request = Request { opening: opening.clone(), now };
        match self.openings().ask(request.clone()).await? {
            Some(opened) => Ok(opened),
            None => request.open(self.connections()).await,
        }
    }

    /// See [`Rotating`](crate::rotate::Rotating).
    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let row = match self.rotations().ask(Turn { rotation: *rotation, now }).await? {
            Turned::Judged(row) => row,
            Turned::Passed(turn) => turn.take(self.connections()).await?,
        };
        row.map(RecordRow::into_record).transpose()
    }

    /// See [`Finding`](crate::find::Finding). SQLite is in this process: there is no trip to be spared.
    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let row = if self.on_sqlite() {
            find_one(self.connections(), id).await?
        } else {
            self.lookups().ask(id).await?
        };
        row.map(RecordRow::into_record).transpose()
    }

    /// ```sql
    /// UPDATE sessions SET ended_at = $now, end_reason = $2
    ///  WHERE id = $3 AND secret_hash = $4 AND ended_at IS NULL
    /// RETURNING user_id
    /// ```
    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let values: [Value; 4] = [
            now.millis().into(),
            why.as_str().into(),
            uuid_of(key.id.to_bytes()).into(),
            secret_value(&key.secret),
        ];
        let row = fetch::<OwnerRow>(self.connections(), END, values).await?;
        Ok(row.map(|row| UserId::from_bytes(row.user_id.into_bytes())))
    }

    /// ```sql
    /// WITH dead AS MATERIALIZED (
    ///     SELECT id FROM sessions WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED
    /// )
    /// DELETE FROM sessions USING dead WHERE sessions.id = dead.id
    /// ```
    ///
    /// It locks many rows, in an order that others do not know. By leaving those alone that are
    /// locked already it waits for nobody, and so is in no deadlock; it finds them the next time.
    /// SQLite has one writer and needs no locks.
    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = self.dialect(SWEEP_POSTGRES, SWEEP_SQLITE);
        execute(self.connections(), sql, [before.millis().into(), i64::from(limit).into()]).await
    }
}

#[derive(FromQueryResult)]
struct OwnerRow {
    user_id: Uuid,
}

const END: &str = "\
UPDATE sessions SET ended_at = $1, end_reason = $2
 WHERE id = $3 AND secret_hash = $4 AND ended_at IS NULL
RETURNING user_id";

const SWEEP_POSTGRES: &str = "\
WITH dead AS MATERIALIZED (
    SELECT id FROM sessions WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions USING dead WHERE sessions.id = dead.id";

const SWEEP_SQLITE: &str = "\
DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)";
