//! The routes of accounts and sessions: offered or not, in which order they judge, what an
//! accident leaves behind, and what they answer to the byte.

mod answers;
mod faults;
mod held_back;
mod offered;
mod order;
mod places;

use auth_core::store::ManagedStore;
use auth_core::{
    Auth, Email, LoggedIn, Login, Name, NewAccount, Password, Role, SessionId, Timestamp, UserId,
};
use auth_testing::TestClock;
use auth_tower::AuthRoutes;

use crate::common::{self, Answer};

/// When all of this happens: a clock that stands still, so that whole bodies can be compared.
const NOON: &str = "2026-11-22T12:00:00.123Z";
const A_WEEK_LATER: &str = "2026-11-29T12:00:00.123Z";

fn noon() -> TestClock {
    let clock = TestClock::new();
    clock.set(Timestamp::from_millis(1_795_348_800_123));
    clock
}

/// A system with an admin and a user, both logged in.
struct Team<S> {
    auth: Auth<S>,
    routes: AuthRoutes<S>,
    admin: Member,
    user: Member,
}

/// Someone who is logged in.
#[derive(Clone, Debug)]
struct Member {
    id: UserId,
    session: SessionId,
    token: String,
}

const USER_EMAIL: &str = "user@example.com";

impl<S: ManagedStore> Team<S> {
    async fn open(store: S) -> Self {
        let auth = common::builder(store).clock(noon()).build().unwrap();
        let admin = member(&auth, &common::log_in(&auth).await);
        let email = Email::parse(USER_EMAIL).unwrap();
        let password = Password::parse(common::PASSWORD).unwrap();
        let account = NewAccount {
            email: email.clone(),
            name: Name::parse("User").unwrap(),
            role: Role::USER,
            password: password.clone(),
        };
        auth.as_operator().create(account).await.unwrap();
        let user = member(&auth, &auth.login(Login::new(email, password)).await.unwrap());
        let routes = AuthRoutes::new(auth.clone()).with_accounts();
        Self { auth, routes, admin, user }
    }
}

fn member<S>(auth: &Auth<S>, login: &LoggedIn) -> Member {
    let token = login.access_token.expose().to_owned();
    let who = auth.authenticate(&token).unwrap();
    Member { id: who.user_id, session: who.session_id, token }
}

/// Every route: its method, and its path with the ids put in.
fn every(user: &str, session: &str) -> Vec<(&'static str, String)> {
    [
        ("PATCH", "/me"),
        ("GET", "/sessions"),
        ("DELETE", "/sessions"),
        ("DELETE", "/sessions/{sid}"),
        ("POST", "/password"),
        ("GET", "/users"),
        ("POST", "/users"),
        ("GET", "/users/{id}"),
        ("PATCH", "/users/{id}"),
        ("DELETE", "/users/{id}"),
        ("GET", "/users/{id}/sessions"),
        ("DELETE", "/users/{id}/sessions"),
        ("DELETE", "/users/{id}/sessions/{sid}"),
    ]
    .map(|(method, path)| {
        (method, format!("/api/auth{}", path.replace("{id}", user).replace("{sid}", session)))
    })
    .to_vec()
}

fn refusal(status: u16, sentence: &str) -> Answer {
    Answer::json(status, &[], &format!(r#"{{"error":"{sentence}"}}"#))
}
