//! The verbs for accounts: what an admin does to them, and their owners.

mod change;
mod create;
mod list;
mod range;

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, Replaced, Replacement, StoreError,
};
use auth_core::{AccountQuery, Credentials, Timestamp, User, UserId};
use sea_orm::EntityTrait;

use crate::convert::{credentials, uuid_of};
use crate::entity::users;
use crate::error::from_orm;
use crate::store::SeaOrmStore;

impl AccountStore for SeaOrmStore {
    /// ```sql
    /// BEGIN;
    /// SELECT pg_advisory_xact_lock(…); -- on Postgres, for more than one account
    /// INSERT INTO users (…) VALUES (…), (…), … ON CONFLICT DO NOTHING RETURNING id, email;
    /// SELECT id, email FROM users WHERE id IN (…) OR email IN (…); -- those that were refused
    /// COMMIT
    /// ```
    ///
    /// The rows go in one after the other, so that the first of two alike wins. A call for one
    /// account holds nothing while it waits for another's address. A call for several holds those
    /// it has, and two that overlap crosswise would wait for each other for ever: they take turns
    /// by the advisory lock, which nobody else ever waits for. Five hundred accounts go in at a
    /// time, all of a call in one transaction; others who create several wait for its end, so
    /// that a call is best for some hundred.
    async fn create(&self, accounts: &[Credentials]) -> Result<Vec<Creation>, StoreError> {
        create::create(self, accounts).await
    }

    /// ```sql
    /// SELECT … FROM users WHERE id = $1
    /// ```
    async fn account(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        let found = users::Entity::find_by_id(uuid_of(id.to_bytes())).one(self.connections()).await;
        found.map_err(|error| from_orm(&error))?.map(credentials).transpose()
    }

    /// Without a search one statement, served by the index for its role and state:
    ///
    /// ```sql
    /// SELECT … FROM users
    ///  WHERE disabled_at IS NULL AND role = $1 AND (created_at, id) < ($2, $3)
    ///  ORDER BY created_at DESC, id DESC LIMIT 51
    /// ```
    ///
    /// On Postgres the role is spelt `role >= $1 AND (role, created_at, id) < ($1, $2, $3)` and
    /// `ORDER BY role DESC, …`, which means the same and has one index only that serves it. By
    /// its guess the planner would walk the newest users of all roles, for ever where those in
    /// this one are old.
    ///
    /// With a search up to four, of which the last has the whole answer. What is searched for is
    /// a range (`email >= $1 AND email < $2`, and `name_folded` alike), and no index has both a
    /// range and the order of the list. So there are two ways: *gather* all that match from the
    /// indexes of the ranges and sort them, which is good where few match; and *walk* the list,
    /// which is good where many do. How many match is counted first, up to a bound:
    ///
    /// ```sql
    /// SELECT (SELECT count(*) FROM (SELECT 1 FROM users WHERE email >= $1 AND email < $2
    ///                                ORDER BY email LIMIT 2001) AS a) + (…) AS found
    /// ```
    ///
    /// Few are gathered, by both ranges:
    ///
    /// ```sql
    /// SELECT … FROM (
    ///     (SELECT … FROM users WHERE email >= $1 AND email < $2 AND …
    ///       ORDER BY created_at + 0 DESC, id DESC LIMIT 51)
    ///     UNION ALL
    ///     (SELECT … FROM users WHERE name_folded >= $1 AND name_folded < $2
    ///         AND NOT (email >= $1 AND email < $2) AND … ORDER BY created_at + 0 DESC, id DESC LIMIT 51)
    /// ) AS found ORDER BY created_at DESC, id DESC LIMIT 51
    /// ```
    ///
    /// For many, the list is walked, but no further than the place of its 20,000th user:
    ///
    /// ```sql
    /// SELECT created_at, id FROM users WHERE … ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET 20000;
    /// SELECT … FROM (SELECT … FROM users WHERE … AND (created_at, id) > ($3, $4)
    ///                 ORDER BY created_at DESC, id DESC OFFSET 0) AS walked
    ///  WHERE (email >= $1 AND email < $2) OR (name_folded >= $1 AND name_folded < $2)
    ///  ORDER BY created_at DESC, id DESC LIMIT 51
    /// ```
    ///
    /// Where that fills no page, because those who match are all old, they are gathered after all.
    /// `created_at + 0` and its like, and `OFFSET 0`, keep the planner of Postgres from walking where it is told
    /// to gather and the other way round, which it would do by its guess of how many match; SQLite
    /// is told by `INDEXED BY`.
    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<User>, StoreError> {
        list::accounts(self, query).await
    }

    /// ```sql
    /// BEGIN;
    /// -- where the change may take an enabled admin away, on Postgres:
    /// SELECT pg_advisory_xact_lock(…);
    /// SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE; -- none: unknown
    /// UPDATE users SET name = …, name_folded = …, role = …, disabled_at = COALESCE(disabled_at, $now), …
    ///  WHERE id = $1
    ///    -- and there as well:
    ///    AND (role <> 'ADMIN' OR disabled_at IS NOT NULL OR EXISTS (
    ///        SELECT 1 FROM users AS other
    ///         WHERE other.role = 'ADMIN' AND other.disabled_at IS NULL AND other.id <> users.id))
    /// RETURNING …;
    /// -- where it disables, or gives another password:
    /// UPDATE sessions SET ended_at = $now, end_reason = … WHERE user_id = $1 AND ended_at IS NULL RETURNING …;
    /// COMMIT
    /// ```
    ///
    /// Whatever takes an enabled admin away does so under the advisory lock. Between the moment
    /// when the `UPDATE` finds that another one is left, and the end of the transaction, nobody
    /// can take that one away; and it has seen all that was done under the lock before. Locks on
    /// the admins' rows would not do: somebody else may become an admin while one waits for them.
    ///
    /// The user comes first, and is locked from then on. A login that opens a session has locked
    /// the user as well (see `open`): it is either done before, and the last statement, which
    /// sees what was committed before it began, ends the session; or it waits for the end of this
    /// transaction and finds another hash, or a disabled account.
    ///
    /// On SQLite an immediate transaction: there is one writer at a time.
    async fn change(&self, id: UserId, change: &Change, now: Timestamp) -> Result<Changed, StoreError> {
        change::change(self, id, change, now).await
    }

    /// ```sql
    /// BEGIN;
    /// UPDATE users SET password_hash = $new WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL;
    /// UPDATE sessions SET ended_at = $now, end_reason = 'password_replaced'
    ///  WHERE user_id = $1 AND ended_at IS NULL AND id <> $kept RETURNING …;
    /// COMMIT
    /// ```
    ///
    /// The order matters, as it does for `change`.
    async fn replace_password(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        change::replace_password(self, replacement, now).await
    }

    /// ```sql
    /// BEGIN;
    /// SELECT pg_advisory_xact_lock(…);                -- on Postgres, see `change`
    /// SELECT id FROM users WHERE id = $1 FOR UPDATE;  -- none: unknown
    /// DELETE FROM users WHERE id = $1 AND (role <> 'ADMIN' OR …);
    /// DELETE FROM sessions WHERE user_id = $1;
    /// COMMIT
    /// ```
    ///
    /// The sessions go with the user by their foreign key already, but for a SQLite that has not
    /// been told to heed it.
    async fn delete(&self, id: UserId) -> Result<Deletion, StoreError> {
        change::delete(self, id).await
    }
}
