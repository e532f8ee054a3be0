//! What is left when a call of the store fails in the middle of a login, a refresh or a logout:
//! the real [`Auth`] on the store under test, with one call made to fail before it reaches the
//! store, or after the store has done its work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::{
    Auth, Bootstrap, Clock, Email, Error, Fault, LoggedIn, Login, Name, NewAdmin, Password, Policy,
    RefreshToken, Refusal, Timestamp,
};

use crate::failing::{Failing, Failure};
use crate::harness::Harness;
use crate::stage::{NOW, at};

/// More calls of the store than any verb of `Auth` makes.
const CALLS: u32 = 6;

/// A refresh that fails leaves the presented token good, whichever call of the store failed, and
/// whether or not the store had done its work.
pub async fn a_failed_refresh_leaves_the_token_good<H: Harness>(harness: H) {
    let play = Play::new(harness).await;
    for grace in [Duration::from_secs(10), Duration::ZERO] {
        for how in [Failure::Before, Failure::After] {
            let failed = every_failure(how, async |calls| {
                let auth = play.auth(grace);
                let token = play.login(&auth).await.refresh.token;
                play.refresh_with_failure(&auth, &token, calls, how).await
            });
            assert!(failed.await > 0, "a refresh calls the store");
        }
    }
}

/// The predecessor of the current token, whose answer was lost long ago, stays good when the
/// refresh that should make up for it fails as well.
pub async fn a_failed_late_retry_leaves_the_token_good<H: Harness>(harness: H) {
    let play = Play::new(harness).await;
    for how in [Failure::Before, Failure::After] {
        let failed = every_failure(how, async |calls| {
            let auth = play.auth(Duration::from_secs(10));
            let token = play.login(&auth).await.refresh.token;
            auth.refresh(token.expose()).await.expect("the first refresh works; its answer is lost");
            play.clock.step(60);
            play.refresh_with_failure(&auth, &token, calls, how).await
        });
        assert!(failed.await > 1, "a late retry calls the store more than once");
    }
}

/// A logout that fails before the store has ended the session leaves the token good.
pub async fn a_failed_logout_leaves_the_token_good<H: Harness>(harness: H) {
    let play = Play::new(harness).await;
    let failed = every_failure(Failure::Before, async |calls| {
        let auth = play.auth(Duration::from_secs(10));
        let token = play.login(&auth).await.refresh.token;
        auth.store().fail_after(calls, Failure::Before);
        let outcome = auth.logout(token.expose()).await;
        let failed = !auth.store().forget();
        if failed {
            assert_unavailable(outcome);
            auth.refresh(token.expose()).await.expect("the token is still good");
            auth.logout(token.expose()).await.expect("logging out again works");
        }
        assert_refused(&auth.refresh(token.expose()).await);
        failed
    });
    assert!(failed.await > 0, "a logout calls the store");
}

/// A login that fails before the store has opened the session leaves the session that the same
/// browser held before, and its token, good.
pub async fn a_failed_login_leaves_the_presented_token_good<H: Harness>(harness: H) {
    let play = Play::new(harness).await;
    let failed = every_failure(Failure::Before, async |calls| {
        let auth = play.auth(Duration::from_secs(10));
        let token = play.login(&auth).await.refresh.token;
        auth.store().fail_after(calls, Failure::Before);
        let outcome = auth.login(Login { presented: Some(token.clone()), ..credentials() }).await;
        let failed = !auth.store().forget();
        if failed {
            assert_unavailable(outcome);
            auth.refresh(token.expose()).await.expect("the presented token is still good");
        }
        failed
    });
    assert!(failed.await > 0, "a login calls the store");
}

/// A bootstrap that fails before the store has created the user can be tried again; one whose
/// answer was lost has created the user, who can log in.
pub async fn a_failed_bootstrap_is_whole_or_nothing<H: Harness>(harness: H) {
    let play = Play::empty(harness);
    let auth = play.auth(Duration::from_secs(10));
    for calls in 0..CALLS {
        auth.store().fail_after(calls, Failure::Before);
        let outcome = auth.bootstrap(admin()).await;
        if auth.store().forget() {
            outcome.expect("without a failure, bootstrap works");
            break;
        }
        assert_unavailable(outcome);
        assert_refused(&auth.login(credentials()).await);
    }
    play.login(&auth).await;
}

/// Bootstrap whose answer was lost has created the whole user.
pub async fn a_bootstrap_whose_answer_was_lost_has_created_the_user<H: Harness>(harness: H) {
    let play = Play::empty(harness);
    let auth = play.auth(Duration::from_secs(10));
    for calls in 0..CALLS {
        auth.store().fail_after(calls, Failure::After);
        let outcome = auth.bootstrap(admin()).await;
        if auth.store().forget() {
            break;
        }
        if auth.login(credentials()).await.is_ok() {
            assert_unavailable(outcome);
            let again = auth.bootstrap(admin()).await;
            assert!(matches!(again, Err(Error::Refused(Refusal::AdminExists))), "{again:?}");
            return;
        }
    }
    panic!("some lost answer leaves the user created");
}

/// One store, one user, one clock; a new `Auth` for each scene.
struct Play<H> {
    harness: Arc<H>,
    clock: Hand,
}

impl<H: Harness> Play<H> {
    fn empty(harness: H) -> Self {
        Self { harness: Arc::new(harness), clock: Hand::new() }
    }

    async fn new(harness: H) -> Self {
        let play = Self::empty(harness);
        play.auth(Duration::ZERO).bootstrap(admin()).await.expect("the first admin is created");
        play
    }

    fn auth(&self, reuse_grace: Duration) -> Auth<Failing<H>> {
        Auth::builder(Failing::new(Arc::clone(&self.harness)))
            .random_secrets()
            .policy(Policy { bootstrap: Bootstrap::Open, reuse_grace, ..Policy::default() })
            .clock(self.clock.clone())
            .build()
            .expect("the secrets and the policy are good")
    }

    async fn login(&self, auth: &Auth<Failing<H>>) -> LoggedIn {
        auth.login(credentials()).await.expect("the admin can log in")
    }

    /// Refreshes while one call fails; where it did, insists that the token still refreshes, now
    /// and a little later. Says whether it did.
    async fn refresh_with_failure(
        &self,
        auth: &Auth<Failing<H>>,
        token: &RefreshToken,
        calls: u32,
        how: Failure,
    ) -> bool {
        auth.store().fail_after(calls, how);
        let outcome = auth.refresh(token.expose()).await;
        let failed = !auth.store().forget();
        if failed {
            assert_unavailable(outcome);
            auth.refresh(token.expose()).await.expect("the presented token is still good");
            self.clock.step(60);
            auth.refresh(token.expose()).await.expect("and so it is later");
        } else {
            outcome.expect("without a failure, the refresh works");
        }
        failed
    }
}

/// Plays a scene with the first call failing, the second, and so on, until it ends before the
/// failure comes; says in how many scenes it came.
async fn every_failure(how: Failure, scene: impl AsyncFn(u32) -> bool) -> u32 {
    for calls in 0..CALLS {
        if !scene(calls).await {
            return calls;
        }
    }
    panic!("a verb calls the store more than {CALLS} times ({how:?})");
}

fn assert_unavailable<T>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Failed(Fault::Store(_))) => {}
        Err(other) => panic!("a failing store is told as such, not as {other:?}"),
        Ok(_) => panic!("a failing store is told"),
    }
}

fn assert_refused<T>(outcome: &Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::Refused(_))), "it is refused");
}

fn admin() -> NewAdmin {
    let Login { email, password, .. } = credentials();
    NewAdmin::new(email, password, Name::parse("Admin").expect("a good name"))
}

fn credentials() -> Login {
    let email = Email::parse("admin@example.com").expect("a good address");
    Login::new(email, Password::parse("StrongPassword123!").expect("a good password"))
}

/// A clock that moves when it is told to.
#[derive(Clone)]
struct Hand {
    seconds: Arc<AtomicI64>,
}

impl Hand {
    fn new() -> Self {
        Self { seconds: Arc::default() }
    }

    fn step(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        at(self.seconds.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hand({:?} and {:?}s)", NOW, self.seconds)
    }
}
