//! The gate that every password passes through, before and after it has been looked at.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::email::Email;
use crate::error::{Error, Fault, Refusal};
use crate::event::{Cause, Quiet};
use crate::store::{Existence, Reservation, Reserved, Settlement, ThrottleKey};

use super::address::{Addresses, Neighbourhood};
use super::closed::Closed;
use super::judge::{self, Verdict};
use super::turns::Turns;
use super::{ErasedThrottleStore, RetryAfter, ThrottlePolicy, account_of, pause};

/// How long to wait for an attempt that is in flight before asking for it again: 5 ms, and a little
/// longer each time, up to about five seconds in all.
const PAUSES: [u64; 6] = [5, 10, 20, 40, 80, 80];
const ASKED_AGAIN: usize = 64;

/// How many wrong passwords there may be, and how many there are.
pub(crate) struct Throttle {
    store: Box<dyn ErasedThrottleStore>,
    policy: ThrottlePolicy,
    addresses: Addresses,
    turns: Turns,
    closed: Closed,
    told: Quiet<(Whose, Cause)>,
}

/// Whose refusals have been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Account([u8; 32]),
    Address(Neighbourhood),
}

/// A password that may be looked at, and has to be settled afterwards.
#[derive(Debug)]
#[must_use]
pub(crate) struct Attempt {
    key: ThrottleKey,
    nth: u32,
    from: Option<Neighbourhood>,
}

/// Why a password may not be looked at.
pub(crate) struct Refused {
    pub(crate) cause: Cause,
    retry_after: RetryAfter,
    /// Whether this refusal is worth an event.
    pub(crate) is_news: bool,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::TooManyAttempts { retry_after: refused.retry_after }
    }
}

/// Why there is no attempt.
pub(crate) enum Obstacle {
    Refused(Refused),
    Failed(Fault),
}

impl Throttle {
    pub(crate) fn new(store: Box<dyn ErasedThrottleStore>, policy: &ThrottlePolicy) -> Self {
        Self {
            store,
            policy: policy.clone(),
            addresses: Addresses::new(policy.per_address),
            turns: Turns::default(),
            closed: Closed::default(),
            told: Quiet::new(),
        }
    }

    /// Whether anything from this address may be looked at.
    pub(crate) fn check_address(&self, from: Option<IpAddr>, now: Timestamp) -> Result<(), Refused> {
        let Some(from) = from.map(Neighbourhood::of) else { return Ok(()) };
        self.addresses.check(from, now).map_err(|retry_after| Refused {
            cause: Cause::AddressLimit,
            retry_after,
            is_news: self.told.is_news((Whose::Address(from), Cause::AddressLimit), now),
        })
    }

    /// Something that was guessed from this address was wrong.
    pub(crate) fn address_failed(&self, from: Option<IpAddr>, now: Timestamp) {
        if let Some(from) = from {
            self.addresses.failed(Neighbourhood::of(from), now);
        }
    }

    /// Takes a place for one attempt at the password of `email`.
    ///
    /// Whoever shows a `device` that is known to the account counts for themselves, and is let in
    /// whatever came from the address, so that nobody else can keep them out.
    pub(crate) async fn begin(
        &self,
        email: &Email,
        device: Option<[u8; 16]>,
        from: Option<IpAddr>,
        clock: &dyn Clock,
    ) -> Result<Attempt, Obstacle> {
        if device.is_none() {
            self.check_address(from, clock.now()).map_err(Obstacle::Refused)?;
        }
        let key = ThrottleKey { account: account_of(email), device: device.unwrap_or_default() };
        let from = from.map(Neighbourhood::of);
        let now = clock.now();
        if let Some((cause, opens_at)) = self.closed.get(&key, now) {
            return Err(self.refused(&key, cause, RetryAfter::at_least(opens_at.since(now)), now));
        }
        let mut turn = None;
        let mut lease_ends_at = now;
        for asked in 0..ASKED_AGAIN {
            let now = clock.now();
            let reservation = Reservation {
                key,
                free: self.policy.free,
                most: self.policy.most,
                lease_ends_at: now + ThrottlePolicy::LEASE,
            };
            let reserved = self.store.reserve(&reservation, now).await;
            match reserved.map_err(|error| Obstacle::Failed(error.into()))? {
                Reserved::Granted { nth } => {
                    // Beyond the free ones, whoever goes away before the verdict has others wait as
                    // long as a wrong password would.
                    let wait = judge::wait_after(nth, &self.policy);
                    if !wait.is_zero() {
                        let postponed = self.store.postpone(&key, now + wait).await;
                        postponed.map_err(|error| Obstacle::Failed(error.into()))?;
                    }
                    return Ok(Attempt { key, nth, from });
                }
                Reserved::Full(count) => match judge::full(&count, &self.policy, now) {
                    Verdict::Again => {}
                    Verdict::Later(wait) => {
                        self.closed.put(key, Cause::AccountLimit, count.opens_at, now);
                        return Err(self.refused(&key, Cause::AccountLimit, wait, now));
                    }
                    Verdict::Never => {
                        let longest = self.policy.longest_wait;
                        self.closed.put(key, Cause::AttemptsExhausted, now + longest, now);
                        let wait = RetryAfter::at_least(longest);
                        return Err(self.refused(&key, Cause::AttemptsExhausted, wait, now));
                    }
                    Verdict::Wait if turn.is_none() => {
                        lease_ends_at = count.lease_ends_at.max(count.opens_at);
                        turn = self.turns.take(key).await;
                        if turn.is_none() {
                            break;
                        }
                    }
                    Verdict::Wait => {
                        let span = PAUSES.get(asked).or(PAUSES.last()).copied().unwrap_or_default();
                        pause::pause(Duration::from_millis(span)).await;
                    }
                },
            }
        }
        if let Some(turn) = turn {
            turn.give_up();
        }
        // Those in flight are not judged any more, and will be out of the way by then.
        let now = clock.now();
        let wait = RetryAfter::at_least(lease_ends_at.since(now));
        Err(self.refused(&key, Cause::AccountLimit, wait, now))
    }

    /// The password was wrong; `account` says whether there was one to be wrong for.
    pub(crate) async fn failed(
        &self,
        attempt: Attempt,
        account: Existence,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if let Some(from) = attempt.from {
            self.addresses.failed(from, now);
        }
        let opens_at = now + judge::wait_after(attempt.nth, &self.policy);
        Ok(self.store.settle(&attempt.key, Settlement::Wrong { opens_at, account }, now).await?)
    }

    /// The password was right.
    pub(crate) async fn succeeded(&self, attempt: Attempt, now: Timestamp) -> Result<(), Fault> {
        self.closed.forget(&attempt.key.account);
        Ok(self.store.settle(&attempt.key, Settlement::Right, now).await?)
    }

    /// The password was not looked at, because something broke.
    ///
    /// Where even this breaks, the attempt counts as a wrong one; the caller has a fault to tell of
    /// already.
    pub(crate) async fn abandoned(&self, attempt: Attempt, now: Timestamp) {
        if let Err(error) = self.store.settle(&attempt.key, Settlement::Unjudged, now).await {
            tracing::debug!(%error, "an attempt that was not judged stays counted");
        }
    }

    /// Lets an account try again at once, and says whether anything was counted.
    pub(crate) async fn forget(&self, email: &Email) -> Result<bool, Error> {
        let account = account_of(email);
        let counted = self.store.forget(&account).await?;
        self.closed.forget(&account);
        Ok(counted)
    }

    pub(crate) async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, Error> {
        Ok(self.store.sweep(before, limit).await?)
    }

    fn refused(&self, key: &ThrottleKey, cause: Cause, retry_after: RetryAfter, now: Timestamp) -> Obstacle {
        Obstacle::Refused(Refused {
            cause,
            retry_after,
            is_news: self.told.is_news((Whose::Account(key.account), cause), now),
        })
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").field("policy", &self.policy).finish_non_exhaustive()
    }
}
