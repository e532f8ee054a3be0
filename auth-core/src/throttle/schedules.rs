//! Guesses at one account at once, in every order: the real gate on the real memory throttle,
//! under shuttle's scheduler.
//!
//! A verb of the memory throttle holds one lock from its first line to its last, so verbs are what
//! can be interleaved; what runs between two awaits of the gate runs at once as well. So every
//! guess can be held up before it begins, before it is settled, at its turn and in each pause; shuttle
//! tries all orders of that for 3 guesses at a time, to the end; crowds play random schedules. A
//! pause lasts until something has been settled or the clock has moved.
//!
//! An oracle beside the store has the rule in other words and watches each verb: at no time may
//! more be let in than there are places, nor anyone be turned away who has one.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use shuttle::Runner;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::scheduler::{DfsScheduler, RandomScheduler, Scheduler};

use super::gate::{Obstacle, Throttle};
use super::{MemoryThrottle, ThrottlePolicy};
use crate::clock::{Clock, Timestamp};
use crate::email::Email;
use crate::store::{Existence, Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore};

thread_local! {
    /// How often something has happened that is worth a look; `None` outside of a schedule.
    static RUNG: Cell<Option<u64>> = const { Cell::new(None) };
    static WAITING: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
}

/// Waits for the bell and says so, where a schedule is being played.
pub(super) async fn pause_instead() -> bool {
    let Some(seen) = RUNG.get() else { return false };
    poll_fn(|context| {
        if RUNG.get() != Some(seen) {
            return Poll::Ready(());
        }
        WAITING.with_borrow_mut(|waiting| waiting.push(context.waker().clone()));
        Poll::Pending
    })
    .await;
    true
}

fn ring() {
    RUNG.set(RUNG.get().map(|rung| rung + 1));
    for waker in WAITING.take() {
        waker.wake();
    }
}

/// What a guess comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    Wrong,
    Right,
    /// The store of the passwords fails, and the attempt is given back.
    Broken,
    /// The instance dies, and nobody settles the attempt.
    Lost,
}

#[derive(Debug, Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The rule in other words.
#[derive(Debug, Default)]
struct Oracle {
    /// Guesses that were let in since the last right one was settled, those under way included.
    series: u32,
    in_flight: u32,
    opens_at: i64,
    lease_ends_at: i64,
}

/// What a store may get wrong, to see that the oracle notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flaw {
    #[default]
    None,
    /// It counts an attempt when it is judged, and not before.
    CountsLate,
    /// A right guess forgets those that are still under way.
    ForgetsThoseUnderWay,
}

/// The memory throttle, watched; whoever calls it can be held up.
#[derive(Clone, Default)]
struct Watched {
    throttle: MemoryThrottle,
    flaw: Flaw,
    oracle: Arc<Mutex<Oracle>>,
}

impl Watched {
    fn oracle<T>(&self, see: impl FnOnce(&mut Oracle) -> T) -> T {
        see(&mut self.oracle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ThrottleStore for Watched {
    async fn reserve(&self, asked: &Reservation, now: Timestamp) -> Result<Reserved, StoreError> {
        let reserved = self.throttle.reserve(asked, now).await?;
        if self.flaw == Flaw::CountsLate && matches!(reserved, Reserved::Granted { .. }) {
            self.throttle.settle(&asked.key, Settlement::Unjudged, now).await?;
        }
        self.oracle(|oracle| {
            let over = oracle.lease_ends_at <= now.millis();
            let alone = (oracle.in_flight == 0 || over) && oracle.opens_at <= now.millis();
            let room = oracle.series < asked.free || alone && oracle.series < asked.most;
            match reserved {
                Reserved::Granted { nth } => {
                    assert!(room, "{nth} let in: {oracle:?}");
                    oracle.series += 1;
                    oracle.in_flight = if over { 1 } else { oracle.in_flight + 1 };
                    oracle.lease_ends_at = asked.lease_ends_at.millis();
                    assert_eq!(nth, oracle.series, "an update was lost");
                }
                Reserved::Full(_) => assert!(!room, "turned away: {oracle:?}"),
            }
        });
        Ok(reserved)
    }

    async fn postpone(&self, key: &ThrottleKey, opens_at: Timestamp) -> Result<(), StoreError> {
        self.throttle.postpone(key, opens_at).await?;
        self.oracle(|oracle| oracle.opens_at = oracle.opens_at.max(opens_at.millis()));
        Ok(())
    }

    async fn settle(&self, key: &ThrottleKey, what: Settlement, now: Timestamp) -> Result<(), StoreError> {
        yield_now().await;
        self.throttle.settle(key, what, now).await?;
        if self.flaw == Flaw::ForgetsThoseUnderWay && what == Settlement::Right {
            self.throttle.forget(&key.account).await?;
        }
        self.oracle(|oracle| {
            oracle.in_flight = oracle.in_flight.saturating_sub(1);
            match what {
                Settlement::Right => {
                    oracle.series = oracle.in_flight;
                    oracle.opens_at = now.millis();
                }
                Settlement::Wrong { opens_at, .. } => {
                    oracle.opens_at = oracle.opens_at.max(opens_at.millis());
                }
                Settlement::Unjudged => {
                    oracle.series -= 1;
                    if oracle.in_flight == 0 {
                        oracle.opens_at = oracle.opens_at.min(now.millis());
                    }
                }
            }
        });
        ring();
        Ok(())
    }

    async fn forget(&self, account: &[u8; 32]) -> Result<bool, StoreError> {
        self.throttle.forget(account).await
    }

    async fn sweep_throttle(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.throttle.sweep_throttle(before, limit).await
    }
}

/// One account, and who guesses at it.
struct Scene {
    gate: Arc<Throttle>,
    clock: Arc<Hand>,
    watched: Watched,
}

const POLICY: ThrottlePolicy = ThrottlePolicy {
    free: 2,
    first_wait: Duration::from_secs(1),
    longest_wait: Duration::from_secs(4),
    most: 5,
    per_address: 30,
};

impl Scene {
    fn new() -> Self {
        Self::with(Flaw::None)
    }

    fn with(flaw: Flaw) -> Self {
        RUNG.set(Some(0));
        WAITING.take();
        let watched = Watched { flaw, ..Watched::default() };
        let gate = Arc::new(Throttle::new(Box::new(watched.clone()), &POLICY));
        Self { gate, clock: Arc::default(), watched }
    }

    /// Somebody guesses; whether the guess was looked at.
    fn guess(&self, guess: Guess) -> JoinHandle<bool> {
        let (gate, clock) = (Arc::clone(&self.gate), Arc::clone(&self.clock));
        spawn(async move {
            let email = Email::parse("a@b").expect("a good address");
            let attempt = match gate.begin(&email, None, None, &*clock).await {
                Ok(attempt) => attempt,
                Err(Obstacle::Refused(_)) => return false,
                Err(Obstacle::Failed(fault)) => panic!("{fault}"),
            };
            let now = clock.now();
            match guess {
                Guess::Wrong => gate.failed(attempt, Existence::Known, now).await.expect("memory"),
                Guess::Right => gate.succeeded(attempt, now).await.expect("memory"),
                Guess::Broken => gate.abandoned(attempt, now).await,
                Guess::Lost => drop(attempt),
            }
            true
        })
    }

    /// They all guess at once; how many guesses were looked at.
    async fn guess_all(&self, guesses: &[Guess]) -> usize {
        let guesses: Vec<_> = guesses.iter().map(|guess| self.guess(*guess)).collect();
        let mut looked_at = 0;
        for guess in guesses {
            looked_at += usize::from(guess.await.expect("it comes to an end"));
        }
        looked_at
    }

    fn pass(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).expect("it is short");
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
        ring();
    }
}

/// Plays a scene in every order, and says in how many.
fn in_every_order<F: Future<Output = ()> + 'static>(scene: fn(Scene) -> F) -> usize {
    play(DfsScheduler::new(None, false), scene)
}

#[expect(clippy::print_stderr, reason = "how much was explored belongs to the test's output")]
fn play<F: Future<Output = ()> + 'static>(
    scheduler: impl Scheduler + 'static,
    scene: fn(Scene) -> F,
) -> usize {
    let played = Runner::new(scheduler, shuttle::Config::default())
        .run(move || block_on(async move { scene(Scene::new()).await }));
    RUNG.set(None);
    eprintln!("{played} schedules");
    played
}

#[test]
fn of_wrong_guesses_at_once_no_more_are_looked_at_than_are_free() {
    let schedules = in_every_order(|scene| async move {
        assert_eq!(scene.guess_all(&[Guess::Wrong; 3]).await, 2);
        // Nor is one more, until the wait is over.
        assert_eq!(scene.guess_all(&[Guess::Wrong]).await, 0);
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn when_a_wait_is_over_one_is_looked_at_however_many_ask() {
    let schedules = in_every_order(|scene| async move {
        for _ in 0..POLICY.free {
            assert_eq!(scene.guess_all(&[Guess::Wrong]).await, 1);
        }
        scene.pass(POLICY.first_wait);
        assert_eq!(scene.guess_all(&[Guess::Wrong; 3]).await, 1);
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn right_guesses_at_once_are_all_looked_at() {
    let schedules = in_every_order(|scene| async move {
        assert_eq!(scene.guess_all(&[Guess::Right; 3]).await, 3);
        scene.watched.oracle(|oracle| assert_eq!((oracle.series, oracle.in_flight), (0, 0)));
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn a_right_guess_among_wrong_ones_starts_the_count_anew() {
    let schedules = in_every_order(|scene| async move {
        let looked_at = scene.guess_all(&[Guess::Right, Guess::Wrong, Guess::Wrong]).await;
        assert!((2..=3).contains(&looked_at));
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn a_guess_that_was_given_back_leaves_its_place_to_another() {
    let schedules = in_every_order(|scene| async move {
        let looked_at = scene.guess_all(&[Guess::Broken, Guess::Wrong, Guess::Wrong]).await;
        // Where the two wrong ones were faster, the broken one was turned away.
        let counted = scene.watched.oracle(|oracle| (oracle.series, oracle.in_flight));
        assert_eq!((looked_at >= 2, counted), (true, (2, 0)));
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn a_guess_that_nobody_settles_counts_and_holds_nobody_up_beyond_its_lease() {
    let schedules = in_every_order(|scene| async move {
        assert_eq!(scene.guess_all(&[Guess::Lost; 2]).await, 2);
        let guesses = [Guess::Wrong; 2].map(|guess| scene.guess(guess));
        yield_now().await;
        scene.pass(ThrottlePolicy::LEASE);
        let mut looked_at = 0;
        for guess in guesses {
            looked_at += usize::from(guess.await.expect("it comes to an end"));
        }
        assert_eq!(looked_at, 1);
    });
    assert!(schedules > 100, "{schedules}");
}

#[test]
fn a_crowd_gets_no_more_than_is_free_either() {
    play(RandomScheduler::new(500), |scene| async move {
        assert_eq!(scene.guess_all(&[Guess::Wrong; 20]).await, 2);
    });
    play(RandomScheduler::new(500), |scene| async move {
        assert_eq!(scene.guess_all(&[Guess::Right; 20]).await, 20);
    });
}

#[test]
#[should_panic(expected = "an update was lost")]
fn a_store_that_counts_when_it_judges_is_found_out() {
    in_every_order(|_| async move {
        Scene::with(Flaw::CountsLate).guess_all(&[Guess::Wrong; 3]).await;
    });
}

#[test]
#[should_panic(expected = "an update was lost")]
fn a_store_that_forgets_guesses_under_way_is_found_out() {
    in_every_order(|_| async move {
        let guesses = [Guess::Right, Guess::Wrong, Guess::Wrong];
        Scene::with(Flaw::ForgetsThoseUnderWay).guess_all(&guesses).await;
    });
}
