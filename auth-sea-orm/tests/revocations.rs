//! Two instances over one database: what one revokes is heeded by the other within the delay, though it
//! asks nobody in between.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::store::{Feed, FeedPlace, RevocationStore, Revoked, SessionStore};
use auth_core::{
    AccountChange, AccountState, Argon2Cost, Auth, Clock, Email, EndReason, Error, Hashing, Identity,
    LoggedIn, Login, Name, NewAccount, Password, Refusal, RevocationDelay, Revocations, Role, Timestamp,
};
use auth_sea_orm::{SeaOrmStore, connect};
use sea_orm::{ConnectionTrait, TransactionTrait};

use common::{Fresh, at, both, key, postgres, with_a_session};

const DELAY: Duration = Duration::from_secs(5);
const NEARLY: Duration = Duration::from_millis(4_999);
const INSTANT: Duration = Duration::from_millis(1);

#[derive(Debug)]
struct SetClock(AtomicI64);

impl SetClock {
    fn pass(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Two instances, of which the second listens to the feed.
struct Two {
    clock: Arc<SetClock>,
    one: Auth<SeaOrmStore>,
    other: Auth<SeaOrmStore>,
    revocations: Revocations,
}

impl Two {
    async fn over(fresh: &Fresh) -> Self {
        let clock = Arc::new(SetClock(AtomicI64::new(1_800_000_000_000)));
        let build = |store| {
            let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
            Auth::builder(store)
                .access_secret("0f9b5d0c1e7a4b6f8d2c3a5e7f91b4d6")
                .refresh_secret("a4c1e8f2b7d09365e1f8c2a7b4d60931")
                .hashing(Hashing { cost, ..Hashing::default() })
                .clock(Arc::clone(&clock))
                .build()
                .unwrap()
        };
        let (one, other) = (build(fresh.store.clone()), build(fresh.another().await));
        let revocations = other.revocations(RevocationDelay::Within(DELAY));
        Self { clock, one, other, revocations }
    }

    /// Somebody who was created and has logged in at the first instance.
    async fn someone(&self, name: &str) -> LoggedIn {
        let email = Email::parse(&format!("{name}@example.com")).unwrap();
        let password = Password::parse("StrongPassword123!").unwrap();
        let account = NewAccount {
            email: email.clone(),
            name: Name::parse(name).unwrap(),
            role: Role::ADMIN,
            password: password.clone(),
        };
        self.one.as_operator().create(account).await.unwrap();
        self.one.login(Login::new(email, password)).await.unwrap()
    }

    async fn read(&self) {
        self.revocations.read(self.other.store()).await.unwrap();
    }

    /// What the second instance says of the token, by what it has heard.
    async fn asked(&self, token: &LoggedIn) -> Result<Identity, Error> {
        self.other.authenticate_heeding(token.access_token.expose(), &self.revocations).await
    }
}

fn is_refused(answer: &Result<Identity, Error>) -> bool {
    matches!(answer, Err(Error::Refused(Refusal::InvalidAccessToken)))
}

/// Ways to take what a token says from its holder.
#[derive(Clone, Copy, Debug)]
enum Way {
    Logout,
    End,
    Disable,
    Demote,
    Password,
    Delete,
}

impl Way {
    const ALL: [Self; 6] =
        [Self::Logout, Self::End, Self::Disable, Self::Demote, Self::Password, Self::Delete];

    async fn go(self, auth: &Auth<SeaOrmStore>, holder: &LoggedIn) {
        let (operator, id) = (auth.as_operator(), holder.user.id);
        let change = match self {
            Self::Logout => return auth.logout(holder.refresh.token.expose()).await.unwrap(),
            Self::End => {
                assert_eq!(operator.end_sessions(id).await.unwrap(), 1);
                return;
            }
            Self::Delete => return operator.delete(id).await.unwrap(),
            Self::Disable => AccountChange { state: Some(AccountState::Disabled), ..Default::default() },
            Self::Demote => AccountChange { role: Some(Role::USER), ..Default::default() },
            Self::Password => {
                let password = Some(Password::parse("AnotherPassword123!").unwrap());
                AccountChange { password, ..Default::default() }
            }
        };
        operator.change(id, change).await.unwrap();
    }

    /// Whether the answer is the one of an instance that knows.
    fn is_heeded(self, answer: &Result<Identity, Error>) -> bool {
        match (self, answer) {
            (Self::Demote, Ok(identity)) => identity.role == Role::USER,
            (_, answer) => is_refused(answer),
        }
    }
}

#[tokio::test]
async fn what_one_instance_revokes_the_other_heeds_when_it_has_read_and_after_the_delay_at_the_latest() {
    for fresh in both().await {
        let two = Two::over(&fresh).await;
        two.someone("admin").await; // somebody has to stay
        for way in Way::ALL {
            for reads in [true, false] {
                let holder = two.someone(&format!("{way:?}-{reads}").to_lowercase()).await;
                two.read().await;
                way.go(&two.one, &holder).await;

                // Until then it is believed, by the token's word: nobody is asked.
                two.clock.pass(NEARLY);
                let believed = two.asked(&holder).await.unwrap();
                assert_eq!(believed.role, Role::ADMIN, "{way:?}");
                if reads {
                    two.read().await;
                } else {
                    two.clock.pass(INSTANT);
                }
                let answer = two.asked(&holder).await;
                assert!(way.is_heeded(&answer), "{way:?} {reads}: {answer:?}");
                two.clock.pass(DELAY);
                let answer = two.asked(&holder).await;
                assert!(way.is_heeded(&answer), "{way:?} {reads}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_instance_that_starts_late_hears_of_what_was_before() {
    for fresh in both().await {
        let two = Two::over(&fresh).await;
        let holder = two.someone("ann").await;
        let stays = two.someone("bob").await;
        two.one.logout(holder.refresh.token.expose()).await.unwrap();
        // A sweep takes nothing that could still be of use.
        assert_eq!(two.one.sweep_revocations(100).await.unwrap(), 0);
        two.read().await;
        assert!(is_refused(&two.asked(&holder).await));
        assert!(two.asked(&stays).await.is_ok());
        let health = two.revocations.health();
        assert_eq!((health.age, health.entries, health.asking), (Some(Duration::ZERO), 1, false));

        two.clock.pass(Duration::from_hours(1));
        assert_eq!(two.one.sweep_revocations(100).await.unwrap(), 1);
        assert!(two.revocations.health().asking);
    }
}

#[tokio::test]
async fn a_revocation_by_hand_is_told_like_any_other() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        let place = fresh.store.revoked_since(FeedPlace::START, 10).await.unwrap().place;
        let db = fresh.store.database();
        db.execute_unprepared("UPDATE users SET role = 'USER'").await.unwrap();
        db.execute_unprepared("UPDATE sessions SET ended_at = 5, end_reason = 'revoked'").await.unwrap();
        let Feed { revoked, .. } = fresh.store.revoked_since(place, 10).await.unwrap();
        assert_eq!(revoked.len(), 2);
        assert!(revoked.contains(&Revoked::Session(key(1).id)), "{revoked:?}");
    }
}

/// What a time or a counter would miss: it was written first, and can be seen last.
#[tokio::test]
async fn a_revocation_that_commits_late_is_not_missed() {
    let Some(fresh) = postgres().await else { return };
    with_a_session(&fresh, key(1)).await;
    let user = fresh.store.find(key(1).id).await.unwrap().unwrap().user;
    let read = async |place| fresh.store.revoked_since(place, 10).await.unwrap();
    let mut place = read(FeedPlace::START).await.place;

    let behind = connect(&fresh.url).await.unwrap();
    let late = behind.begin().await.unwrap();
    late.execute_unprepared("UPDATE sessions SET ended_at = 5, end_reason = 'revoked'").await.unwrap();
    for round in 0..3 {
        // Others come and are seen, and the reader goes on.
        let db = fresh.store.database();
        let role = if round % 2 == 0 { "USER" } else { "ADMIN" };
        db.execute_unprepared(&format!("UPDATE users SET role = '{role}'")).await.unwrap();
        let feed = read(place).await;
        assert!(feed.revoked.contains(&Revoked::User(user.id)));
        assert!(!feed.revoked.contains(&Revoked::Session(key(1).id)));
        place = feed.place;
    }
    late.commit().await.unwrap();
    let feed = read(place).await;
    assert!(feed.revoked.contains(&Revoked::Session(key(1).id)), "{feed:?}");
    // Who was told need not hear it again for ever: the place has moved on, unless others in the same
    // cluster hold it.
    assert!(feed.place >= place);
    assert!(fresh.store.end(&key(1), EndReason::Logout, at(9)).await.unwrap().is_none());
}
