//! Looking people up by their addresses, one of them or many.

use auth_core::Email;
use auth_core::store::StoreError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::connections::Connections;
use crate::convert::in_order;
use crate::entity::users;
use crate::error::from_orm;
use crate::sql::column;
use crate::store::fetch_all;
use crate::together::Answerer;

/// Finds people, and the hashes of their passwords
///
/// ```sql
/// SELECT … FROM users WHERE email = $1
/// ```
///
/// and on Postgres many at once
///
/// ```sql
/// SELECT asked.nth, … FROM unnest($1) WITH ORDINALITY AS asked (email, nth) JOIN users AS u ON u.email = asked.email
/// ```
pub(crate) struct Recognising(pub(crate) Connections);

impl Answerer for Recognising {
    type Question = Email;
    type Answer = Option<users::Model>;

    async fn answer(&self, emails: &[Email]) -> Result<Vec<Option<users::Model>>, StoreError> {
        if let [email] = emails {
            return Ok(vec![recognise_one(&self.0, email).await?]);
        }
        let column = column(emails.iter().map(|email| email.as_str().to_owned()));
        Ok(in_order(emails.len(), fetch_all(&self.0, RECOGNISE_MANY, [column]).await?))
    }
}

/// Finds one by itself.
pub(crate) async fn recognise_one(
    db: &impl ConnectionTrait,
    email: &Email,
) -> Result<Option<users::Model>, StoreError> {
    let one = users::Entity::find().filter(users::Column::Email.eq(email.as_str())).one(db).await;
    one.map_err(|error| from_orm(&error))
}

const RECOGNISE_MANY: &str = "\
SELECT asked.nth, u.id, u.email, u.name, u.name_folded, u.role, u.password_hash, u.created_at, u.disabled_at
  FROM unnest((SELECT $1::text[])) WITH ORDINALITY AS asked (email, nth) JOIN users AS u ON u.email = asked.email";
