//! The verbs for counting wrong passwords.

use std::fmt;

use crate::clock::Timestamp;

use super::StoreError;

/// Which count an attempt belongs to.
///
/// The account is the SHA-256 of the normalised address, so that an address without an account is
/// counted as well, and no text that somebody typed is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThrottleKey {
    /// The address, hashed.
    pub account: [u8; 32],
    /// Who counts apart: a browser that has logged in before, or a session. All zero for
    /// everybody else.
    pub device: [u8; 16],
}

/// Shows nothing: a few bytes of the hash would do to tell whose address it is, by trying some.
impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleKey").finish_non_exhaustive()
    }
}

/// A place that is asked for, before a password is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Reservation {
    /// In which count.
    pub key: ThrottleKey,
    /// How many attempts may be counted before they have to come one at a time.
    pub free: u32,
    /// How many attempts may be counted at all.
    pub most: u32,
    /// Until when the attempt is taken for one that is being judged.
    pub lease_ends_at: Timestamp,
}

/// What became of a [`Reservation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// The attempt has its place, and is counted as a wrong one until it is settled.
    Granted {
        /// How many are counted now, this one included.
        nth: u32,
    },
    /// There was no place; nothing was written.
    Full(Count),
}

/// How a count stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many attempts are counted since the last right one, those in flight included.
    pub attempts: u32,
    /// How many of them have not been settled yet.
    pub in_flight: u32,
    /// When those in flight count as wrong ones for good, because nobody has settled them.
    pub lease_ends_at: Timestamp,
    /// Before when no further attempt is let in, once the free ones are used up.
    pub opens_at: Timestamp,
}

/// What became of an attempt that had a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The password was right: all that the account counts, on whatever device, starts anew.
    Right,
    /// The password was wrong: it stays counted.
    Wrong {
        /// Before when no further attempt is to be let in, once the free ones are used up.
        opens_at: Timestamp,
        /// Whether there is such an account; the count of one that is there is never swept.
        account: Existence,
    },
    /// The password was not looked at: it is counted no more.
    Unjudged,
}

/// Whether there is an account behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// There is.
    Known,
    /// There is none.
    Unknown,
}

/// Counts wrong passwords, on behalf of every instance that shares it.
///
/// Nothing here depends on whether an account exists, but for what [`sweep_throttle`] may delete.
///
/// [`sweep_throttle`]: Self::sweep_throttle
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that wrong passwords are counted in",
    note = "`auth_core::MemoryThrottle` counts in this process, `auth_sea_orm::SeaOrmStore` over all that share a database"
)]
pub trait ThrottleStore: Send + Sync + 'static {
    /// Takes a place in the count if `attempts` is below `free`; or if it is below `most`, none is
    /// in flight or their lease is over, and `opens_at` is `now` or earlier. It then counts one
    /// attempt more and one in flight more (where the lease was over: one), and sets
    /// `lease_ends_at`. A count that is not there stands at zero. One conditional statement: of
    /// any number of calls at once, no more are granted than the count has room for.
    fn reserve(
        &self,
        reservation: &Reservation,
        now: Timestamp,
    ) -> impl Future<Output = Result<Reserved, StoreError>> + Send;

    /// Moves `opens_at` of a count ahead, never back: an attempt that nobody settles then holds others
    /// up as a wrong one would. A count that is not there stays away.
    fn postpone(
        &self,
        key: &ThrottleKey,
        opens_at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Settles an attempt that has a place; one in flight less, never below zero.
    ///
    /// [`Settlement::Right`] sets `attempts` of every count of the account to what is left in
    /// flight there, and their `opens_at` to `now`. [`Settlement::Wrong`] moves `opens_at` ahead,
    /// never back. [`Settlement::Unjudged`] takes the attempt out of `attempts` and, where none is left
    /// in flight, `opens_at` back to `now`, if it lies ahead. A count that is not there, because it has been forgotten meanwhile, is not made.
    fn settle(
        &self,
        key: &ThrottleKey,
        settlement: Settlement,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets all counts of an account, and says whether there were any.
    fn forget(&self, account: &[u8; 32]) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes up to `limit` counts that nobody has touched since `before` and that have no
    /// attempts, or no account; says how many.
    fn sweep_throttle(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
