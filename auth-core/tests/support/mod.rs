//! What the tests share: an `Auth` over memory with a clock that can be set and cheap hashes.

#![allow(dead_code, clippy::missing_panics_doc, reason = "each test file uses a part of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::{
    Argon2Cost, Auth, AuthBuilder, Bootstrap, Clock, Email, Error, Hashing, LoggedIn, Login, MemoryStore,
    Name, NewAccount, NewAdmin, Password, PasswordHash, Policy, Refusal, Role, Timestamp, User, UserId,
};

pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "StrongPassword123!";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000_000)))
    }

    pub(crate) fn pass(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).expect("a span of a test is short");
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn step_back(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).expect("a span of a test is short");
        self.0.fetch_sub(millis, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn cheap() -> Hashing {
    Hashing { cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 }, ..Hashing::default() }
}

pub(crate) struct World {
    pub(crate) auth: Auth<MemoryStore>,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<SetClock>,
}

pub(crate) fn open_policy() -> Policy {
    Policy { bootstrap: Bootstrap::Open, ..Policy::default() }
}

/// An `Auth` whose first admin exists.
pub(crate) async fn world() -> World {
    world_with(open_policy()).await
}

pub(crate) async fn world_with(policy: Policy) -> World {
    let world = empty_world(policy);
    world.auth.bootstrap(new_admin()).await.expect("the store is empty");
    world
}

pub(crate) fn empty_world(policy: Policy) -> World {
    let store = MemoryStore::new();
    let clock = SetClock::new();
    let auth = builder(&store, &clock, policy).build().expect("the secrets are strong");
    World { auth, store, clock }
}

pub(crate) fn builder(
    store: &MemoryStore,
    clock: &Arc<SetClock>,
    policy: Policy,
) -> AuthBuilder<MemoryStore> {
    Auth::builder(store.clone()).random_secrets().policy(policy).hashing(cheap()).clock(Arc::clone(clock))
}

impl World {
    pub(crate) async fn login(&self) -> LoggedIn {
        self.auth.login(login(EMAIL, PASSWORD)).await.expect("the password is right")
    }

    /// One more user, beside the admin.
    pub(crate) fn put_user(&self, email: &str, hash: Option<&str>, disabled_at: Option<Timestamp>) -> User {
        let mut id = [7; 16];
        id[..email.len().min(16)].copy_from_slice(&email.as_bytes()[..email.len().min(16)]);
        let user = User {
            id: UserId::from_bytes(id),
            email: Email::parse(email).expect("a good address"),
            name: Name::parse("Someone").expect("a good name"),
            role: Role::USER,
            created_at: Timestamp::from_millis(0),
            disabled_at,
        };
        self.store.put_user(user.clone(), hash.map(PasswordHash::new));
        user
    }
}

pub(crate) fn new_admin() -> NewAdmin {
    NewAdmin::new(email(EMAIL), password(PASSWORD), Name::parse("Admin").expect("a good name"))
}

/// An account in the role `USER`, with the usual password.
pub(crate) fn new_account(address: &str) -> NewAccount {
    NewAccount {
        email: email(address),
        name: Name::parse("Someone").expect("a good name"),
        role: Role::USER,
        password: password(PASSWORD),
    }
}

pub(crate) fn login(address: &str, text: &str) -> Login {
    Login::new(email(address), password(text))
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).expect("a good address")
}

pub(crate) fn password(text: &str) -> Password {
    Password::parse(text).expect("a password")
}

/// The refusal of a verb that must be refused.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
