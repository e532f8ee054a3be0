//! The verbs for people who log in.

use auth_core::store::{FirstAdmin, StoreError, UserStore};
use auth_core::{Credentials, Email, NewUser, PasswordHash, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, SelectExt};

use crate::convert::{credentials, password_value, uuid_of};
use crate::entity::users;
use crate::error::from_orm;
use crate::recognise::recognise_one;
use crate::store::{SeaOrmStore, commit, execute};

impl UserStore for SeaOrmStore {
    /// ```sql
    /// SELECT EXISTS (SELECT 1 FROM users)
    /// ```
    async fn any_user(&self) -> Result<bool, StoreError> {
        users::Entity::find().exists(self.connections()).await.map_err(|error| from_orm(&error))
    }

    /// ```sql
    /// BEGIN;
    /// LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE; -- on Postgres
    /// INSERT INTO users (…) SELECT $1, … WHERE NOT EXISTS (SELECT 1 FROM users);
    /// COMMIT
    /// ```
    ///
    /// The lock keeps out every other writer to `users`, those that are not ours included, and
    /// admits readers and logins, which lock single rows. Whoever holds it waits for nothing
    /// else, so it is in no deadlock. The insertion is a statement of its own, so that it sees
    /// what was committed before the lock was had. On SQLite there is one writer anyway.
    async fn create_first_admin(&self, user: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        let transaction = self.begin().await?;
        if !self.on_sqlite() {
            let lock = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE";
            transaction.execute_unprepared(lock).await.map_err(|error| from_orm(&error))?;
        }
        let values = [
            uuid_of(user.id.to_bytes()).into(),
            user.email.as_str().into(),
            user.name.as_str().into(),
            user.name.folded().into(),
            user.role.as_str().into(),
            password_value(&user.password),
            now.millis().into(),
        ];
        let created = execute(&transaction, CREATE_FIRST, values).await?;
        commit(transaction).await?;
        Ok(if created == 1 { FirstAdmin::Created } else { FirstAdmin::UsersExist })
    }

    /// See [`Recognising`](crate::recognise::Recognising).
    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let found = if self.on_sqlite() {
            recognise_one(self.connections(), email).await?
        } else {
            self.people().ask(email.clone()).await?
        };
        found.map(credentials).transpose()
    }

    /// ```sql
    /// UPDATE users SET password_hash = $new WHERE id = $1 AND password_hash = $old
    /// ```
    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let done = users::Entity::update_many()
            .col_expr(users::Column::PasswordHash, Expr::value(password_value(new)))
            .filter(users::Column::Id.eq(uuid_of(user.to_bytes())))
            .filter(users::Column::PasswordHash.eq(password_value(old)))
            .exec(self.connections())
            .await;
        Ok(done.map_err(|error| from_orm(&error))?.rows_affected == 1)
    }
}

const CREATE_FIRST: &str = "\
INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM users)";
