//! Looking sessions up, one of them or many.

use auth_core::SessionId;
use auth_core::store::StoreError;
use sea_orm::ConnectionTrait;

use crate::connections::Connections;
use crate::convert::{RecordRow, in_order, uuid_of};
use crate::sql::column;
use crate::store::{fetch, fetch_all};
use crate::together::Answerer;

/// Finds sessions and their users
///
/// ```sql
/// SELECT … FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.id = $1
/// ```
///
/// and on Postgres, where a trip to the server costs more than the look at an index, many at once
///
/// ```sql
/// SELECT asked.nth, … FROM unnest($1) WITH ORDINALITY AS asked (id, nth) JOIN sessions AS s ON s.id = asked.id JOIN …
/// ```
///
/// What it says is as of a time after each of them was asked for.
pub(crate) struct Finding(pub(crate) Connections);

impl Answerer for Finding {
    type Question = SessionId;
    type Answer = Option<RecordRow>;

    async fn answer(&self, ids: &[SessionId]) -> Result<Vec<Option<RecordRow>>, StoreError> {
        if let [id] = ids {
            return Ok(vec![find_one(&self.0, *id).await?]);
        }
        let column = column(ids.iter().map(|id| uuid_of(id.to_bytes())));
        Ok(in_order(ids.len(), fetch_all(&self.0, FIND_MANY, [column]).await?))
    }
}

/// Finds one by itself.
pub(crate) async fn find_one(
    db: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<RecordRow>, StoreError> {
    fetch(db, FIND, [uuid_of(id.to_bytes()).into()]).await
}

const FIND: &str = "\
SELECT s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at, s.ends_at,
       s.ended_at, u.email, u.name, u.role, u.created_at AS user_created_at, u.disabled_at
  FROM sessions AS s JOIN users AS u ON u.id = s.user_id
 WHERE s.id = $1";

const FIND_MANY: &str = "\
SELECT asked.nth, s.id, s.user_id, s.secret_hash, s.generation, s.parent, s.rotated_at, s.expires_at, s.ends_at,
       s.ended_at, u.email, u.name, u.role, u.created_at AS user_created_at, u.disabled_at
  FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS asked (id, nth)
  JOIN sessions AS s ON s.id = asked.id JOIN users AS u ON u.id = s.user_id";
