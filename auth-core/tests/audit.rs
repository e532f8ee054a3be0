//! The events: each verb that changes something leaves one, with who did it, and no secret in it.

mod support;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{
    AccountChange, AccountState, Demand, Identity, ImportedAccount, LoggedIn, Name, OwnSessions,
    PasswordChange, PasswordHash, Permission, Role,
};
use support::{EMAIL, PASSWORD, World, email, login, new_account, password, world};

const ANN: &str = "ann@example.com";
const ANOTHER: &str = "another passphrase";
const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$4wKNmnRfIJKsAOZT9sdcFg";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens on this thread, where all that is logged here is logged.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// What was logged since the last look: of each event its name, by whom and how it ended.
    fn events(&self) -> Vec<String> {
        let text = std::mem::take(&mut *self.0.lock().expect("nobody panics here"));
        let text = String::from_utf8(text).expect("JSON");
        for secret in [PASSWORD, ANOTHER, "$argon2id$", EMAIL, ANN] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let told = |line: &str| {
            let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(event["target"], "auth::audit", "{event}");
            let fields = &event["fields"];
            let parts = ["event", "by", "cause", "role", "count"];
            let parts = parts.iter().filter_map(|name| match &fields[name] {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some(text.clone()),
                other => Some(format!("{name}={other}")),
            });
            parts.collect::<Vec<_>>().join(" ")
        };
        text.lines().map(told).collect()
    }
}

async fn identity(world: &World, session: &LoggedIn) -> Identity {
    world.auth.authenticate_current(session.access_token.expose()).await.expect("it lives")
}

#[tokio::test]
async fn what_people_do_to_their_own_account_is_kept() {
    let (log, _listening) = Log::listen();
    let world = world().await;
    let auth = &world.auth;
    let sessions = [world.login().await, world.login().await, world.login().await];
    assert_eq!(log.events(), ["bootstrap", "login_succeeded", "login_succeeded", "login_succeeded"]);

    let (who, other) = (identity(&world, &sessions[0]).await, identity(&world, &sessions[1]).await);
    auth.end_session(&who, other.session_id).await.expect("it is theirs");
    assert_eq!(log.events(), ["session_ended revoked"]);
    auth.end_sessions(&who, OwnSessions::Others).await.expect("memory");
    assert_eq!(log.events(), ["sessions_ended revoked count=1"]);
    auth.rename(&who, Name::parse("Zoë").expect("a name")).await.expect("memory");
    assert_eq!(log.events(), ["user_renamed"]);

    let wrong = PasswordChange { current: password("wrong"), new: password(ANOTHER) };
    auth.change_password(&who, wrong).await.expect_err("it is wrong");
    assert_eq!(log.events(), ["password_refused wrong_password"]);
    let right = PasswordChange { current: password(PASSWORD), new: password(ANOTHER) };
    auth.change_password(&who, right).await.expect("it is right");
    assert_eq!(log.events(), ["password_changed count=0"]);
    auth.sessions(&who).await.expect("memory");
    assert!(log.events().is_empty(), "a look changes nothing");
}

#[tokio::test]
async fn what_is_done_to_accounts_is_kept_with_who_did_it() {
    let (log, _listening) = Log::listen();
    let world = world().await;
    let admin = world.login().await;
    let who = identity(&world, &admin).await;
    log.events();

    let by_admin = (world.auth.as_admin(&who).expect("an admin"), who.user_id.to_string());
    let by_operator = (world.auth.as_operator(), "operator".to_owned());
    for (accounts, by) in [by_admin, by_operator] {
        let ann = accounts.create(new_account(ANN)).await.expect("the address is free");
        assert_eq!(log.events(), [format!("user_created {by} USER")]);
        accounts.create(new_account(ANN)).await.expect_err("it is taken");
        assert!(log.events().is_empty(), "nothing was changed");

        let session = world.auth.login(login(ANN, PASSWORD)).await.expect("right");
        let session = identity(&world, &session).await.session_id;
        world.auth.login(login(ANN, PASSWORD)).await.expect("right");
        log.events();
        accounts.end_session(ann.id, session).await.expect("it is hers");
        assert_eq!(log.events(), [format!("session_ended {by} revoked_by_admin")]);
        accounts.end_sessions(ann.id).await.expect("she is there");
        assert_eq!(log.events(), [format!("sessions_ended {by} revoked_by_admin count=1")]);

        let change = AccountChange {
            name: None,
            role: Some(Role::ADMIN),
            state: Some(AccountState::Disabled),
            password: Some(password(ANOTHER)),
        };
        accounts.change(ann.id, change).await.expect("she is there");
        assert_eq!(
            log.events(),
            [
                format!("role_changed {by} ADMIN"),
                format!("user_disabled {by} count=0"),
                format!("password_reset {by} count=0"),
            ]
        );
        accounts.delete(ann.id).await.expect("she is there");
        assert_eq!(log.events(), [format!("user_deleted {by}")]);

        let bob = ImportedAccount {
            id: None,
            email: email(&format!("{by}@example.com")),
            name: Name::parse("Bob").expect("a name"),
            role: Role::USER,
            password: Some(PasswordHash::new(HASH)),
            created_at: None,
            state: AccountState::Enabled,
        };
        accounts.import(vec![bob.clone(), bob]).await.expect("memory");
        assert_eq!(log.events(), [format!("users_imported {by} count=1")]);
    }
}

#[tokio::test]
async fn that_a_check_refused_someone_is_kept_as_a_guards_refusal_is() {
    let (log, _listening) = Log::listen();
    let world = world().await;
    let ann = world.auth.as_operator().create(new_account(ANN)).await.expect("the address is free");
    let session = world.auth.login(login(ANN, PASSWORD)).await.expect("right");
    let token = session.access_token.expose();
    let role = |role| Demand { role: Some(role), permission: None };
    log.events();

    let passed = world.auth.check(token, &Demand::default()).await.expect("she is logged in");
    assert_eq!(passed, ann);
    world.auth.check(token, &role(Role::USER)).await.expect("she is a user");
    world.auth.check(token, &role(Role::from_static("NOBODY"))).await.expect_err("there is none");
    world.auth.check("x", &role(Role::ADMIN)).await.expect_err("it is no token");
    assert!(log.events().is_empty(), "nobody was refused for what they are");
    world.auth.check(token, &role(Role::ADMIN)).await.expect_err("she is none");
    assert_eq!(log.events(), ["permission_denied"]);
    world.auth.check(token, &role(Role::ADMIN)).await.expect_err("she is none");
    world.auth.denied(&identity(&world, &session).await);
    assert!(log.events().is_empty(), "once in ten seconds, whoever refused her");
    world.clock.pass(Duration::from_secs(10));
    let permission = Some(Permission::from_static("orders:read"));
    world.auth.check(token, &Demand { role: None, permission }).await.expect_err("nobody has it");
    assert_eq!(log.events(), ["permission_denied"]);
}
