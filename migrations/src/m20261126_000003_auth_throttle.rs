//! The table `auth_throttle`.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Creates `auth_throttle`: one row for each address whose password was guessed, and one for each
/// of its devices that counts apart.
///
/// `account` is the SHA-256 of the address, because people now and then type their password into
/// the field for it. `known` says whether there is such an account; those rows are not swept
/// while they count something, and the index for the sweep does not hold them.
#[derive(Clone, Copy, Debug)]
pub struct CreateThrottle;

impl MigrationName for CreateThrottle {
    fn name(&self) -> &'static str {
        "m20261126_000003_auth_throttle"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateThrottle {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let db = manager.get_connection();
        db.execute_unprepared(if sqlite { SQLITE } else { POSTGRES }).await?;
        db.execute_unprepared(INDEX).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE auth_throttle").await.map(drop)
    }
}

const INDEX: &str = "\
CREATE INDEX auth_throttle_sweep_idx ON auth_throttle (touched_at) WHERE attempts = 0 OR NOT known";

const POSTGRES: &str = "
CREATE TABLE auth_throttle (
    account       bytea   NOT NULL,
    device        bytea   NOT NULL,
    attempts      bigint  NOT NULL,
    in_flight     bigint  NOT NULL,
    lease_ends_at bigint  NOT NULL,
    opens_at      bigint  NOT NULL,
    known         boolean NOT NULL,
    touched_at    bigint  NOT NULL,
    PRIMARY KEY (account, device),
    CONSTRAINT auth_throttle_account_length  CHECK (octet_length(account) = 32),
    CONSTRAINT auth_throttle_device_length   CHECK (octet_length(device) = 16),
    CONSTRAINT auth_throttle_attempts_range  CHECK (attempts BETWEEN 0 AND 4294967295),
    CONSTRAINT auth_throttle_in_flight_range CHECK (in_flight BETWEEN 0 AND 4294967295)
)";

const SQLITE: &str = "
CREATE TABLE auth_throttle (
    account       BLOB    NOT NULL,
    device        BLOB    NOT NULL,
    attempts      INTEGER NOT NULL,
    in_flight     INTEGER NOT NULL,
    lease_ends_at INTEGER NOT NULL,
    opens_at      INTEGER NOT NULL,
    known         INTEGER NOT NULL,
    touched_at    INTEGER NOT NULL,
    PRIMARY KEY (account, device),
    CONSTRAINT auth_throttle_account_length  CHECK (length(account) = 32),
    CONSTRAINT auth_throttle_device_length   CHECK (length(device) = 16),
    CONSTRAINT auth_throttle_attempts_range  CHECK (attempts BETWEEN 0 AND 4294967295),
    CONSTRAINT auth_throttle_in_flight_range CHECK (in_flight BETWEEN 0 AND 4294967295),
    CONSTRAINT auth_throttle_known_range     CHECK (known IN (0, 1))
) STRICT";
