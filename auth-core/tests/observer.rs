//! What whoever counts is told.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{Cause, Observation, Observer, RefreshOutcome, ThrottlePolicy, Timestamp, User};
use support::{
    EMAIL, PASSWORD, SetClock, World, builder, email, login, new_admin, open_policy, password, refusal,
};

const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Seen(Mutex<Vec<Observation>>);

impl Observer for Seen {
    fn observe(&self, observation: Observation) {
        self.0.lock().expect("nobody panics here").push(observation);
    }
}

impl Seen {
    /// What has been seen since the last look, but for hashes.
    fn take(&self) -> Vec<Observation> {
        let mut all = std::mem::take(&mut *self.0.lock().expect("nobody panics here"));
        all.retain(|one| !matches!(one, Observation::Hashed { .. }));
        all
    }
}

/// An `Auth` whose first admin exists, and who listens.
async fn watched(policy: auth_core::Policy) -> (World, Arc<Seen>) {
    let (store, clock, seen) = (auth_core::MemoryStore::new(), SetClock::new(), Arc::new(Seen::default()));
    let auth = builder(&store, &clock, policy).observer(Arc::clone(&seen)).build().expect("strong secrets");
    auth.bootstrap(new_admin()).await.expect("the store is empty");
    (World { auth, store, clock }, seen)
}

#[tokio::test]
async fn each_refresh_is_told_by_what_came_of_it() {
    use RefreshOutcome::*;
    let (world, seen) = watched(open_policy()).await;
    let refresh = async |token: &str| {
        let answer = world.auth.refresh(token).await;
        let [Observation::Refresh(outcome)] = seen.take()[..] else { panic!("told once") };
        (outcome, answer.ok().and_then(|it| it.refresh).map(|it| it.token.expose().to_owned()))
    };
    let first = world.login().await.refresh.token;
    let (outcome, second) = refresh(first.expose()).await;
    let second = second.expect("it rotates");
    assert_eq!(outcome, Rotated);
    assert_eq!(refresh(&second).await, (Same, Some(second.clone())));
    assert_eq!(refresh(first.expose()).await, (Grace, None));
    world.clock.pass(GRACE);
    let (outcome, third) = refresh(first.expose()).await;
    assert_eq!((outcome, third.is_some()), (LateRetry, true));
    assert_eq!(refresh(&second).await, (Reuse, None));
    assert_eq!(refresh(&second).await, (Ended, None));
    assert_eq!(refresh("nonsense").await, (Forged, None));

    let login = world.login().await;
    let token = login.refresh.token.expose();
    let disabled = User { disabled_at: Some(Timestamp::from_millis(1)), ..login.user.clone() };
    world.store.put_user(disabled, None);
    assert_eq!(refresh(token).await, (Disabled, None));
    world.clock.pass(world.auth.policy().refresh_ttl);
    assert_eq!(refresh(token).await, (Expired, None));
    world.clock.pass(world.auth.policy().session_max_ttl);
    world.auth.sweep(10).await.expect("memory");
    assert_eq!(refresh(token).await, (Unknown, None));
}

#[tokio::test]
async fn each_attempt_that_is_not_looked_at_is_told_and_each_hash() {
    let throttle = ThrottlePolicy { free: 1, ..ThrottlePolicy::default() };
    let (world, seen) = watched(auth_core::Policy { throttle, ..open_policy() }).await;
    assert!(
        matches!(seen.0.lock().expect("nobody panics here")[..], [Observation::Hashed { .. }]),
        "the admin's password was hashed"
    );
    seen.take();
    let guess = || auth_core::Login::new(email(EMAIL), password("incorrect horse battery"));
    refusal(world.auth.login(guess()).await);
    assert_eq!(seen.take(), []);
    for _ in 0..3 {
        refusal(world.auth.login(guess()).await);
        assert_eq!(seen.take(), [Observation::Throttled(Cause::AccountLimit)]);
    }
    world.clock.pass(GRACE);
    world.auth.login(login(EMAIL, PASSWORD)).await.expect("it is right");
    assert_eq!(seen.take(), []);
    let health = world.auth.hashing_health();
    assert_eq!((health.working, health.waiting), (0, 0));
}
