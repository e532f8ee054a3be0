//! The verbs for sessions.

use auth_core::store::{Ended, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use auth_core::{Client, EndReason, SessionId, SessionRecord, Timestamp, UserId};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::convert::{RecordRow, password_value, secret_value, uuid_of};
use crate::find::find_one;
use crate::rotate::{Turn, Turned};
use crate::store::{SeaOrmStore, commit, execute, fetch, fetch_all};

impl SessionStore for SeaOrmStore {
    /// On Postgres
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
    /// On SQLite, where nobody else writes meanwhile, the insertion and then the end of the
    /// others in one immediate transaction.
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let ended = if self.on_sqlite() {
            self.open_on_sqlite(opening, now).await?
        } else {
            let verified = [password_value(&opening.verified)];
            let values = new_session(opening, now).into_iter().chain(make_room(opening)).chain(verified);
            // The first row tells of the session that was opened, and the others of those that ended.
            let rows: Vec<Option<EndedRow>> = if self.connections().reads_committed() {
                fetch_all(self.connections(), OPEN_POSTGRES, values).await?
            } else {
                let transaction = self.begin().await?;
                let rows = fetch_all(&transaction, OPEN_POSTGRES, values).await?;
                commit(transaction).await?;
                rows
            };
            (!rows.is_empty()).then(|| rows.into_iter().flatten().collect())
        };
        Ok(ended.map_or(Opened::Stale, |ended: Vec<EndedRow>| Opened::Opened {
            ended: ended.into_iter().map(EndedRow::into_ended).collect(),
        }))
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

impl SeaOrmStore {
    /// Those that ended, or `None` where nothing was opened.
    async fn open_on_sqlite(
        &self,
        opening: &Opening,
        now: Timestamp,
    ) -> Result<Option<Vec<EndedRow>>, StoreError> {
        let transaction = self.begin().await?;
        let row = new_session(opening, now).into_iter().chain([password_value(&opening.verified)]);
        if execute(&transaction, OPEN_SQLITE, row).await? == 0 {
            return Ok(None);
        }
        let new: [Value; 3] = [
            now.millis().into(),
            uuid_of(opening.user.to_bytes()).into(),
            uuid_of(opening.key.id.to_bytes()).into(),
        ];
        let values = new.into_iter().chain(make_room(opening));
        let ended = fetch_all(&transaction, MAKE_ROOM_SQLITE, values).await?;
        commit(transaction).await?;
        Ok(Some(ended))
    }
}

#[derive(FromQueryResult)]
struct OwnerRow {
    user_id: Uuid,
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
        i64::from(opening.limit.saturating_sub(1)).into(),
        EndReason::Replaced.as_str().into(),
        EndReason::SessionLimit.as_str().into(),
    ]
}

const OPEN_POSTGRES: &str = "\
SELECT ended_id AS id, ended_user AS user_id, ended_why AS end_reason
  FROM auth_open_session($1, $14, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

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
