//! The verbs for sessions.

use auth_core::store::{Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use auth_core::{EndReason, SessionId, SessionRecord, Timestamp, UserId};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::convert::{RecordRow, password_value, secret_value, uuid_of};
use crate::store::{SeaOrmStore, commit, execute, fetch};

impl SessionStore for SeaOrmStore {
    /// On Postgres one statement:
    ///
    /// ```sql
    /// WITH holder AS MATERIALIZED (
    ///     SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR SHARE
    /// ), replaced AS (
    ///     UPDATE sessions SET ended_at = $now, end_reason = 'replaced'
    ///      WHERE id = $old AND secret_hash = … AND ended_at IS NULL AND EXISTS (SELECT 1 FROM holder)
    /// )
    /// INSERT INTO sessions (…) SELECT … FROM holder
    /// ```
    ///
    /// All parts of a statement see one snapshot, and in READ COMMITTED that alone would miss a
    /// password that is being replaced. `FOR SHARE` closes the gap. It waits for a transaction
    /// that has changed the user's row, and then judges the newest version of the row: the hash
    /// is another one, or the account disabled, and nothing is written. If the login comes first,
    /// the other transaction waits for it at that row; the statement with which it then ends the
    /// sessions begins later, and so sees the new one.
    ///
    /// On SQLite, where nobody else writes meanwhile, the insertion and then the end of the old
    /// session in one immediate transaction.
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let inserted = if self.on_sqlite() {
            self.open_on_sqlite(opening, now).await?
        } else {
            let values =
                [new_session(opening, now).as_slice(), &the_end(opening.replaces.as_ref(), now)].concat();
            execute(self.database(), OPEN_POSTGRES, values).await?
        };
        Ok(if inserted == 1 { Opened::Opened } else { Opened::Stale })
    }

    /// One statement, on Postgres
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
    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let values: [Value; 7] = [
            i64::from(rotation.parent).into(),
            now.millis().into(),
            rotation.expires_at.millis().into(),
            uuid_of(rotation.key.id.to_bytes()).into(),
            secret_value(&rotation.key.secret),
            i64::from(rotation.generation).into(),
            rotation.settled_by.millis().into(),
        ];
        let sql = self.dialect(ROTATE_POSTGRES, ROTATE_SQLITE);
        let row = fetch::<RecordRow>(self.database(), sql, values).await?;
        row.map(RecordRow::into_record).transpose()
    }

    /// ```sql
    /// SELECT … FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.id = $1
    /// ```
    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let row = fetch::<RecordRow>(self.database(), FIND, [uuid_of(id.to_bytes()).into()]).await?;
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
        let row = fetch::<EndedRow>(self.database(), END, values).await?;
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
        execute(self.database(), sql, [before.millis().into(), i64::from(limit).into()]).await
    }
}

#[derive(FromQueryResult)]
struct EndedRow {
    user_id: Uuid,
}

impl SeaOrmStore {
    async fn open_on_sqlite(&self, opening: &Opening, now: Timestamp) -> Result<u64, StoreError> {
        let Some(old) = &opening.replaces else {
            return execute(self.database(), OPEN_SQLITE, new_session(opening, now)).await;
        };
        let transaction = self.begin().await?;
        let inserted = execute(&transaction, OPEN_SQLITE, new_session(opening, now)).await?;
        if inserted == 1 {
            execute(&transaction, REPLACE_SQLITE, the_end(Some(old), now)).await?;
        }
        commit(transaction).await?;
        Ok(inserted)
    }
}

/// The parameters `$1` to `$7` of an opening.
fn new_session(opening: &Opening, now: Timestamp) -> [Value; 7] {
    [
        uuid_of(opening.user.to_bytes()).into(),
        password_value(&opening.verified),
        uuid_of(opening.key.id.to_bytes()).into(),
        secret_value(&opening.key.secret),
        now.millis().into(),
        opening.expires_at.millis().into(),
        opening.ends_at.millis().into(),
    ]
}

/// The parameters for the end of a session that is replaced; nulls, which match no row, where
/// there is none.
fn the_end(old: Option<&SessionKey>, now: Timestamp) -> [Value; 4] {
    [
        now.millis().into(),
        EndReason::Replaced.as_str().into(),
        old.map(|old| uuid_of(old.id.to_bytes())).into(),
        old.map(|old| old.secret.as_bytes().to_vec()).into(),
    ]
}

const OPEN_POSTGRES: &str = "\
WITH holder AS MATERIALIZED (
    SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR SHARE
), replaced AS (
    UPDATE sessions SET ended_at = $8, end_reason = $9
     WHERE id = $10 AND secret_hash = $11 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM holder)
)
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at)
SELECT $3, holder.id, $4, 0, $5, $6, $7 FROM holder";

const OPEN_SQLITE: &str = "\
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at)
SELECT $3, id, $4, 0, $5, $6, $7 FROM users WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL";

const REPLACE_SQLITE: &str = "\
UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE id = $3 AND secret_hash = $4 AND ended_at IS NULL";

const ROTATE_POSTGRES: &str = "\
UPDATE sessions AS s
   SET generation = s.generation + 1, parent = $1, rotated_at = $2, expires_at = LEAST($3, s.ends_at)
  FROM users AS u
 WHERE s.id = $4 AND s.secret_hash = $5 AND s.generation = $6
   AND (s.rotated_at IS NULL OR s.rotated_at <= $7)
   AND s.ended_at IS NULL AND s.expires_at > $2 AND s.ends_at > $2
   AND u.id = s.user_id AND u.disabled_at IS NULL
RETURNING s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at, s.ends_at,
          s.ended_at, u.email, u.name, u.role, u.disabled_at";

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
          (SELECT u.disabled_at FROM users AS u WHERE u.id = sessions.user_id) AS disabled_at";

const FIND: &str = "\
SELECT s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at, s.ends_at,
       s.ended_at, u.email, u.name, u.role, u.disabled_at
  FROM sessions AS s JOIN users AS u ON u.id = s.user_id
 WHERE s.id = $1";

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
