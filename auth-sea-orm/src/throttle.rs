//! The verbs for counting wrong passwords.

use auth_core::Timestamp;
use auth_core::store::{
    Count, Existence, Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore,
};
use sea_orm::{FromQueryResult, Value};

use crate::error::StoreTrouble;
use crate::reserve::{Attempts, Request};
use crate::settle::Right;
use crate::store::{SeaOrmStore, execute, fetch};

impl ThrottleStore for SeaOrmStore {
    /// See [`Reserving`](crate::reserve::Reserving). Where there is no place a `SELECT` tells how the count stands.
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reserved, StoreError> {
        let request = Request { reservation: *reservation, now };
        let together = if self.on_sqlite() { None } else { self.reservations().ask(request).await? };
        let granted = match together {
            None => request.take(self.connections()).await?,
            granted => granted,
        };
        if let Some(Attempts { attempts }) = granted {
            return Ok(Reserved::Granted { nth: number(attempts, "attempts")? });
        }
        let key = reservation.key;
        let key: [Value; 2] = [key.account.to_vec().into(), key.device.to_vec().into()];
        let row = fetch::<CountRow>(self.connections(), COUNT, key).await?;
        // Where the row is gone by now, it stands at zero, and whoever asks again finds room.
        let zero = Count { attempts: 0, in_flight: 0, lease_ends_at: now, opens_at: now };
        Ok(Reserved::Full(row.map(CountRow::into_count).transpose()?.unwrap_or(zero)))
    }

    /// ```sql
    /// UPDATE auth_throttle SET opens_at = $3 WHERE account = $1 AND device = $2 AND opens_at < $3
    /// ```
    async fn postpone(&self, key: &ThrottleKey, opens_at: Timestamp) -> Result<(), StoreError> {
        let values: [Value; 3] =
            [key.account.to_vec().into(), key.device.to_vec().into(), opens_at.millis().into()];
        execute(self.connections(), POSTPONE, values).await.map(drop)
    }

    /// Wrong, and not judged:
    ///
    /// ```sql
    /// UPDATE auth_throttle SET in_flight = in_flight - 1, opens_at = …, known = …, touched_at = $now
    ///  WHERE account = $1 AND device = $2
    /// ```
    ///
    /// Right: see [`Settling`](crate::settle::Settling).
    async fn settle(
        &self,
        key: &ThrottleKey,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row: [Value; 3] = [key.account.to_vec().into(), key.device.to_vec().into(), now.millis().into()];
        match settlement {
            Settlement::Right => {
                let right = Right { key: *key, now };
                let together = if self.on_sqlite() { None } else { self.settlements().ask(right).await? };
                if together.is_none() {
                    right.settle(self.connections()).await?;
                }
            }
            Settlement::Wrong { opens_at, account } => {
                let verdict: [Value; 2] = [opens_at.millis().into(), (account == Existence::Known).into()];
                execute(self.connections(), WRONG, row.into_iter().chain(verdict)).await?;
            }
            Settlement::Unjudged => {
                execute(self.connections(), UNJUDGED, row).await?;
            }
        }
        Ok(())
    }

    /// ```sql
    /// DELETE FROM auth_throttle WHERE account = $1
    /// ```
    ///
    /// On Postgres it locks the rows as [`settle`](Self::settle) does, in the order of the devices.
    async fn forget(&self, account: &[u8; 32]) -> Result<bool, StoreError> {
        let sql = self.dialect(FORGET_POSTGRES, FORGET_SQLITE);
        Ok(execute(self.connections(), sql, [account.to_vec().into()]).await? > 0)
    }

    /// ```sql
    /// DELETE FROM auth_throttle WHERE … IN (
    ///     SELECT … FROM auth_throttle WHERE touched_at < $1 AND (attempts = 0 OR NOT known)
    ///      ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED
    /// )
    /// ```
    ///
    /// On SQLite the condition is spelled as that of its index, which holds such rows alone: the counts that
    /// are kept for good are not looked at each time. On Postgres the index is on `idle_minute`, which they do
    /// not have, unless their last attempt was never settled, and which a login seldom changes:
    ///
    /// ```sql
    /// … WHERE idle_minute <= $1 / 60000 AND touched_at < $1 AND (attempts = 0 OR NOT known) ORDER BY idle_minute …
    /// ```
    async fn sweep_throttle(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sql = self.dialect(SWEEP_POSTGRES, SWEEP_SQLITE);
        execute(self.connections(), sql, [before.millis().into(), i64::from(limit).into()]).await
    }
}

#[derive(FromQueryResult)]
struct CountRow {
    attempts: i64,
    in_flight: i64,
    lease_ends_at: i64,
    opens_at: i64,
}

impl CountRow {
    fn into_count(self) -> Result<Count, StoreError> {
        Ok(Count {
            attempts: number(self.attempts, "attempts")?,
            in_flight: number(self.in_flight, "in_flight")?,
            lease_ends_at: Timestamp::from_millis(self.lease_ends_at),
            opens_at: Timestamp::from_millis(self.opens_at),
        })
    }
}

fn number(value: i64, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::broken(StoreTrouble::Row { table: "auth_throttle", column }))
}

const COUNT: &str = "\
SELECT attempts, in_flight, lease_ends_at, opens_at FROM auth_throttle WHERE account = $1 AND device = $2";

const POSTPONE: &str = "\
UPDATE auth_throttle SET opens_at = $3 WHERE account = $1 AND device = $2 AND opens_at < $3";

const WRONG: &str = "\
UPDATE auth_throttle
   SET in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
       opens_at = CASE WHEN opens_at < $4 THEN $4 ELSE opens_at END,
       known = $5, touched_at = $3
 WHERE account = $1 AND device = $2";

const UNJUDGED: &str = "\
UPDATE auth_throttle
   SET in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
       attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END,
       opens_at = CASE WHEN in_flight <= 1 AND opens_at > $3 THEN $3 ELSE opens_at END,
       touched_at = $3
 WHERE account = $1 AND device = $2";

const FORGET_POSTGRES: &str = "\
WITH theirs AS MATERIALIZED (
    SELECT account, device FROM auth_throttle WHERE account = $1 ORDER BY device FOR UPDATE
)
DELETE FROM auth_throttle AS t USING theirs WHERE t.account = theirs.account AND t.device = theirs.device";

const FORGET_SQLITE: &str = "DELETE FROM auth_throttle WHERE account = $1";

const SWEEP_POSTGRES: &str = "\
WITH dead AS MATERIALIZED (
    SELECT account, device FROM auth_throttle
     WHERE idle_minute <= $1::bigint / 60000 AND touched_at < $1 AND (attempts = 0 OR NOT known)
     ORDER BY idle_minute LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM auth_throttle AS t USING dead WHERE t.account = dead.account AND t.device = dead.device";

const SWEEP_SQLITE: &str = "\
DELETE FROM auth_throttle WHERE rowid IN (
    SELECT rowid FROM auth_throttle
     WHERE touched_at < $1 AND (attempts = 0 OR NOT known)
     ORDER BY touched_at LIMIT $2)";
