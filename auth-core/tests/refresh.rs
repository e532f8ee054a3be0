//! The refresh token's table, cell by cell, and what surrounds it.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_core::{
    AccountChange, Auth, Clock, EndReason, Error, Fault, LateRetry, MemoryStore, Policy, Refreshed, Refusal,
    SessionId, Timestamp,
};
use support::{
    EMAIL, PASSWORD, SetClock, World, builder, cheap, login, new_admin, open_policy, refusal, world,
    world_with,
};

const GRACE: Duration = Duration::from_secs(10);
const JUST_YOUNG: Duration = Duration::from_millis(9_999);
const LAST_MILLISECOND: Duration = Duration::from_millis(1);

async fn refresh(world: &World, token: &str) -> Refreshed {
    world.auth.refresh(token).await.expect("the token is good")
}

fn token(refreshed: &Refreshed) -> &str {
    refreshed.refresh.as_ref().expect("a cookie is set").token.expose()
}

async fn refused(world: &World, token: &str) {
    assert_eq!(refusal(world.auth.refresh(token).await), Refusal::InvalidRefreshToken);
}

fn session(world: &World, access: &auth_core::AccessToken) -> SessionId {
    world.auth.authenticate(access.expose()).expect("it is fresh").session_id
}

#[tokio::test]
async fn the_first_refresh_after_a_login_rotates_however_soon() {
    let world = world().await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    assert_ne!(token(&first), login.refresh.token.expose());
    assert_eq!(first.refresh.expect("a cookie").max_age, Duration::from_hours(7 * 24));
    assert!(world.auth.me(first.access_token.expose()).await.is_ok());
}

#[tokio::test]
async fn the_current_token_answers_with_itself_while_it_is_young_and_then_rotates() {
    let world = world().await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    world.clock.pass(JUST_YOUNG);
    let same = refresh(&world, token(&first)).await;
    assert_eq!(token(&same), token(&first));
    world.clock.pass(LAST_MILLISECOND);
    let next = refresh(&world, token(&first)).await;
    assert_ne!(token(&next), token(&first));
}

#[tokio::test]
async fn the_parent_gets_an_access_token_and_no_cookie_while_its_successor_is_young() {
    let world = world().await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    world.clock.pass(JUST_YOUNG);
    let late_tab = refresh(&world, login.refresh.token.expose()).await;
    assert!(late_tab.refresh.is_none());
    assert!(world.auth.me(late_tab.access_token.expose()).await.is_ok());
    // Nothing was written: the current token is still the current one.
    assert_eq!(token(&refresh(&world, token(&first)).await), token(&first));
}

#[tokio::test]
async fn an_access_token_of_the_grace_is_good_for_no_longer_than_its_session() {
    let lifetime = Duration::from_mins(15);
    let world = world_with(Policy { access_ttl: lifetime, refresh_ttl: lifetime, ..open_policy() }).await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    let expires_at = world.clock.now() + lifetime;
    world.clock.pass(JUST_YOUNG);
    let current = refresh(&world, token(&first)).await;
    let parent = refresh(&world, login.refresh.token.expose()).await;
    for refreshed in [&first, &current, &parent] {
        let identity = world.auth.authenticate(refreshed.access_token.expose()).expect("it is good");
        assert_eq!(identity.expires_at, expires_at);
    }
    world.clock.pass(LAST_MILLISECOND);
    // A rotation prolongs the session, and so its token has a whole life.
    let rotated = refresh(&world, token(&first)).await;
    let identity = world.auth.authenticate(rotated.access_token.expose()).expect("it is good");
    assert_eq!(identity.expires_at, world.clock.now() + lifetime);
}

#[tokio::test]
async fn the_parent_advances_past_an_answer_that_was_lost() {
    let world = world().await;
    let login = world.login().await;
    let lost = refresh(&world, login.refresh.token.expose()).await;
    world.clock.pass(Duration::from_hours(20));
    let again = refresh(&world, login.refresh.token.expose()).await;
    assert_ne!(token(&again), token(&lost));
    // The parent stays the parent: losing this answer too is no reason to log anyone out.
    world.clock.pass(GRACE);
    let third = refresh(&world, login.refresh.token.expose()).await;
    assert_ne!(token(&third), token(&again));
}

#[tokio::test]
async fn an_orphan_ends_the_session() {
    let world = world().await;
    let login = world.login().await;
    let orphan = refresh(&world, login.refresh.token.expose()).await;
    world.clock.pass(GRACE);
    let current = refresh(&world, login.refresh.token.expose()).await;
    refused(&world, token(&orphan)).await;
    refused(&world, token(&current)).await;
    assert_eq!(world.store.end_reason(session(&world, &current.access_token)), Some(EndReason::Reuse));
}

#[tokio::test]
async fn a_spent_token_ends_its_session_and_no_other() {
    for pause in [Duration::ZERO, GRACE] {
        let world = world().await;
        let other = world.login().await;
        let login = world.login().await;
        let first = refresh(&world, login.refresh.token.expose()).await;
        world.clock.pass(GRACE);
        let second = refresh(&world, token(&first)).await;
        world.clock.pass(pause);
        refused(&world, login.refresh.token.expose()).await;
        refused(&world, token(&second)).await;
        assert_eq!(refusal(world.auth.me(second.access_token.expose()).await), Refusal::InvalidAccessToken);
        assert!(world.auth.refresh(other.refresh.token.expose()).await.is_ok());
        assert!(world.auth.me(other.access_token.expose()).await.is_ok());
    }
}

#[tokio::test]
async fn without_a_grace_every_refresh_rotates_even_if_the_clock_steps_back() {
    let world = world_with(Policy { reuse_grace: Duration::ZERO, ..open_policy() }).await;
    let mut current = world.login().await.refresh.token;
    for _ in 0..5 {
        world.clock.step_back(Duration::from_secs(1));
        let next = refresh(&world, current.expose()).await.refresh.expect("a cookie").token;
        assert!(!next.same_as(&current));
        current = next;
    }
}

#[tokio::test]
async fn without_late_retry_the_parent_is_good_while_young_and_reuse_after() {
    let world = world_with(Policy { late_retry: LateRetry::Reuse, ..open_policy() }).await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    world.clock.pass(JUST_YOUNG);
    assert!(refresh(&world, login.refresh.token.expose()).await.refresh.is_none());
    world.clock.pass(LAST_MILLISECOND);
    refused(&world, login.refresh.token.expose()).await;
    refused(&world, token(&first)).await;
}

#[tokio::test]
async fn a_clock_that_steps_back_makes_nobody_old() {
    let world = world().await;
    let login = world.login().await;
    let first = refresh(&world, login.refresh.token.expose()).await;
    world.clock.step_back(Duration::from_hours(1));
    assert_eq!(token(&refresh(&world, token(&first)).await), token(&first));
    assert!(refresh(&world, login.refresh.token.expose()).await.refresh.is_none());
}

#[tokio::test]
async fn a_session_slides_with_each_rotation_and_never_past_its_end() {
    let world = world().await;
    let day = Duration::from_hours(24);
    let mut current = world.login().await.refresh;
    for left in [24, 18, 12, 6] {
        world.clock.pass(6 * day);
        current = refresh(&world, current.token.expose()).await.refresh.expect("a cookie");
        assert_eq!(current.max_age, day * left.min(7), "{left} days before the end");
    }
    world.clock.pass(6 * day);
    refused(&world, current.token.expose()).await;
}

#[tokio::test]
async fn a_session_not_refreshed_for_its_lifetime_has_expired() {
    let world = world().await;
    let login = world.login().await;
    world.clock.pass(Duration::from_hours(7 * 24));
    refused(&world, login.refresh.token.expose()).await;
}

#[tokio::test]
async fn a_disabled_user_and_a_replaced_password_stop_every_refresh() {
    let world = world().await;
    let [one, two] = [world.login().await, world.login().await];
    let another =
        AccountChange { password: Some(support::password("another passphrase")), ..Default::default() };
    world.auth.as_operator().change(one.user.id, another).await.expect("it is a good one");
    refused(&world, one.refresh.token.expose()).await;
    refused(&world, two.refresh.token.expose()).await;

    let world = support::world().await;
    let login = world.login().await;
    let disabled = auth_core::User { disabled_at: Some(Timestamp::from_millis(1)), ..login.user.clone() };
    world.store.put_user(disabled, None);
    refused(&world, login.refresh.token.expose()).await;
    assert_eq!(refusal(world.auth.me(login.access_token.expose()).await), Refusal::InvalidAccessToken);
}

#[tokio::test]
async fn logout_ends_its_session_alone_and_twice_is_no_error() {
    let world = world().await;
    let [one, two] = [world.login().await, world.login().await];
    world.auth.logout(one.refresh.token.expose()).await.expect("it ends");
    world.auth.logout(one.refresh.token.expose()).await.expect("it has ended");
    world.auth.logout("rubbish").await.expect("there is nothing to end");
    refused(&world, one.refresh.token.expose()).await;
    assert!(world.auth.refresh(two.refresh.token.expose()).await.is_ok());
    assert_eq!(world.store.end_reason(session(&world, &one.access_token)), Some(EndReason::Logout));
}

#[tokio::test]
async fn a_token_sealed_by_another_key_never_reaches_the_session() {
    let world = world().await;
    let login = world.login().await;
    let stranger = builder(&world.store, &world.clock, open_policy()).build().expect("strong secrets");
    assert_eq!(refusal(stranger.refresh(login.refresh.token.expose()).await), Refusal::InvalidRefreshToken);
    stranger.logout(login.refresh.token.expose()).await.expect("it is not its to end");
    assert!(world.auth.refresh(login.refresh.token.expose()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tabs_at_once_stay_signed_in_and_one_of_them_rotates() {
    for grace in [GRACE, Duration::ZERO] {
        let world = world_with(Policy { reuse_grace: grace, ..open_policy() }).await;
        let login = world.login().await;
        let tabs: Vec<_> = (0..100)
            .map(|_| {
                let (auth, token) = (world.auth.clone(), login.refresh.token.clone());
                tokio::spawn(async move { auth.refresh(token.expose()).await })
            })
            .collect();
        let mut rotated = 0;
        for tab in tabs {
            rotated += usize::from(tab.await.expect("no panic").expect("signed in").refresh.is_some());
        }
        assert_eq!(rotated, if grace.is_zero() { 100 } else { 1 });
    }
}

/// A clock of a server that takes its time: six seconds pass from one look to the next.
#[derive(Debug)]
struct SlowServer(AtomicI64);

impl Clock for SlowServer {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(6_000, Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_request_that_was_held_up_for_half_the_grace_ends_nothing_and_moves_nothing() {
    let secrets = ["T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW", "n4kJ0aVdB7wFhXo2PZs5mRtYgLc8UeQi"];
    let store = MemoryStore::new();
    let clock = SetClock::new();
    let auth = |clock: Arc<dyn Clock>| {
        Auth::builder(store.clone())
            .access_secret(secrets[0])
            .refresh_secret(secrets[1])
            .policy(open_policy())
            .hashing(cheap())
            .clock(clock)
            .build()
            .expect("strong secrets")
    };
    let fast = auth(clock.clone());
    fast.bootstrap(new_admin()).await.expect("the store is empty");
    let login = fast.login(login(EMAIL, PASSWORD)).await.expect("it is right").refresh.token;
    let first = fast.refresh(login.expose()).await.expect("it is fresh").refresh.expect("it rotates").token;
    clock.pass(GRACE);
    let second = fast.refresh(first.expose()).await.expect("it is good").refresh.expect("it rotates").token;
    clock.pass(GRACE);

    let slow = auth(Arc::new(SlowServer(clock.now().millis().into())));
    for spent_or_parent in [&login, &first] {
        let held_up = slow.refresh(spent_or_parent.expose()).await;
        assert!(matches!(held_up, Err(Error::Failed(Fault::Busy))), "{held_up:?}");
    }
    assert!(fast.refresh(second.expose()).await.is_ok(), "the session goes on");
    assert_eq!(refusal(fast.refresh(login.expose()).await), Refusal::InvalidRefreshToken);
}

#[tokio::test]
async fn a_sweep_deletes_what_is_over_for_good_and_nothing_else() {
    let world = world().await;
    let old = world.login().await;
    world.clock.pass(Duration::from_hours(24));
    let young = world.login().await;
    world.auth.logout(old.refresh.token.expose()).await.expect("it ends");
    assert_eq!(world.auth.sweep(100).await.expect("memory"), 0);
    world.clock.pass(Duration::from_hours(29 * 24));
    assert_eq!(world.auth.sweep(100).await.expect("memory"), 1);
    assert_eq!(world.store.end_reason(session_of(&world, &young)), None);
}

fn session_of(world: &World, login: &auth_core::LoggedIn) -> SessionId {
    world.clock.step_back(Duration::from_hours(29 * 24));
    session(world, &login.access_token)
}
