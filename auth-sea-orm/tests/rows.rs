//! Rows that this crate would never write, and errors that must not quote them.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::error::Error;

use auth_core::store::{
    AccountStore, Changed, EventStore, SessionListStore, SessionStore, StoreError, StoreErrorKind,
    ThrottleStore, UserStore,
};
use auth_core::{Client, Credentials, Email, EventQuery, PasswordHash, Role, UserId};
use auth_sea_orm::entity::{HashText, sessions, users};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel};

use common::{
    Fresh, admin, at, both, disabling, guessed, happened, key, opening, person, place, replacement, spoil,
    with_a_session, wrong,
};

/// Everything that a log could get from an error.
fn told(error: &StoreError) -> String {
    let mut told = vec![format!("{error:?} {error:#?}")];
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        told.push(format!("{error} {error:?}"));
        next = error.source();
    }
    told.join(" ")
}

#[tokio::test]
async fn a_spoilt_user_is_told_by_column_and_not_by_value() {
    type Spoil = fn(&mut users::ActiveModel);
    let cases: [(&str, Spoil); 4] = [
        ("email", |row| row.email = Set("hunter2".to_owned())),
        ("name", |row| row.name = Set("hunter2\u{7}".to_owned())),
        ("name", |row| row.name = Set(String::new())),
        ("role", |row| row.role = Set("hunter2".to_owned())),
    ];
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        for (column, change) in cases {
            spoil(&fresh, admin().id, change).await;
            let error = fresh.store.find(key(1).id).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Broken);
            let told = told(&error);
            assert!(told.contains("users") && told.contains(column), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
            let good = users::Model {
                id: Uuid::from_bytes(admin().id.to_bytes()),
                email: admin().email.as_str().to_owned(),
                name: admin().name.as_str().to_owned(),
                name_folded: admin().name.folded(),
                role: admin().role.as_str().to_owned(),
                password_hash: Some(HashText(admin().password.expose().to_owned())),
                created_at: 0,
                disabled_at: None,
            };
            users::Entity::update(good.into_active_model().reset_all())
                .exec(fresh.store.database())
                .await
                .unwrap();
            assert!(fresh.store.find(key(1).id).await.unwrap().is_some());
        }
    }
}

/// Lets a row in that the tables' own checks would refuse.
async fn unchecked(fresh: &Fresh, sql: &str) {
    let db = fresh.store.database();
    if db.get_database_backend() == DbBackend::Sqlite {
        let sql =
            format!("PRAGMA ignore_check_constraints = ON; {sql}; PRAGMA ignore_check_constraints = OFF");
        db.execute_unprepared(&sql).await.unwrap();
    } else {
        let checks = "ALTER TABLE sessions DROP CONSTRAINT IF EXISTS sessions_secret_hash_length, \
                      DROP CONSTRAINT IF EXISTS sessions_generation_range, \
                      DROP CONSTRAINT IF EXISTS sessions_parent_range; \
                      ALTER TABLE auth_throttle DROP CONSTRAINT IF EXISTS auth_throttle_attempts_range, \
                      DROP CONSTRAINT IF EXISTS auth_throttle_in_flight_range; \
                      ALTER TABLE auth_events DROP CONSTRAINT IF EXISTS auth_events_email_digest_length, \
                      DROP CONSTRAINT IF EXISTS auth_events_count_range";
        db.execute_unprepared(checks).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_spoilt_session_is_told_by_column_and_not_by_value() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        let short = match fresh.store.database().get_database_backend() {
            DbBackend::Sqlite => "X'c0ffee'",
            _ => "'\\xc0ffee'",
        };
        for (column, value, repair) in [
            ("generation", "-77", "0"),
            ("generation", "4294967377", "0"),
            ("parent", "-77", "NULL"),
            ("secret_hash", short, "secret_hash"),
        ] {
            unchecked(&fresh, &format!("UPDATE sessions SET {column} = {value}")).await;
            let error = fresh.store.find(key(1).id).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Broken);
            let told = told(&error);
            assert!(told.contains("sessions") && told.contains(column), "{told}");
            assert!(!told.contains("77") && !told.to_lowercase().contains("c0ffee"), "{told}");
            unchecked(&fresh, &format!("UPDATE sessions SET {column} = {repair}")).await;
        }
    }
}

#[tokio::test]
async fn a_spoilt_count_is_told_by_column_and_not_by_value() {
    for fresh in both().await {
        let place = place(guessed(1, 0), at(1));
        for (column, spoil) in [
            ("attempts", "attempts = 4294967377"),
            ("in_flight", "attempts = 5, in_flight = -77"),
            ("in_flight", "attempts = 5, in_flight = 4294967377"),
        ] {
            fresh.store.reserve(&place, at(1)).await.unwrap();
            unchecked(&fresh, &format!("UPDATE auth_throttle SET {spoil}")).await;
            let error = fresh.store.reserve(&place, at(1)).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Broken);
            let told = told(&error);
            assert!(told.contains("auth_throttle") && told.contains(column), "{told}");
            assert!(!told.contains("77"), "{told}");
            assert!(fresh.store.forget(&place.key.account).await.unwrap(), "it can still be forgotten");
        }
    }
}

/// An event as nobody would keep it: `column` has this value, in SQL.
async fn put_event(fresh: &Fresh, column: &str, value: &str) {
    let (id, kind) = match fresh.store.database().get_database_backend() {
        DbBackend::Sqlite => ("zeroblob(16)", "'bootstrap'"),
        _ => ("'00000000-0000-0000-0000-000000000000'", "'bootstrap'"),
    };
    let sql = match column {
        "kind" => format!("INSERT INTO auth_events (id, at, kind) VALUES ({id}, 1, {value})"),
        _ => format!("INSERT INTO auth_events (id, at, kind, {column}) VALUES ({id}, 1, {kind}, {value})"),
    };
    unchecked(fresh, &sql).await;
}

#[tokio::test]
async fn a_spoilt_event_is_told_by_column_and_not_by_value() {
    for fresh in both().await {
        let sqlite = fresh.store.database().get_database_backend() == DbBackend::Sqlite;
        let short = if sqlite { "X'c0ffee'" } else { "'\\xc0ffee'" };
        let mut cases = vec![
            ("kind", "'hunter2'"),
            ("kind", "''"),
            ("cause", "'hunter2'"),
            ("actor", "'hunter2'"),
            ("actor", "'OPERATOR'"),
            ("email_digest", short),
            ("count", "-77"),
            ("role", "'hunter2'"),
        ];
        if sqlite {
            cases.extend([("user_id", short), ("session_id", short)]);
        }
        for (column, value) in cases {
            put_event(&fresh, column, value).await;
            let error = fresh.store.events(&EventQuery::default()).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Broken, "{column}");
            let told = told(&error);
            assert!(
                told.contains("auth_events") && told.contains(column) || told.contains("a column"),
                "{told}"
            );
            let low = told.to_lowercase();
            for quoted in ["hunter2", "operator", "77", "c0ffee"] {
                assert!(!low.contains(quoted), "{column}: {told}");
            }
            assert_eq!(fresh.store.sweep_events(at(2), 10).await.unwrap(), 1, "it can still be swept");
        }
        // What the client said decides nothing.
        for (column, value) in [("ip_address", "'hunter2'"), ("user_agent", "''"), ("request_id", "'a b'")] {
            put_event(&fresh, column, value).await;
            let found = fresh.store.events(&EventQuery::default()).await.unwrap();
            assert_eq!(found[0].client, Client::default(), "{column}");
            assert_eq!(fresh.store.sweep_events(at(2), 10).await.unwrap(), 1);
        }
    }
}

#[tokio::test]
async fn nobody_changes_an_event() {
    for fresh in both().await {
        fresh.store.append(&[happened(1), happened(2)]).await.unwrap();
        let db = fresh.store.database();
        for change in [
            "UPDATE auth_events SET kind = 'bootstrap'",
            "UPDATE auth_events SET at = at + 1 WHERE at = 1",
            "UPDATE auth_events SET user_id = NULL, session_id = NULL",
            "INSERT INTO auth_events (id, at, kind) SELECT id, 9, kind FROM auth_events WHERE at = 1 \
             ON CONFLICT (id) DO UPDATE SET at = 9",
        ] {
            let error = db.execute_unprepared(change).await.unwrap_err().to_string();
            assert!(error.contains("events are not changed"), "{change}: {error}");
        }
        let kept = fresh.store.events(&EventQuery::default()).await.unwrap();
        assert_eq!(kept, [happened(2), happened(1)]);
    }
}

#[tokio::test]
async fn the_tables_refuse_what_makes_no_sense() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        fresh.store.reserve(&place(guessed(1, 0), at(1)), at(1)).await.unwrap();
        fresh.store.settle(&guessed(1, 0), wrong(at(1)), at(1)).await.unwrap();
        let db = fresh.store.database();
        for bad in [
            "UPDATE users SET email = 'Admin@example.com'",
            "UPDATE sessions SET generation = -1",
            "UPDATE sessions SET parent = 4294967296",
            "UPDATE sessions SET ended_at = 1",
            "UPDATE sessions SET end_reason = 'logout'",
            "UPDATE sessions SET secret_hash = substr(secret_hash, 1, 31)",
            "UPDATE auth_throttle SET attempts = -1",
            "UPDATE auth_throttle SET in_flight = 4294967296",
            "UPDATE auth_throttle SET account = substr(account, 1, 31)",
            "UPDATE auth_throttle SET device = substr(account, 1, 15)",
            "UPDATE auth_throttle SET known = 2",
            "INSERT INTO auth_events (id, at, kind, count) SELECT id, 1, 'bootstrap', -1 FROM users",
            "INSERT INTO auth_events (id, at, kind, email_digest) SELECT id, 1, 'bootstrap', secret_hash FROM sessions",
        ] {
            assert!(db.execute_unprepared(bad).await.is_err(), "{bad}");
        }
        db.execute_unprepared("DELETE FROM users").await.unwrap();
        assert_eq!(sessions::Entity::find().all(db).await.unwrap(), [], "sessions go with their user");
    }
}

#[tokio::test]
async fn an_error_quotes_no_row() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;

        // The same session once more: Postgres would show the key.
        let error = fresh.store.open(&opening(key(1)), at(1)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Broken);
        assert!(!told(&error).contains("01010101"), "{}", told(&error));

        // A check that fails: Postgres would show the whole row, password hash and all.
        let sql = "ALTER TABLE users ADD CONSTRAINT nobody CHECK (password_hash IS NULL) NOT VALID";
        if fresh.store.database().get_database_backend() == DbBackend::Postgres {
            fresh.store.database().execute_unprepared(sql).await.unwrap();
            let error = fresh
                .store
                .replace_password(&replacement(&PasswordHash::new("hunter2")), at(2))
                .await
                .unwrap_err();
            let told = told(&error);
            assert!(told.contains("23514") && told.contains("nobody"), "{told}");
            for secret in ["hunter2", "argon2", "admin@example.com", "Admin"] {
                assert!(!told.contains(secret), "{told}");
            }
        }

        fresh.store.database().execute_unprepared("DROP TABLE sessions").await.unwrap();
        let error = fresh.store.find(key(1).id).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Broken, "a missing table does not come back by itself");
    }
}

fn another_admin() -> Credentials {
    let mut another = person(1);
    another.user.role = Role::ADMIN;
    another
}

#[tokio::test]
async fn a_failed_verb_has_changed_nothing() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        // The end of the sessions fails after the password has been changed.
        let db = fresh.store.database();
        let broken = match db.get_database_backend() {
            DbBackend::Sqlite => {
                "CREATE TRIGGER no BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END"
            }
            _ => "ALTER TABLE sessions ADD CONSTRAINT no CHECK (ended_at IS NULL)",
        };
        db.execute_unprepared(broken).await.unwrap();
        let new = PasswordHash::new("another");
        assert_eq!(
            fresh.store.replace_password(&replacement(&new), at(2)).await.unwrap_err().kind(),
            StoreErrorKind::Broken
        );
        fresh.store.create(&[another_admin()]).await.unwrap();
        fresh.store.change(admin().id, &disabling(), at(2)).await.unwrap_err();
        let mut replacing = opening(key(2));
        replacing.replaces = Some(key(1));
        fresh.store.open(&replacing, at(2)).await.unwrap_err();

        let found =
            fresh.store.credentials(&Email::parse("admin@example.com").unwrap()).await.unwrap().unwrap();
        assert!(found.password.unwrap().same_as(&admin().password));
        assert_eq!(found.user.disabled_at, None);
        assert!(fresh.store.find(key(2).id).await.unwrap().is_none());
        assert!(fresh.store.find(key(1).id).await.unwrap().unwrap().session.is_live(at(2)));
        let nobody = UserId::from_bytes([9; 16]);
        let unknown = fresh.store.change(nobody, &disabling(), at(2)).await.unwrap();
        assert_eq!(unknown, Changed::Unknown, "no lock is left");
    }
}

#[tokio::test]
async fn what_makes_no_sense_of_a_client_is_left_out_of_the_list() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        let spoil = "UPDATE sessions SET ip_address = 'hunter2', user_agent = ''";
        fresh.store.database().execute_unprepared(spoil).await.unwrap();
        let listed = fresh.store.live_sessions(admin().id, at(2)).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].client, Client::default());
    }
}
