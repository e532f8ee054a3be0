//! When an issuer is asked for its keys, and what happens meanwhile: with an issuer of the test's own
//! and a clock that stands still.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{Error, Fault, KeySource, OsEntropy, PublicKey, SigningAlgorithm, SigningKey};
use auth_jwks::{Fetch, FetchError, Fetched, Fetching, RemoteKeys, StartError};
use tokio::time::{advance, sleep};

/// An issuer that answers as it is told, and counts how often it was asked.
#[derive(Clone, Default)]
struct Issuer(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    keys: Vec<PublicKey>,
    max_age: Option<Duration>,
    state: State,
    takes: Duration,
    asked: usize,
    at_once: usize,
}

#[derive(Default, PartialEq)]
enum State {
    #[default]
    Up,
    Down,
    Silent,
}

impl Issuer {
    fn set<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.0.lock().expect("no test panics while it holds this"))
    }

    /// Makes one more key known, and says which.
    fn publishes(&self) -> String {
        let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy).expect("randomness");
        self.set(|script| script.keys.push(key.public().clone()));
        key.key_id().to_owned()
    }

    fn asked(&self) -> usize {
        self.set(|script| script.asked)
    }

    async fn answer(&self) -> Result<Fetched, FetchError> {
        let takes = self.set(|script| {
            script.asked += 1;
            script.at_once += 1;
            assert_eq!(script.at_once, 1, "it is asked by one at a time");
            script.takes
        });
        sleep(takes).await;
        let silent = self.set(|script| script.state == State::Silent);
        if silent {
            self.set(|script| script.at_once -= 1);
            std::future::pending::<()>().await;
        }
        self.set(|script| {
            script.at_once -= 1;
            match script.state {
                State::Up => {
                    Ok(Fetched { keys: script.keys.iter().cloned().collect(), max_age: script.max_age })
                }
                State::Down | State::Silent => Err(FetchError::Unreachable("it is down".into())),
            }
        })
    }
}

impl Fetch for Issuer {
    fn fetch(&mut self) -> Fetching<'_> {
        let issuer = self.clone();
        Box::pin(async move { issuer.answer().await })
    }
}

/// An issuer with one key, and who keeps up with it.
async fn world() -> (Issuer, RemoteKeys, String) {
    let issuer = Issuer::default();
    let first = issuer.publishes();
    let keys = RemoteKeys::with_fetch(issuer.clone()).expect("there is a runtime");
    settle().await;
    (issuer, keys, first)
}

/// Lets the task in the background do what it can do now.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass, and the task in the background do what is due.
async fn pass(span: Duration) {
    advance(span).await;
    settle().await;
}

fn is_out_of_reach(outcome: Result<(), Fault>) -> bool {
    let temporary = |fault: &Fault| fault.is_temporary() && matches!(fault, Fault::Keys(_));
    outcome.is_err_and(|fault| temporary(&fault))
}

#[test]
fn without_a_runtime_nothing_is_started() {
    assert!(matches!(RemoteKeys::with_fetch(Issuer::default()), Err(StartError::NoRuntime)));
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_at_the_start_and_before_they_are_stale() {
    let (issuer, keys, first) = world().await;
    assert!(keys.known().contains(&first));
    assert_eq!(issuer.asked(), 1);
    // Three quarters of five minutes, where nothing is said.
    pass(Duration::from_secs(224)).await;
    assert_eq!(issuer.asked(), 1);
    issuer.set(|script| script.max_age = Some(Duration::from_secs(100)));
    let second = issuer.publishes();
    pass(Duration::from_secs(1)).await;
    assert_eq!(issuer.asked(), 2);
    assert!(keys.known().contains(&second));
    pass(Duration::from_secs(75)).await;
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_before_the_first_answer_waits_for_it() {
    let issuer = Issuer::default();
    issuer.set(|script| script.takes = Duration::from_secs(2));
    let first = issuer.publishes();
    let keys = RemoteKeys::with_fetch(issuer.clone()).expect("there is a runtime");
    assert!(!keys.known().contains(&first));
    keys.learn(&first).await.expect("the issuer answers");
    assert!(keys.known().contains(&first));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_learnt_by_one_question_for_all_who_wait() {
    let (issuer, keys, _) = world().await;
    let keys = Arc::new(keys);
    pass(Duration::from_secs(10)).await;
    let new = issuer.publishes();
    issuer.set(|script| script.takes = Duration::from_secs(1));
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let (keys, new) = (Arc::clone(&keys), new.clone());
            tokio::spawn(async move {
                keys.learn(&new).await.expect("the issuer answers");
                assert!(keys.known().contains(&new));
            })
        })
        .collect();
    for waiter in waiting {
        waiter.await.expect("it has learnt the key");
    }
    assert_eq!(issuer.asked(), 2);
    keys.learn(&new).await.expect("it is known");
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn invented_ids_are_no_reason_to_ask_for_ten_seconds() {
    let (issuer, keys, _) = world().await;
    for invented in 0..1_000 {
        keys.learn(&format!("invented-{invented}")).await.expect("the issuer has told its keys");
    }
    assert_eq!(issuer.asked(), 1);
    for second in 1..=60 {
        pass(Duration::from_secs(1)).await;
        for invented in 0..50 {
            keys.learn(&format!("invented-{second}-{invented}")).await.expect("the issuer has told its keys");
        }
    }
    assert_eq!(issuer.asked(), 1 + 6);
}

#[tokio::test(start_paused = true)]
async fn who_hangs_up_does_not_stop_the_question() {
    let (issuer, keys, _) = world().await;
    pass(Duration::from_secs(10)).await;
    issuer.set(|script| script.takes = Duration::from_secs(1));
    let new = issuer.publishes();
    {
        let mut learning = keys.learn(&new);
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(learning.as_mut().poll(context))).await;
        assert!(polled.is_pending());
    }
    settle().await;
    pass(Duration::from_secs(1)).await;
    assert_eq!(issuer.asked(), 2);
    assert!(keys.known().contains(&new));
}

#[tokio::test(start_paused = true)]
async fn known_keys_stay_while_the_issuer_is_down_and_others_are_a_fault() {
    let (issuer, keys, first) = world().await;
    issuer.set(|script| script.state = State::Down);
    pass(Duration::from_secs(10)).await;
    assert!(is_out_of_reach(keys.learn("another").await));
    assert_eq!(issuer.asked(), 2);
    // For a while nobody asks again, and it is a fault all the same: nobody knows.
    for _ in 0..100 {
        assert!(is_out_of_reach(keys.learn("another").await));
    }
    assert_eq!(issuer.asked(), 2);
    for _ in 0..100 {
        pass(Duration::from_secs(30)).await;
        assert!(keys.known().contains(&first));
    }
    keys.learn(&first).await.expect("it is known");
    let asked = issuer.asked();
    assert_eq!(asked, 2 + 100);
    // And when it is back, so are new keys, without anyone asking for them.
    issuer.set(|script| script.state = State::Up);
    let new = issuer.publishes();
    pass(Duration::from_secs(30)).await;
    assert!(keys.known().contains(&new));
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_says_nothing_is_given_up_after_five_seconds() {
    let (issuer, keys, first) = world().await;
    pass(Duration::from_secs(10)).await;
    issuer.set(|script| script.state = State::Silent);
    let before = tokio::time::Instant::now();
    assert!(is_out_of_reach(keys.learn("another").await));
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    assert!(keys.known().contains(&first));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_issuer_has_retired_is_forgotten() {
    let (issuer, keys, first) = world().await;
    issuer.set(|script| script.keys.clear());
    let new = issuer.publishes();
    pass(Duration::from_secs(225)).await;
    assert_eq!(keys.known().iter().map(PublicKey::key_id).collect::<Vec<_>>(), [new]);
    assert!(!keys.known().contains(&first));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_any_more_when_nobody_wants_to_know() {
    let (issuer, keys, _) = world().await;
    drop(keys);
    settle().await;
    for _ in 0..10 {
        pass(Duration::from_hours(1)).await;
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_verifier_learns_through_it() {
    let (issuer, keys, _) = world().await;
    let verifier = auth_core::Verifier::new(keys);
    let unknown = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImFub3RoZXIifQ.e30.AA";
    pass(Duration::from_secs(10)).await;
    let refused = verifier.verify_learning(unknown).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert_eq!(issuer.asked(), 2);
    issuer.set(|script| script.state = State::Down);
    pass(Duration::from_secs(10)).await;
    let fault = verifier.verify_learning(unknown).await;
    assert!(matches!(fault, Err(Error::Failed(Fault::Keys(_)))), "{fault:?}");
}
