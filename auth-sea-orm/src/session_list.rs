//! The verbs for the sessions of one user, seen together.

use auth_core::store::{SessionListStore, StoreError};
use auth_core::{EndReason, LiveSession, SessionId, Timestamp, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::convert::{LiveRow, uuid_of};
use crate::store::{SeaOrmStore, execute, fetch_all};

impl SessionListStore for SeaOrmStore {
    /// ```sql
    /// SELECT … FROM sessions
    ///  WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $now AND ends_at > $now
    ///  ORDER BY created_at DESC, id DESC
    /// ```
    async fn live_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<LiveSession>, StoreError> {
        let values: [Value; 2] = [uuid_of(user.to_bytes()).into(), now.millis().into()];
        let rows = fetch_all::<LiveRow>(self.connections(), LIVE, values).await?;
        Ok(rows.into_iter().map(LiveRow::into_session).collect())
    }

    /// ```sql
    /// UPDATE sessions SET ended_at = $now, end_reason = $2
    ///  WHERE id = $3 AND user_id = $4 AND ended_at IS NULL AND expires_at > $now AND ends_at > $now
    /// ```
    async fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values: [Value; 4] = [
            now.millis().into(),
            why.as_str().into(),
            uuid_of(session.to_bytes()).into(),
            uuid_of(user.to_bytes()).into(),
        ];
        Ok(execute(self.connections(), END_ONE, values).await? == 1)
    }

    /// One statement, on Postgres
    ///
    /// ```sql
    /// WITH holder AS MATERIALIZED (SELECT id FROM users WHERE id = $3 FOR NO KEY UPDATE)
    /// UPDATE sessions SET ended_at = $now, end_reason = $2
    ///   FROM holder
    ///  WHERE user_id = holder.id AND ended_at IS NULL AND sessions.id IS DISTINCT FROM $except
    /// RETURNING expires_at > $now AND ends_at > $now AS live
    /// ```
    ///
    /// It changes several rows in no particular order; the lock on the user, which everyone takes
    /// who does that, keeps it out of a deadlock. SQLite has one writer and needs no lock.
    async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        end_all(self, self.connections(), user, except, why, now).await
    }
}

/// Ends all sessions of the user but one, as part of a transaction or alone, and says how many
/// were live.
pub(crate) async fn end_all(
    store: &SeaOrmStore,
    db: &impl ConnectionTrait,
    user: UserId,
    except: Option<SessionId>,
    why: EndReason,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let values: [Value; 4] = [
        now.millis().into(),
        why.as_str().into(),
        uuid_of(user.to_bytes()).into(),
        except.map(|id| uuid_of(id.to_bytes())).into(),
    ];
    let ended = fetch_all::<EndedRow>(db, store.dialect(END_ALL_POSTGRES, END_ALL_SQLITE), values).await?;
    Ok(ended.into_iter().filter(|row| row.live).count() as u64)
}

#[derive(FromQueryResult)]
struct EndedRow {
    live: bool,
}

const LIVE: &str = "\
SELECT id, created_at, rotated_at, expires_at, ends_at, user_agent, ip_address FROM sessions
 WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND ends_at > $2
 ORDER BY created_at DESC, id DESC";

const END_ONE: &str = "\
UPDATE sessions SET ended_at = $1, end_reason = $2
 WHERE id = $3 AND user_id = $4 AND ended_at IS NULL AND expires_at > $1 AND ends_at > $1";

const END_ALL_POSTGRES: &str = "\
WITH holder AS MATERIALIZED (SELECT id FROM users WHERE id = $3 FOR NO KEY UPDATE)
UPDATE sessions SET ended_at = $1, end_reason = $2
  FROM holder
 WHERE user_id = holder.id AND ended_at IS NULL AND sessions.id IS DISTINCT FROM $4
RETURNING expires_at > $1 AND ends_at > $1 AS live";

const END_ALL_SQLITE: &str = "\
UPDATE sessions SET ended_at = $1, end_reason = $2
 WHERE user_id = $3 AND ended_at IS NULL AND id IS DISTINCT FROM $4
RETURNING expires_at > $1 AND ends_at > $1 AS live";
