//! Guessing passwords: what is counted, for whom, and who is never kept out.

mod support;

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use auth_core::{
    AccountChange, Auth, Client, DeviceToken, EventKind, EventQuery, Identity, LoggedIn, Login, MemoryStore,
    MemoryThrottle, PasswordChange, PasswordHash, PasswordVerifier, Policy, Refusal, ThrottlePolicy,
    Verification,
};
use support::{
    EMAIL, PASSWORD, World, builder, email, login, new_account, open_policy, password, refusal, world,
};

const WRONG: &str = "not the password";
const STRANGER: &str = "stranger@example.com";

async fn try_wrong(auth: &Auth<MemoryStore>, address: &str) -> Refusal {
    refusal(auth.login(login(address, WRONG)).await)
}

/// How long an attempt at `address` has to wait; `None` where it was looked at.
fn wait_of(refused: Refusal) -> Option<u32> {
    match refused {
        Refusal::TooManyAttempts { retry_after } => Some(retry_after.seconds()),
        Refusal::InvalidCredentials | Refusal::WrongPassword => None,
        other => panic!("{other:?}"),
    }
}

fn from(auth: &Auth<MemoryStore>, address: &str) -> Auth<MemoryStore> {
    auth.for_client(Client { ip_address: address.parse().ok(), ..Client::default() })
}

fn device_of(session: &LoggedIn) -> DeviceToken {
    session.device.as_ref().expect("a browser that is new to the account gets one").token.clone()
}

async fn identity(world: &World, session: &LoggedIn) -> Identity {
    world.auth.authenticate_current(session.access_token.expose()).await.expect("it lives")
}

#[tokio::test]
async fn five_failures_are_free_and_then_waits_double_for_known_and_unknown_alike() {
    let world = world().await;
    for address in [EMAIL, STRANGER] {
        for _ in 0..5 {
            assert_eq!(wait_of(try_wrong(&world.auth, address).await), None);
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(wait_of(try_wrong(&world.auth, address).await), Some(wait), "{address}");
            // Who is refused has lost nothing by it, and the right password is not looked at.
            assert_eq!(wait_of(refusal(world.auth.login(login(address, PASSWORD)).await)), Some(wait));
            world.clock.pass(Duration::from_millis(u64::from(wait) * 1_000 - 1));
            assert_eq!(wait_of(try_wrong(&world.auth, address).await), Some(1));
            world.clock.pass(Duration::from_millis(1));
            assert_eq!(wait_of(try_wrong(&world.auth, address).await), None, "{address} after {wait}");
        }
    }
}

#[tokio::test]
async fn a_success_starts_the_count_anew() {
    let world = world().await;
    for _ in 0..3 {
        for _ in 0..5 {
            assert_eq!(wait_of(try_wrong(&world.auth, EMAIL).await), None);
        }
        world.clock.pass(Duration::from_secs(1));
        world.login().await;
    }
}

#[tokio::test]
async fn after_a_hundred_in_a_row_only_an_admin_lets_the_account_try_again() {
    let world = world().await;
    let device = device_of(&world.login().await);
    let mut looked_at = 0;
    for _ in 0..300 {
        looked_at += usize::from(wait_of(try_wrong(&world.auth, EMAIL).await).is_none());
        world.clock.pass(Duration::from_hours(24));
    }
    assert_eq!(looked_at, 100);
    assert_eq!(wait_of(refusal(world.auth.login(login(EMAIL, PASSWORD)).await)), Some(900));

    // A browser that its owner has used before is not concerned, and its success ends the row.
    let known = Login { device: Some(device), ..login(EMAIL, PASSWORD) };
    world.auth.login(known).await.expect("it counts apart");
    world.login().await;

    for _ in 0..300 {
        try_wrong(&world.auth, EMAIL).await;
        world.clock.pass(Duration::from_hours(24));
    }
    let admin = world.auth.as_operator();
    let user = admin.find_by_email(&email(EMAIL)).await.expect("it is there");
    assert!(admin.unlock(user.id).await.expect("it is there"));
    assert!(!admin.unlock(user.id).await.expect("it is there"), "nothing is counted any more");
    world.login().await;
}

#[tokio::test]
async fn a_new_password_from_an_admin_may_be_tried_at_once() {
    let world = world().await;
    let ann = world.auth.as_operator().create(new_account("ann@example.com")).await.expect("free");
    for _ in 0..10 {
        try_wrong(&world.auth, "ann@example.com").await;
    }
    let change = AccountChange { password: Some(password("another passphrase")), ..AccountChange::default() };
    world.auth.as_operator().change(ann.id, change).await.expect("she is there");
    world.auth.login(login("ann@example.com", "another passphrase")).await.expect("it may be tried");
}

#[tokio::test]
async fn a_known_browser_has_a_count_of_its_own() {
    let world = world().await;
    let device = device_of(&world.login().await);
    let on_device = |text| Login { device: Some(device.clone()), ..login(EMAIL, text) };
    for _ in 0..20 {
        try_wrong(&world.auth, EMAIL).await;
    }
    // It has five free failures too, and then waits for itself.
    for _ in 0..5 {
        assert_eq!(wait_of(refusal(world.auth.login(on_device(WRONG)).await)), None);
    }
    assert_eq!(wait_of(refusal(world.auth.login(on_device(PASSWORD)).await)), Some(1));
    world.clock.pass(Duration::from_secs(1));
    let session = world.auth.login(on_device(PASSWORD)).await.expect("it is right");
    assert!(session.device.is_none(), "the token it has will do");
    // Another account does not know it, and neither does anyone know a token that was made up.
    world.auth.as_operator().create(new_account("ann@example.com")).await.expect("free");
    for _ in 0..6 {
        try_wrong(&world.auth, "ann@example.com").await;
    }
    let elsewhere = Login { device: Some(device), ..login("ann@example.com", PASSWORD) };
    assert_eq!(wait_of(refusal(world.auth.login(elsewhere).await)), Some(1));
    let forged = DeviceToken::new("A".repeat(76));
    let forged = Login { device: Some(forged), ..login("ann@example.com", PASSWORD) };
    assert_eq!(wait_of(refusal(world.auth.login(forged).await)), Some(1));
}

#[tokio::test]
async fn another_password_makes_the_devices_of_the_old_one_strangers() {
    let world = world().await;
    let session = world.login().await;
    let device = device_of(&session);
    let change = PasswordChange { current: password(PASSWORD), new: password("another passphrase") };
    world.auth.change_password(&identity(&world, &session).await, change).await.expect("it is right");
    for _ in 0..6 {
        try_wrong(&world.auth, EMAIL).await;
    }
    let known = Login { device: Some(device), ..login(EMAIL, "another passphrase") };
    assert_eq!(wait_of(refusal(world.auth.login(known).await)), Some(1));
}

#[tokio::test]
async fn a_device_is_remembered_and_gets_a_new_token_before_the_old_one_is_too_old() {
    let world = world().await;
    let device = device_of(&world.login().await);
    let again = || Login { device: Some(device.clone()), ..login(EMAIL, PASSWORD) };
    assert!(world.auth.login(again()).await.expect("right").device.is_none());
    world.clock.pass(Duration::from_hours(24 * 101));
    let renewed = device_of(&world.auth.login(again()).await.expect("right"));
    world.clock.pass(Duration::from_hours(24 * 350));
    for (token, alone) in [(device, false), (renewed, true)] {
        for _ in 0..6 {
            try_wrong(&world.auth, EMAIL).await;
        }
        let known = Login { device: Some(token), ..login(EMAIL, PASSWORD) };
        assert_eq!(world.auth.login(known).await.is_ok(), alone);
    }
}

#[tokio::test]
async fn sessions_go_on_whatever_is_counted() {
    let world = world().await;
    let session = world.login().await;
    for _ in 0..50 {
        try_wrong(&world.auth, EMAIL).await;
    }
    let refreshed = world.auth.refresh(session.refresh.token.expose()).await.expect("it lives");
    world.auth.me(refreshed.access_token.expose()).await.expect("it lives");
}

#[tokio::test]
async fn twenty_right_logins_at_once_all_succeed() {
    let world = world().await;
    for _ in 0..4 {
        try_wrong(&world.auth, EMAIL).await;
    }
    let logins: Vec<_> = (0..20)
        .map(|_| {
            let auth = world.auth.clone();
            tokio::spawn(async move { auth.login(login(EMAIL, PASSWORD)).await })
        })
        .collect();
    for login in logins {
        login.await.expect("it does not panic").expect("the password is right");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_guesses_at_once_count_as_two_hundred_over_two_instances() {
    let world = world().await;
    let shared = MemoryThrottle::new();
    let instance = || builder(&world.store, &world.clock, open_policy()).throttle(shared.clone()).build();
    let instances = [instance().expect("good"), instance().expect("good")];
    let guesses: Vec<_> = (0..200)
        .map(|nth| {
            let auth = instances[nth % 2].clone();
            tokio::spawn(async move { wait_of(try_wrong(&auth, EMAIL).await).is_none() })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        looked_at += usize::from(guess.await.expect("it does not panic"));
    }
    assert_eq!(looked_at, 5);
}

/// Finds every password wrong, once nobody holds it up any more.
struct HeldUp(Mutex<mpsc::Receiver<()>>);

impl PasswordVerifier for HeldUp {
    fn recognises(&self, stored: &PasswordHash) -> bool {
        stored.expose() == "$held-up$"
    }

    fn verify(&self, _stored: &PasswordHash, _password: &[u8]) -> Verification {
        let held_up = self.0.lock().expect("nobody panics here").recv();
        assert!(held_up.is_err(), "nothing is ever sent");
        Verification::Wrong
    }
}

#[tokio::test]
async fn an_attempt_that_was_given_up_counts_and_holds_nobody_up_for_longer_than_a_request_takes() {
    let world = world().await;
    world.put_user(STRANGER, Some("$held-up$"), None);
    let (hold, held_up) = mpsc::channel();
    let auth = builder(&world.store, &world.clock, open_policy()).verifier(HeldUp(Mutex::new(held_up)));
    let auth = auth.build().expect("strong secrets");
    for _ in 0..5 {
        let attempt = auth.login(login(STRANGER, WRONG));
        tokio::select! {
            biased;
            _ = attempt => panic!("nobody has judged it"),
            () = std::future::ready(()) => {} // it has its place, and is dropped before it is judged
        }
    }
    world.clock.pass(Duration::from_secs(30));
    for wait in [2, 4, 8, 16, 32, 64] {
        // Beyond the free ones, giving up holds others up for as long as a wrong password does.
        let attempt = auth.login(login(STRANGER, WRONG));
        tokio::select! {
            biased;
            _ = attempt => panic!("nobody has judged it"),
            () = std::future::ready(()) => {}
        }
        world.clock.pass(Duration::from_secs(30));
        let left = u32::checked_sub(wait, 30).filter(|left| *left > 0);
        assert_eq!(left.is_some(), wait > 30);
        if let Some(left) = left {
            assert_eq!(wait_of(try_wrong(&auth, STRANGER).await), Some(left), "after {wait}");
            world.clock.pass(Duration::from_secs(left.into()));
        }
    }
    drop(hold);
    assert_eq!(wait_of(try_wrong(&auth, STRANGER).await), None, "it is looked at");
    assert_eq!(wait_of(try_wrong(&auth, STRANGER).await), Some(128), "as the twelfth");
}

#[tokio::test]
async fn whoever_gives_up_has_guessed_wrong_as_far_as_their_address_and_the_events_go() {
    let world = world().await;
    let auth = builder(&world.store, &world.clock, open_policy()).events(world.store.clone());
    let here = from(&auth.build().expect("strong secrets"), "192.0.2.7");
    for nth in 0..30 {
        let attempt = here.login(login(&format!("user{nth}@example.com"), WRONG));
        tokio::select! {
            biased;
            _ = attempt => {} // a hash of a test is made in no time, and wrong all the same
            () = std::future::ready(()) => {}
        }
    }
    assert_eq!(wait_of(try_wrong(&here, "another@example.com").await), Some(2));
    let failed = EventQuery { kind: Some(EventKind::LoginFailed), limit: 200, ..EventQuery::default() };
    assert_eq!(world.auth.as_operator().events(&failed).await.expect("memory").events.len(), 30);
}

#[tokio::test]
async fn an_address_fails_thirty_times_a_minute_and_succeeds_as_often_as_it_likes() {
    let world = world().await;
    let here = from(&world.auth, "192.0.2.7");
    for _ in 0..50 {
        here.login(login(EMAIL, PASSWORD)).await.expect("right");
    }
    // Younger than those, it is none of the sessions that logins beyond the limit end.
    world.clock.pass(Duration::from_millis(1));
    let session = here.login(login(EMAIL, PASSWORD)).await.expect("right");
    for nth in 0..30 {
        let address = format!("user{nth}@example.com");
        assert_eq!(wait_of(try_wrong(&here, &address).await), None, "{nth}");
    }
    for same in ["192.0.2.7", "::ffff:192.0.2.7"] {
        let here = from(&world.auth, same);
        assert_eq!(wait_of(try_wrong(&here, "another@example.com").await), Some(2));
        assert_eq!(wait_of(refusal(here.login(login(EMAIL, PASSWORD)).await)), Some(2));
    }
    // Neighbours, known browsers and sessions are not concerned.
    from(&world.auth, "192.0.2.8").login(login(EMAIL, PASSWORD)).await.expect("right");
    let known = Login { device: Some(device_of(&session)), ..login(EMAIL, PASSWORD) };
    here.login(known).await.expect("right");
    here.refresh(session.refresh.token.expose()).await.expect("it lives");
    world.clock.pass(Duration::from_secs(2));
    here.login(login(EMAIL, PASSWORD)).await.expect("right");
}

#[tokio::test]
async fn a_wrong_current_password_counts_for_the_session_alone() {
    let world = world().await;
    let (session, other) = (world.login().await, world.login().await);
    let change = |text| PasswordChange { current: password(text), new: password("another passphrase") };
    let (who, other) = (identity(&world, &session).await, identity(&world, &other).await);
    for _ in 0..5 {
        assert_eq!(wait_of(refusal(world.auth.change_password(&who, change(WRONG)).await)), None);
    }
    assert_eq!(wait_of(refusal(world.auth.change_password(&who, change(PASSWORD)).await)), Some(1));
    world.login().await;
    for _ in 0..20 {
        try_wrong(&world.auth, EMAIL).await;
    }
    world.auth.change_password(&other, change(PASSWORD)).await.expect("it counts apart, and is right");
    world.auth.login(login(EMAIL, "another passphrase")).await.expect("the right one began anew");
}

#[tokio::test]
async fn the_numbers_can_be_chosen() {
    let throttle = ThrottlePolicy {
        free: 2,
        first_wait: Duration::from_secs(10),
        longest_wait: Duration::from_secs(15),
        most: 4,
        per_address: 60,
    };
    let world = support::world_with(Policy { throttle, ..open_policy() }).await;
    for expected in [None, None, Some(10)] {
        assert_eq!(wait_of(try_wrong(&world.auth, EMAIL).await), expected);
    }
    world.clock.pass(Duration::from_secs(10));
    for expected in [None, Some(15)] {
        assert_eq!(wait_of(try_wrong(&world.auth, EMAIL).await), expected);
    }
    world.clock.pass(Duration::from_secs(15));
    assert_eq!(wait_of(try_wrong(&world.auth, EMAIL).await), None);
    world.clock.pass(Duration::from_hours(24));
    assert_eq!(wait_of(try_wrong(&world.auth, EMAIL).await), Some(15), "four are the most");
}

#[tokio::test]
async fn what_means_nothing_any_more_is_swept() {
    let world = world().await;
    try_wrong(&world.auth, STRANGER).await;
    try_wrong(&world.auth, EMAIL).await;
    world.clock.pass(Duration::from_hours(24 * 29));
    assert_eq!(world.auth.sweep_throttle(10).await.expect("memory"), 0);
    world.clock.pass(Duration::from_hours(24 * 2));
    assert_eq!(world.auth.sweep_throttle(10).await.expect("memory"), 1, "an account's is kept");
}
