//! Whether the model is the code: random walks through it, with the real `Auth::refresh` on the
//! real memory store beside it, one statement at a time.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use stateright::Model;
use zeroize::Zeroizing;

use crate::auth::Auth;
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Fault, Refusal};
use crate::hashing::{Argon2Cost, Hashing};
use crate::id::{SessionId, UserId};
use crate::model::{EndReason, SessionRecord};
use crate::policy::LateRetry;
use crate::secret::PasswordHash;
use crate::store::{MemoryStore, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use crate::token::{RefreshTokens, SigningSecret, hash_of};
use crate::verbs::Refreshed;

use super::USUAL;
use super::row::{Row, Ticks, span};
use super::rules::{Code, Names, Rules};
use super::state::State;
use super::tally::What;
use super::world::{Action, World};

const SECRETS: [&str; 2] = ["T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW", "n4kJ0aVdB7wFhXo2PZs5mRtYgLc8UeQi"];
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const USER: UserId = UserId::from_bytes([1; 16]);

/// A memory store that waits once before each statement, so that others can come between.
#[derive(Clone)]
struct Stepped(MemoryStore);

async fn wait_once() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl SessionStore for Stepped {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        self.0.open(opening, now).await
    }

    async fn rotate(&self, step: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        wait_once().await;
        self.0.rotate(step, now).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        wait_once().await;
        self.0.find(id).await
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        wait_once().await;
        self.0.end(key, why, now).await
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.sweep(before, limit).await
    }
}

#[derive(Debug, Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Two instances of the real thing, on one store.
struct Lab {
    world: World,
    store: MemoryStore,
    instances: [(Auth<Stepped>, Arc<Hand>); 2],
    sealer: RefreshTokens,
    last_session: AtomicU8,
}

type Refreshing = Pin<Box<dyn Future<Output = Result<Refreshed, Error>>>>;

/// One session in the lab.
struct Walk<'a> {
    lab: &'a Lab,
    key: SessionKey,
    secret: Zeroizing<[u8; 16]>,
    /// Beside each request of the model; `None` while it is on the wire.
    refreshing: Vec<Option<Refreshing>>,
    now: Timestamp,
}

/// What a step of a refresh led to.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    GoesOn,
    Cookie(u32),
    AccessOnly,
    Refused,
    Busy,
}

impl Lab {
    fn new(rules: Rules) -> Self {
        let world = World::new(Rules { names: Names::Kept, ..rules }, Code::REAL);
        let store = MemoryStore::new();
        let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let instance = || {
            let clock = Arc::new(Hand::default());
            let auth = Auth::builder(Stepped(store.clone()))
                .access_secret(SECRETS[0])
                .refresh_secret(SECRETS[1])
                .policy(world.policy.clone())
                .hashing(Hashing { cost, ..Hashing::default() })
                .clock(Arc::clone(&clock))
                .build()
                .expect("the secrets are strong");
            (auth, clock)
        };
        let instances = [instance(), instance()];
        let secret = SigningSecret::parse(SECRETS[1].as_bytes()).expect("it is strong");
        let sealer = RefreshTokens::new(&[secret]).expect("a secret");
        Self { world, store, instances, sealer, last_session: AtomicU8::new(0) }
    }

    fn login(&self) -> Walk<'_> {
        let number = self.last_session.fetch_add(1, Ordering::SeqCst);
        let secret = Zeroizing::new([3; 16]);
        let key = SessionKey { id: SessionId::from_bytes([number; 16]), secret: hash_of(&secret) };
        let hash = PasswordHash::new("none");
        self.store.put_user(Row::FRESH.find(&key).user, Some(hash.clone()));
        let far = START + Duration::from_hours(24);
        let opening = Opening {
            key,
            user: USER,
            verified: hash,
            expires_at: far,
            ends_at: far,
            replaces: None,
            limit: u32::MAX,
            client: Client::default(),
        };
        let opened = at_once(self.store.open(&opening, START)).expect("memory");
        assert!(matches!(opened, Opened::Opened { .. }));
        let mut walk = Walk { lab: self, key, secret, refreshing: Vec::new(), now: START };
        walk.set_clocks(START);
        walk
    }
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the memory store does not wait"),
    }
}

impl Walk<'_> {
    fn set_clocks(&mut self, now: Timestamp) {
        self.now = now;
        for ((_, clock), lag) in self.lab.instances.iter().zip([0, self.lab.world.rules.skew]) {
            clock.0.store((now - span(lag)).millis(), Ordering::SeqCst);
        }
    }

    /// A refresh begins at an instance, and comes to its first statement.
    fn begin(&self, token: u32, lag: Ticks) -> Refreshing {
        let text = self.lab.sealer.seal(self.key.id, &self.secret, token);
        let auth = self.lab.instances[usize::from(lag > 0)].0.clone();
        let mut refreshing: Refreshing = Box::pin(async move { auth.refresh(text.expose()).await });
        assert!(poll(&mut refreshing).is_pending(), "no refresh is judged before a statement");
        refreshing
    }

    fn apply(&mut self, action: Action, state: &State) -> Outcome {
        match action {
            Action::Send => self.refreshing.push(None),
            Action::Arrive(nth, lag) => {
                self.refreshing[nth] = Some(self.begin(state.requests[nth].token, lag));
            }
            Action::Present(lag) | Action::PresentSpare(lag) => {
                let token = state.requests.last().expect("it is under way").token;
                self.refreshing.push(Some(self.begin(token, lag)));
            }
            Action::Execute(nth) => {
                let refreshing = self.refreshing[nth].as_mut().expect("it is at an instance");
                return match poll(refreshing) {
                    Poll::Pending => Outcome::GoesOn,
                    Poll::Ready(answer) => {
                        self.refreshing[nth] = None;
                        self.outcome(answer)
                    }
                };
            }
            Action::Land(nth) | Action::Vanish(nth) => drop(self.refreshing.remove(nth)),
            Action::Steal => {}
            Action::End => {
                at_once(self.lab.store.end(&self.key, EndReason::Revoked, self.now)).expect("memory");
            }
            Action::Tick => self.set_clocks(self.now + span(1)),
        }
        Outcome::GoesOn
    }

    fn outcome(&self, answer: Result<Refreshed, Error>) -> Outcome {
        match answer {
            Ok(Refreshed { refresh: None, .. }) => Outcome::AccessOnly,
            Ok(Refreshed { refresh: Some(issued), .. }) => {
                Outcome::Cookie(self.lab.sealer.open(issued.token.expose()).expect("it is ours").generation)
            }
            Err(Error::Refused(Refusal::InvalidRefreshToken)) => Outcome::Refused,
            Err(Error::Failed(Fault::Busy)) => Outcome::Busy,
            Err(other) => panic!("a refresh does not fail like this: {other}"),
        }
    }

    /// The row as the store keeps it, in the words of the model.
    fn row(&self) -> Row {
        let found = at_once(self.lab.store.find(self.key.id)).expect("memory").expect("it is there");
        let age = found.session.rotated_at.map(|at| {
            let ticks = self.now.since(at).as_secs();
            Ticks::try_from(ticks).unwrap_or(Ticks::MAX).min(self.lab.world.oldest())
        });
        let ended = self.lab.store.end_reason(self.key.id);
        Row { current: found.session.generation, parent: found.session.parent, age, ended }
    }
}

fn poll(refreshing: &mut Refreshing) -> Poll<Result<Refreshed, Error>> {
    refreshing.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn counts(world: &World) -> [u64; 6] {
    [What::Same, What::AccessOnly, What::Advanced, What::AdvancedPast, What::Refused, What::Overdue]
        .map(|what| world.tally.of(what))
}

/// One walk: each number picks one of the things that can happen next.
fn walk(lab: &Lab, picks: &[u16]) -> Result<(), TestCaseError> {
    let mut state = State::LOGIN;
    let mut real = lab.login();
    for pick in picks {
        let mut actions = Vec::new();
        lab.world.actions(&state, &mut actions);
        let action = actions[usize::from(*pick) % actions.len()];
        // Most walks should go on for a while.
        if action == Action::End && !pick.is_multiple_of(16) {
            continue;
        }
        let (before, counted) = (state.clone(), counts(&lab.world));
        lab.world.apply(&mut state, action);
        let rose = counts(&lab.world).iter().zip(counted).position(|(after, before)| *after > before);
        let expected = match rose {
            None => Outcome::GoesOn,
            Some(0) => {
                let Action::Execute(nth) = action else { unreachable!("only a statement answers") };
                Outcome::Cookie(before.requests[nth].token)
            }
            Some(1) => Outcome::AccessOnly,
            Some(2 | 3) => Outcome::Cookie(state.row.current),
            Some(4) => Outcome::Refused,
            Some(_) => Outcome::Busy,
        };
        let outcome = real.apply(action, &state);
        if state.requests.len() < real.refreshing.len()
            && let Action::Execute(nth) = action
        {
            real.refreshing.remove(nth);
        }
        prop_assert_eq!(outcome, expected, "{:?} in {:?}", action, before);
        prop_assert_eq!(real.row(), state.row.clone(), "{:?} in {:?}", action, before);
    }
    Ok(())
}

#[test]
fn the_model_and_the_code_go_the_same_ways() {
    for rules in [
        Rules { thief: 2, ..USUAL },
        Rules { thief: 1, grace: 5, write: 1, read: 4, skew: 1, ..USUAL },
        Rules { thief: 1, late_retry: LateRetry::Reuse, ..USUAL },
    ] {
        let late_retry = rules.late_retry;
        let lab = Lab::new(rules);
        let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
        let picks = proptest::collection::vec(any::<u16>(), 1..150);
        TestRunner::new(config).run(&picks, |picks| walk(&lab, &picks)).expect("they go together");
        let seen = counts(&lab.world);
        let possible = |nth: &usize| *nth < 5 && (*nth != 3 || late_retry == LateRetry::Allowed);
        assert!((0..seen.len()).filter(possible).all(|nth| seen[nth] > 0), "{seen:?}");
    }
}
