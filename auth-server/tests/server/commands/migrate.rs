//! `migrate`: up, status, down.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::run::{PASSWORD, Place};

const USERS: &str = "m20261122_000001_auth_users";
const SESSIONS: &str = "m20261122_000002_auth_sessions";
const THROTTLE: &str = "m20261126_000003_auth_throttle";
const EVENTS: &str = "m20261126_000004_auth_events";
const KEYS: &str = "m20261129_000005_auth_keys";
const REVOCATIONS: &str = "m20261129_000006_auth_revocations";
const OPEN_SESSION: &str = "m20261129_000007_auth_open_session";
const OPEN_SESSIONS: &str = "m20261130_000008_auth_open_sessions";
const THROTTLE_IDLE: &str = "m20261130_000009_auth_throttle_idle";
const HASH_INDEXES: &str = "m20261130_000010_auth_hash_indexes";
const ALL: [&str; 10] = [
    USERS,
    SESSIONS,
    THROTTLE,
    EVENTS,
    KEYS,
    REVOCATIONS,
    OPEN_SESSION,
    OPEN_SESSIONS,
    THROTTLE_IDLE,
    HASH_INDEXES,
];

/// What the status says where all migrations but the latest are `earlier`, and it is `latest`.
fn status(earlier: &str, latest: &str) -> String {
    let mut lines = ALL.map(|name| format!("{name:<35}  {earlier}\n"));
    lines[ALL.len() - 1] = format!("{HASH_INDEXES:<35}  {latest}\n");
    lines.concat()
}

#[test]
fn the_tables_go_up_and_down_and_the_status_follows() {
    for place in Place::all() {
        place.run("migrate status").is(0, &status("pending", "pending"), "");
        // A look changes nothing.
        place.run("migrate status").is(0, &status("pending", "pending"), "");
        let applied = ALL.map(|name| format!("Applied {name}.\n")).concat();
        place.run("migrate up").is(0, &applied, "");
        place.run("migrate up").is(0, "The tables were up to date.\n", "");
        place.run("migrate status").is(0, &status("applied", "applied"), "");
        place.run("migrate down --yes").is(0, &format!("Took back {HASH_INDEXES}.\n"), "");
        place.run("migrate status").is(0, &status("applied", "pending"), "");
        let mut reverted = ALL.map(|name| format!("Took back {name}.\n"));
        reverted.reverse();
        place.run("migrate down --steps 10 --yes").is(0, &reverted[1..].concat(), "");
        place.run("migrate down --yes").is(0, "There was nothing to take back.\n", "");
    }
}

#[test]
fn the_same_in_json() {
    for place in Place::all() {
        let up = place.run("migrate up --json");
        assert_eq!((up.code, up.err.as_str()), (0, ""));
        assert_eq!(up.json(), json!({ "applied": ALL }));
        let mut reverted = ALL.to_vec();
        reverted.reverse();
        assert_eq!(
            place.run("--json migrate down --steps 9 --yes").json(),
            json!({ "reverted": reverted[..9] })
        );
        let state =
            |name| json!({ "name": name, "state": if name == USERS { "applied" } else { "pending" } });
        assert_eq!(place.run("migrate status --json").json(), json!({ "migrations": ALL.map(state) }));
    }
}

#[test]
fn nothing_is_destroyed_without_a_yes() {
    for place in Place::all() {
        place.create("ann@example.com", "ADMIN");
        let database = place.url().split('?').next().unwrap().to_owned();
        let refused = place.run("migrate down --steps 2");
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        let sentence = refused.err.trim_end();
        assert!(
            sentence.starts_with("Taking back the latest 2 migrations, with all they hold, in "),
            "{sentence}"
        );
        assert!(
            sentence.ends_with("cannot be undone, and there is no terminal to ask at; add --yes"),
            "{sentence}"
        );
        if database.starts_with("sqlite") {
            assert!(sentence.contains(&database), "{sentence}");
        }
        // A yes on standard input is nobody's answer.
        assert_eq!(place.run_with("migrate down", "yes\n").code, 2);
        place.run("migrate status").is(0, &status("applied", "applied"), "");
        assert_eq!(place.run("user show ann@example.com").code, 0);
        assert_eq!(place.run("migrate down --steps 0 --yes").code, 2);
    }
}

#[test]
fn without_the_tables_a_command_says_how_to_make_them() {
    for place in Place::all() {
        let run = |line: &str| {
            let mut program = place.program();
            program.env("AUTO_MIGRATE", "false").args(line.split_whitespace());
            super::run::run(program, PASSWORD)
        };
        let ran = run("user list");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(
            ran.err.contains(
                "are missing or outdated, and AUTO_MIGRATE=false keeps them so; run `auth-server migrate up`"
            ),
            "{ran:?}"
        );
        assert_eq!(run("migrate up").code, 0);
        assert_eq!(run("user list").code, 0);
        // An index more or less is a matter of time.
        assert_eq!(run("migrate down --yes").code, 0);
        assert_eq!(run("user list").code, 0);
        // All tables but one are none; and on Postgres all of them without a column, or a function that opens sessions.
        for taken_back in [THROTTLE_IDLE, OPEN_SESSIONS, OPEN_SESSION, REVOCATIONS] {
            assert_eq!(run("migrate down --yes").code, 0);
            if taken_back != REVOCATIONS && place.url().starts_with("sqlite") {
                continue;
            }
            let ran = run("session list ann@example.com");
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{taken_back}");
            assert!(ran.err.contains("run `auth-server migrate up`"), "{ran:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_later_version_is_left_alone() {
    for place in Place::all() {
        assert_eq!(place.run("migrate up").code, 0);
        let connections = auth_sea_orm::connect(&place.url()).await.unwrap();
        let later = "INSERT INTO auth_migrations (version, applied_at) VALUES ('m29991231_000001_later', 0)";
        connections.execute_unprepared(later).await.unwrap();
        connections.close().await.unwrap();
        for line in ["migrate status", "migrate up", "migrate down --yes"] {
            let ran = place.run(line);
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{line}");
            assert!(ran.err.starts_with("the migrations of "), "{line}: {ran:?}");
            assert!(ran.err.contains("m29991231_000001_later"), "{line}: {ran:?}");
        }
    }
}
