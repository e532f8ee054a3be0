//! Where the schedules are played: the real `Auth` on the store under test, with its clock and its
//! store's failures in our hands.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::time::Duration;

use auth_core::store::{SessionKey, SessionStore, UserStore};
use auth_core::{
    Argon2Cost, Auth, Bootstrap, Clock, EndReason, Error, Hashing, Identity, LateRetry, Login, NewAdmin,
    Password, PasswordHash, Policy, RefreshToken, Refusal, SessionRecord, Timestamp, User,
};
use proptest::test_runner::TestCaseError;

use crate::failing::Failing;
use crate::harness::Harness;
use crate::stage::{NOW, person, user};

use super::table::{Answer, Row, Rules};

pub(super) const GRACE_MILLIS: i64 = 10_000;

const PASSWORD: &str = "StrongPassword123!";

/// A clock that shows what it is set to.
#[derive(Debug)]
pub(super) struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// One store and one key, on which many users act, each in a schedule of their own.
pub(super) struct World<H: Harness> {
    harness: Arc<H>,
    hash: PasswordHash,
    last_person: AtomicU16,
}

/// One user with one session, just opened.
pub(super) struct Play<H: Harness> {
    pub(super) auth: Auth<Failing<H>>,
    pub(super) clock: Arc<SetClock>,
    pub(super) rules: Rules,
    pub(super) user: User,
    pub(super) identity: Identity,
    pub(super) token: RefreshToken,
}

impl<H: Harness> World<H> {
    pub(super) async fn new(harness: H) -> Self {
        let harness = Arc::new(harness);
        let (auth, _clock) = build(&harness, LateRetry::Allowed, GRACE_MILLIS);
        let admin = person(0);
        let password = Password::parse(PASSWORD).expect("a password");
        auth.bootstrap(NewAdmin::new(admin.email.clone(), password, admin.name))
            .await
            .expect("the store is empty");
        let credentials = harness.store().credentials(&admin.email).await.expect("the store answers");
        let hash = credentials.and_then(|held| held.password).expect("the admin has a password");
        Self { harness, hash, last_person: AtomicU16::new(0) }
    }

    /// Someone new logs in.
    pub(super) async fn play(&self, late_retry: LateRetry, grace_millis: i64) -> Play<H> {
        let someone = user(&person(self.last_person.fetch_add(1, Ordering::SeqCst) + 1));
        self.harness.put_user(&someone, Some(&self.hash)).await;
        let (auth, clock) = build(&self.harness, late_retry, grace_millis);
        let password = Password::parse(PASSWORD).expect("a password");
        let login = Login::new(someone.email.clone(), password);
        let session = auth.login(login).await.expect("the password is right");
        Play {
            identity: auth.authenticate(session.access_token.expose()).expect("it is fresh"),
            token: session.refresh.token,
            user: someone,
            rules: Rules { grace_millis, late_retry },
            auth,
            clock,
        }
    }
}

impl<H: Harness> World<H> {
    /// Puts the user out of use through the back door.
    pub(super) async fn disable(&self, play: &Play<H>) {
        let disabled = User { disabled_at: Some(play.now()), ..play.user.clone() };
        self.harness.put_user(&disabled, Some(&self.hash)).await;
    }
}

fn build<H: Harness>(
    harness: &Arc<H>,
    late_retry: LateRetry,
    grace_millis: i64,
) -> (Auth<Failing<H>>, Arc<SetClock>) {
    let clock = Arc::new(SetClock(AtomicI64::new(NOW.millis())));
    let policy = Policy {
        bootstrap: Bootstrap::Open,
        late_retry,
        reuse_grace: Duration::from_millis(grace_millis.unsigned_abs()),
        ..Policy::default()
    };
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    let auth = Auth::builder(Failing::new(Arc::clone(harness)))
        .random_secrets()
        .policy(policy)
        .hashing(Hashing { cost, ..Hashing::default() })
        .clock(Arc::clone(&clock))
        .build()
        .expect("the secrets are strong");
    (auth, clock)
}

impl<H: Harness> Play<H> {
    /// Sets the clock, in milliseconds after the beginning.
    pub(super) fn set_clock(&self, millis: i64) {
        self.clock.0.store(NOW.millis() + millis, Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Presents a token to a store that works: the token held afterwards, or `None` where it was
    /// refused.
    pub(super) async fn serve(&self, token: &RefreshToken) -> Result<Option<RefreshToken>, TestCaseError> {
        let served = self.present(token).await?.expect("the store works");
        Ok(served.held_after(token))
    }

    /// Presents a token: what became of it, or `None` where the store failed.
    pub(super) async fn present(&self, token: &RefreshToken) -> Result<Option<Served>, TestCaseError> {
        match self.auth.refresh(token.expose()).await {
            Ok(refreshed) => Ok(Some(match refreshed.refresh {
                None => Served::AccessOnly,
                Some(issued) if issued.token.same_as(token) => Served::Same,
                Some(issued) => Served::Next(issued.token),
            })),
            Err(Error::Refused(Refusal::InvalidRefreshToken)) => Ok(Some(Served::Refused)),
            Err(Error::Failed(_)) => Ok(None),
            Err(other) => Err(TestCaseError::fail(format!("a refresh is not refused like this: {other}"))),
        }
    }

    /// Ends the session, unless it has ended, as something that knows no token of it would.
    pub(super) async fn end(&self) {
        let SessionRecord { session, .. } = self.found().await;
        let key = SessionKey { id: session.id, secret: session.secret };
        self.auth.store().end(&key, EndReason::Revoked, self.now()).await.expect("the store answers");
    }

    /// The row as the store keeps it.
    pub(super) async fn row(&self) -> Row {
        let SessionRecord { session, user } = self.found().await;
        Row {
            current: session.generation,
            parent: session.parent,
            rotated: session.rotated_at.map(Timestamp::millis),
            ended: session.ended_at.is_some(),
            disabled: user.disabled_at.is_some(),
        }
    }

    async fn found(&self) -> SessionRecord {
        let found = self.auth.store().find(self.identity.session_id).await.expect("the store answers");
        found.expect("the session is there")
    }
}

/// What a client gets for a token.
#[derive(Clone, Debug)]
pub(super) enum Served {
    /// The same token again.
    Same,
    /// An access token alone.
    AccessOnly,
    /// Another token.
    Next(RefreshToken),
    /// The session is over.
    Refused,
}

impl Served {
    /// The token that the client holds afterwards; `None` where it was refused.
    pub(super) fn held_after(self, presented: &RefreshToken) -> Option<RefreshToken> {
        match self {
            Self::Same | Self::AccessOnly => Some(presented.clone()),
            Self::Next(token) => Some(token),
            Self::Refused => None,
        }
    }

    /// Whether this is the table's answer, as far as one can tell without knowing generations.
    pub(super) fn is(&self, answer: Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Same, Answer::Same)
                | (Self::AccessOnly, Answer::AccessOnly)
                | (Self::Next(_), Answer::Next(_))
                | (Self::Refused, Answer::Refused)
        )
    }
}
