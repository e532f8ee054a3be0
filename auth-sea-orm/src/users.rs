//! The verbs for people.

use auth_core::store::{FirstAdmin, StoreError, UserStore};
use auth_core::{Credentials, Email, EndReason, NewUser, PasswordHash, Timestamp, UserId};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, SelectExt};
use uuid::Uuid;

use crate::convert::{credentials, password_value, uuid_of};
use crate::entity::{sessions, users};
use crate::error::from_orm;
use crate::store::{SeaOrmStore, commit, execute};

impl UserStore for SeaOrmStore {
    /// ```sql
    /// SELECT EXISTS (SELECT 1 FROM users)
    /// ```
    async fn any_user(&self) -> Result<bool, StoreError> {
        users::Entity::find().exists(self.database()).await.map_err(|error| from_orm(&error))
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
            user.role.as_str().into(),
            password_value(&user.password),
            now.millis().into(),
        ];
        let created = execute(&transaction, CREATE_FIRST, values).await?;
        commit(transaction).await?;
        Ok(if created == 1 { FirstAdmin::Created } else { FirstAdmin::UsersExist })
    }

    /// ```sql
    /// SELECT … FROM users WHERE email = $1
    /// ```
    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let found =
            users::Entity::find().filter(users::Column::Email.eq(email.as_str())).one(self.database()).await;
        found.map_err(|error| from_orm(&error))?.map(credentials).transpose()
    }

    /// ```sql
    /// UPDATE users SET password_hash = $new WHERE id = $1 AND password_hash = $old
    /// ```
    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let done = users::Entity::update_many()
            .col_expr(users::Column::PasswordHash, Expr::value(password_value(new)))
            .filter(users::Column::Id.eq(uuid_of(user.to_bytes())))
            .filter(users::Column::PasswordHash.eq(password_value(old)))
            .exec(self.database())
            .await;
        Ok(done.map_err(|error| from_orm(&error))?.rows_affected == 1)
    }

    /// ```sql
    /// BEGIN;
    /// UPDATE users SET password_hash = $new WHERE id = $1;
    /// UPDATE sessions SET ended_at = $now, end_reason = 'password_replaced'
    ///  WHERE user_id = $1 AND ended_at IS NULL;
    /// COMMIT
    /// ```
    ///
    /// The user comes first, and is locked from then on. A login that opens a session has locked
    /// the user as well (see `open`): it is either done before, and the second statement, which
    /// sees what was committed before it began, ends the session; or it waits for the end of this
    /// transaction and finds another hash.
    async fn replace_password(
        &self,
        user: UserId,
        new: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let column = (users::Column::PasswordHash, Expr::value(password_value(new)));
        self.change_and_end_all(user, column, EndReason::PasswordReplaced, now).await
    }

    /// ```sql
    /// BEGIN;
    /// UPDATE users SET disabled_at = COALESCE(disabled_at, $now) WHERE id = $1;
    /// UPDATE sessions SET ended_at = $now, end_reason = 'disabled'
    ///  WHERE user_id = $1 AND ended_at IS NULL;
    /// COMMIT
    /// ```
    ///
    /// The order matters, as it does for `replace_password`.
    async fn disable(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let first_date = Func::coalesce([Expr::col(users::Column::DisabledAt), Expr::value(now.millis())]);
        let column = (users::Column::DisabledAt, first_date.into());
        self.change_and_end_all(user, column, EndReason::Disabled, now).await
    }
}

const CREATE_FIRST: &str = "\
INSERT INTO users (id, email, name, role, password_hash, created_at)
SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM users)";

impl SeaOrmStore {
    async fn change_and_end_all(
        &self,
        user: UserId,
        (column, value): (users::Column, Expr),
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id: Uuid = uuid_of(user.to_bytes());
        let transaction = self.begin().await?;
        let changed = users::Entity::update_many()
            .col_expr(column, value)
            .filter(users::Column::Id.eq(id))
            .exec(&transaction)
            .await
            .map_err(|error| from_orm(&error))?;
        if changed.rows_affected == 0 {
            commit(transaction).await?;
            return Ok(false);
        }
        sessions::Entity::update_many()
            .col_expr(sessions::Column::EndedAt, Expr::value(now.millis()))
            .col_expr(sessions::Column::EndReason, Expr::value(why.as_str()))
            .filter(sessions::Column::UserId.eq(id))
            .filter(sessions::Column::EndedAt.is_null())
            .exec(&transaction)
            .await
            .map_err(|error| from_orm(&error))?;
        commit(transaction).await?;
        Ok(true)
    }
}
