//! The dial between trusting an access token and asking the store about it: how long a revocation
//! may take to be heeded by guards that do not ask each time.

mod addresses;
mod learnt;

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use async_lock::Mutex as AsyncMutex;
use futures_timer::Delay;

use crate::clock::{Clock, Timestamp};
use crate::email::Email;
use crate::id::UserId;
use crate::model::User;
use crate::store::{RevocationStore, StoreError};
use crate::verbs::Identity;

use addresses::Addresses;
use learnt::{Learnt, SKEW};

/// The most entries of each of two generations: about 5 MB when both are full.
const CAPACITY: usize = 1 << 16;

/// The shortest pause between two readings.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// How long a note of a revocation is of use: a process that starts late reads it while a token of
/// then may be left, and the clocks of the database, the reader and whoever sweeps differ.
pub(crate) fn kept(lifetime: Duration) -> Duration {
    lifetime + SKEW * 4
}

/// How long an access token may be believed after its session has ended or its user has changed.
///
/// ```
/// use std::time::Duration;
///
/// use auth_core::RevocationDelay;
///
/// assert_eq!(RevocationDelay::Off.to_string(), "off");
/// assert_eq!(RevocationDelay::Within(Duration::from_secs(5)).to_string(), "5s");
/// assert_eq!(RevocationDelay::Within(Duration::ZERO).to_string(), "0");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationDelay {
    /// Until it expires: nobody is asked.
    Off,
    /// For this long at most, by the clock of the process. Zero asks the store each time.
    Within(Duration),
}

impl fmt::Display for RevocationDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Within(Duration::ZERO) => f.write_str("0"),
            Self::Within(delay) => write!(f, "{delay:?}"),
        }
    }
}

/// What is known of the session and the user of a good access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Both are as the token says, or have changed less than the delay ago.
    Believed,
    /// The session has ended.
    Ended,
    /// Only the store can tell.
    Unsure,
}

/// How it goes with what a process learns of revocations; for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationHealth {
    /// How long ago the latest successful reading of the feed began; `None` before the first.
    pub age: Option<Duration>,
    /// How many ended sessions and changed users are remembered.
    pub entries: usize,
    /// Whether every token is asked for just now, because the feed was not read within the delay, or
    /// told of more than can be remembered.
    pub asking: bool,
}

/// What a process has learnt of ended sessions and changed users; made by
/// [`Auth::revocations`](crate::Auth::revocations), kept up to date by [`follow`](Self::follow), and
/// heeded by guards and by [checks](crate::Auth::check_heeding).
///
/// The promise of the delay holds whatever happens: what has not been learnt in time, because the
/// database was down or the process frozen, is asked of the store. Clones share what they know.
///
/// ```
/// use std::time::Duration;
///
/// use auth_core::{Auth, MemoryStore, RevocationDelay};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
/// let revocations = auth.revocations(RevocationDelay::Within(Duration::from_secs(5)));
/// tokio::spawn({
///     let (revocations, auth) = (revocations.clone(), auth.clone());
///     async move { revocations.follow(auth.store(), |read| eprintln!("the feed: {read:?}")).await }
/// });
/// # revocations.read(auth.store()).await?;
/// # assert_eq!(revocations.health().entries, 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Revocations {
    shared: Arc<Shared>,
}

struct Shared {
    delay: RevocationDelay,
    clock: Arc<dyn Clock>,
    learnt: RwLock<Learnt>,
    addresses: Addresses,
    /// One reads at a time, so that each goes on from where the one before was.
    reading: AsyncMutex<()>,
}

impl Revocations {
    pub(crate) fn new(delay: RevocationDelay, lifetime: Duration, clock: Arc<dyn Clock>) -> Self {
        let learnt = RwLock::new(Learnt::new(lifetime, CAPACITY, clock.now()));
        let (addresses, reading) = (Addresses::new(lifetime), AsyncMutex::new(()));
        Self { shared: Arc::new(Shared { delay, clock, learnt, addresses, reading }) }
    }

    /// The position of the dial.
    pub fn delay(&self) -> RevocationDelay {
        self.shared.delay
    }

    /// What is known of the session and the user of this access token, which must be good.
    pub(crate) fn standing(&self, who: &Identity) -> Standing {
        self.learnt().standing(who, self.shared.delay, self.shared.clock.now())
    }

    /// Remembers what a check answers with and a token does not carry. Where the store is asked each
    /// time, there is no use for it.
    pub(crate) fn meet(&self, user: &User) {
        if self.shared.delay != RevocationDelay::Within(Duration::ZERO) {
            self.shared.addresses.learn(user.id, user.email.clone(), self.shared.clock.now());
        }
    }

    /// The address of a user, where the store told it lately.
    pub(crate) fn address(&self, user: UserId) -> Option<Email> {
        self.shared.addresses.of(user, self.shared.clock.now())
    }

    /// Reads what has been revoked since the last time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store could not tell. What was known stays known; when it is older
    /// than the delay, the store is asked about each token.
    pub async fn read(&self, store: &impl RevocationStore) -> Result<(), StoreError> {
        let _alone = self.shared.reading.lock().await;
        let began = self.shared.clock.now();
        let (place, limit) = {
            let mut learnt = self.learnt_mut();
            (learnt.begin(began), u32::try_from(learnt.limit()).unwrap_or(u32::MAX))
        };
        match store.revoked_since(place, limit).await {
            Ok(feed) => {
                self.learnt_mut().take(feed, place, began);
                Ok(())
            }
            Err(error) => {
                self.learnt_mut().fail();
                Err(error)
            }
        }
    }

    /// Reads again and again, three times within the delay, for as long as it is polled. Where the
    /// dial says to ask nobody, or each time, there is nothing to read and it only waits.
    ///
    /// `on_turn` hears when it takes a turn: of the first reading in a row that failed, and of the first that
    /// succeeded after it.
    pub async fn follow(
        &self,
        store: &impl RevocationStore,
        mut on_turn: impl FnMut(Result<(), &StoreError>),
    ) -> Infallible {
        let delay = match self.shared.delay {
            RevocationDelay::Off | RevocationDelay::Within(Duration::ZERO) => std::future::pending().await,
            RevocationDelay::Within(delay) => delay,
        };
        let mut failing = false;
        loop {
            let read = self.read(store).await;
            if read.is_err() != failing {
                on_turn(read.as_ref().copied());
            }
            failing = read.is_err();
            Delay::new((delay / 3).max(SHORTEST_PAUSE)).await;
        }
    }

    /// How old what is known is, and how much.
    pub fn health(&self) -> RevocationHealth {
        let now = self.shared.clock.now();
        let learnt = self.learnt();
        let asking = match self.shared.delay {
            RevocationDelay::Off => false,
            RevocationDelay::Within(delay) => learnt.overflowed() || !learnt.is_fresh(delay, now),
        };
        let age = learnt.read_at().map(|at: Timestamp| now.since(at));
        RevocationHealth { age, entries: learnt.entries(), asking }
    }

    // Nothing panics between two writes, so what a poisoned lock guards is still whole.
    fn learnt(&self) -> RwLockReadGuard<'_, Learnt> {
        self.shared.learnt.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn learnt_mut(&self) -> RwLockWriteGuard<'_, Learnt> {
        self.shared.learnt.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations").field("delay", &self.shared.delay).finish_non_exhaustive()
    }
}
