//! What a process has learnt of revocations: a pure set, told the time.

use std::collections::HashSet;
use std::mem;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::{Feed, FeedPlace, Revoked};
use crate::verbs::Identity;

use super::{RevocationDelay, Standing};

/// How far the clocks of two instances may differ.
pub(super) const SKEW: Duration = Duration::from_mins(1);

/// Two generations of what was revoked: the young one takes what comes, and the old one is
/// forgotten as a whole when the young one has been open for as long as a token may be good. So
/// each entry stays for that long at least, and no entry needs a time of its own.
#[derive(Debug)]
pub(super) struct Learnt {
    /// How long an access token is good.
    lifetime: Duration,
    /// The most entries of one generation.
    capacity: usize,
    young: Generation,
    old: Generation,
    /// When the young generation was opened.
    opened_at: Timestamp,
    place: FeedPlace,
    /// When the latest successful reading began.
    read_at: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Generation {
    revoked: HashSet<Revoked>,
    /// Whether there was more than it could take.
    overflowed: bool,
}

impl Learnt {
    pub(super) fn new(lifetime: Duration, capacity: usize, now: Timestamp) -> Self {
        Self {
            lifetime,
            capacity,
            young: Generation::default(),
            old: Generation::default(),
            opened_at: now,
            place: FeedPlace::START,
            read_at: None,
        }
    }

    /// From where to read on. A clock that has stepped back makes all times meaningless, and so
    /// everything is read anew.
    pub(super) fn begin(&mut self, now: Timestamp) -> FeedPlace {
        if now < self.opened_at || self.read_at.is_some_and(|at| now < at) {
            *self = Self::new(self.lifetime, self.capacity, now);
        }
        self.place
    }

    /// Takes in what was found by a reading that began at `began`, at `asked`.
    pub(super) fn take(&mut self, feed: Feed, asked: FeedPlace, began: Timestamp) {
        if feed.place < asked {
            // Another store answers in the place of the one before: what it has is read anew.
            *self = Self::new(self.lifetime, self.capacity, began);
            return;
        }
        if began.since(self.opened_at) >= self.lifetime + SKEW {
            self.old = mem::take(&mut self.young);
            self.opened_at = began;
        }
        let missed = feed.revoked.len() >= self.limit();
        let room = self.capacity - self.young.revoked.len();
        let mut news = feed.revoked.into_iter().filter(|one| !self.young.revoked.contains(one));
        let taken: Vec<_> = news.by_ref().take(room).collect();
        let overflowed = missed || news.next().is_some();
        self.young.revoked.extend(taken);
        self.young.overflowed |= overflowed;
        self.place = feed.place;
        self.read_at = Some(began);
    }

    /// A reading failed: who knows which database will answer the next one. What is known stays.
    pub(super) fn fail(&mut self) {
        self.place = FeedPlace::START;
    }

    /// How many to ask for: one more than can be taken in.
    pub(super) const fn limit(&self) -> usize {
        self.capacity + 1
    }

    /// What is known of a good access token's session and user.
    pub(super) fn standing(&self, who: &Identity, delay: RevocationDelay, now: Timestamp) -> Standing {
        let RevocationDelay::Within(delay) = delay else { return Standing::Believed };
        if self.knows(Revoked::Session(who.session_id)) {
            return Standing::Ended;
        }
        // A token that is good for longer than ours are may outlive what is remembered of it.
        let ours = who.expires_at <= now + self.lifetime + SKEW;
        let whole = !self.young.overflowed && !self.old.overflowed;
        if ours && whole && self.is_fresh(delay, now) && !self.knows(Revoked::User(who.user_id)) {
            Standing::Believed
        } else {
            Standing::Unsure
        }
    }

    /// Whether all that was revoked `delay` ago or earlier is known. A clock that has stepped back knows nothing.
    pub(super) fn is_fresh(&self, delay: Duration, now: Timestamp) -> bool {
        self.read_at.is_some_and(|at| at <= now && now.since(at) < delay)
    }

    fn knows(&self, one: Revoked) -> bool {
        self.young.revoked.contains(&one) || self.old.revoked.contains(&one)
    }

    pub(super) const fn read_at(&self) -> Option<Timestamp> {
        self.read_at
    }

    pub(super) fn entries(&self) -> usize {
        self.young.revoked.union(&self.old.revoked).count()
    }

    pub(super) const fn overflowed(&self) -> bool {
        self.young.overflowed || self.old.overflowed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::id::{SessionId, UserId};
    use crate::role::Role;

    use super::*;

    const LIFETIME: Duration = Duration::from_mins(15);
    const DELAY: Duration = Duration::from_secs(5);
    const WITHIN: RevocationDelay = RevocationDelay::Within(DELAY);
    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn session(number: u8) -> Revoked {
        Revoked::Session(SessionId::from_bytes([number; 16]))
    }

    fn user(number: u8) -> Revoked {
        Revoked::User(UserId::from_bytes([number; 16]))
    }

    fn feed(revoked: impl Into<Vec<Revoked>>, place: u64) -> Feed {
        Feed { revoked: revoked.into(), place: FeedPlace::new(place) }
    }

    /// The holder of a token of session and user `number`, good until `expires_at`.
    fn holder(number: u8, expires_at: Timestamp) -> Identity {
        Identity {
            user_id: UserId::from_bytes([number; 16]),
            session_id: SessionId::from_bytes([number; 16]),
            role: Role::USER,
            expires_at,
        }
    }

    /// What is known of `number` where a token was issued just now.
    fn asked(learnt: &Learnt, number: u8, now: Timestamp) -> Standing {
        learnt.standing(&holder(number, now + LIFETIME), WITHIN, now)
    }

    fn read(learnt: &mut Learnt, found: Feed, now: Timestamp) {
        let place = learnt.begin(now);
        learnt.take(found, place, now);
    }

    #[test]
    fn a_token_is_believed_for_the_delay_after_each_reading_and_no_longer() {
        let mut learnt = Learnt::new(LIFETIME, 10, START);
        assert_eq!(asked(&learnt, 1, START), Standing::Unsure, "nothing was read yet");
        read(&mut learnt, feed([], 1), START);
        let last = START + DELAY - Duration::from_millis(1);
        assert_eq!(asked(&learnt, 1, START), Standing::Believed);
        assert_eq!(asked(&learnt, 1, last), Standing::Believed);
        assert_eq!(asked(&learnt, 1, START + DELAY), Standing::Unsure);
        assert_eq!(asked(&learnt, 1, START - Duration::from_millis(1)), Standing::Unsure, "stepped back");
    }

    #[test]
    fn an_ended_session_is_refused_and_a_changed_user_is_asked_for() {
        let mut learnt = Learnt::new(LIFETIME, 10, START);
        read(&mut learnt, feed([session(1), user(2)], 1), START);
        assert_eq!(asked(&learnt, 1, START), Standing::Ended);
        assert_eq!(asked(&learnt, 2, START), Standing::Unsure);
        assert_eq!(asked(&learnt, 3, START), Standing::Believed);
        assert_eq!(asked(&learnt, 1, START + DELAY), Standing::Ended, "it never comes back");
    }

    #[test]
    fn off_believes_and_zero_asks_whatever_is_known() {
        let mut learnt = Learnt::new(LIFETIME, 10, START);
        let zero = RevocationDelay::Within(Duration::ZERO);
        for found in [feed([], 1), feed([user(1)], 2)] {
            read(&mut learnt, found, START);
            let who = holder(1, START + LIFETIME);
            assert_eq!(learnt.standing(&who, RevocationDelay::Off, START), Standing::Believed);
            assert_eq!(learnt.standing(&who, zero, START), Standing::Unsure);
        }
    }

    #[test]
    fn what_does_not_fit_makes_everyone_ask_until_no_token_is_left_of_then() {
        for found in [feed([session(1), session(2), session(3)], 1), feed([session(1); 3], 1)] {
            let mut learnt = Learnt::new(LIFETIME, 2, START);
            read(&mut learnt, found, START);
            assert_eq!(asked(&learnt, 1, START), Standing::Ended);
            assert_eq!(asked(&learnt, 9, START), Standing::Unsure);
            let (next, last) = (START + LIFETIME + SKEW, START + (LIFETIME + SKEW) * 2);
            read(&mut learnt, feed([], 2), next);
            assert_eq!(asked(&learnt, 9, next), Standing::Unsure);
            read(&mut learnt, feed([], 2), last);
            assert_eq!(asked(&learnt, 9, last), Standing::Believed);
        }
    }

    #[test]
    fn what_is_told_again_takes_no_room() {
        let mut learnt = Learnt::new(LIFETIME, 2, START);
        read(&mut learnt, feed([session(1), user(2)], 1), START);
        read(&mut learnt, feed([user(2), session(1)], 1), START);
        assert_eq!((learnt.entries(), learnt.overflowed()), (2, false));
        read(&mut learnt, feed([session(3)], 1), START);
        assert_eq!((learnt.entries(), learnt.overflowed()), (2, true));
    }

    #[test]
    fn a_token_that_is_good_for_longer_than_ours_is_asked_for() {
        let mut learnt = Learnt::new(LIFETIME, 10, START);
        read(&mut learnt, feed([], 1), START);
        let of_an_hour = holder(1, START + Duration::from_hours(1));
        assert_eq!(learnt.standing(&of_an_hour, WITHIN, START), Standing::Unsure);
    }

    #[test]
    fn a_clock_that_steps_back_and_a_store_that_was_replaced_begin_anew() {
        let mut learnt = Learnt::new(LIFETIME, 10, START);
        read(&mut learnt, feed([session(1)], 7), START + DELAY);
        assert_eq!(learnt.begin(START + DELAY), FeedPlace::new(7));
        assert_eq!(learnt.begin(START), FeedPlace::START);

        read(&mut learnt, feed([session(1)], 7), START);
        read(&mut learnt, feed([], 3), START);
        assert_eq!(asked(&learnt, 2, START), Standing::Unsure);
        assert_eq!(learnt.begin(START), FeedPlace::START);

        read(&mut learnt, feed([session(1)], 3), START);
        learnt.fail();
        assert_eq!(asked(&learnt, 1, START), Standing::Ended, "what is known stays");
        assert_eq!(learnt.begin(START), FeedPlace::START);
    }

    proptest! {
        /// Whatever happens in which order: once a session has been ended for the delay, no token of it is
        /// believed, for as long as there can be one.
        #[test]
        fn nothing_that_was_revoked_is_believed_after_the_delay(
            steps in proptest::collection::vec((0_u64..400_000, 0_u8..4, any::<bool>()), 1..80),
            capacity in 1_usize..6,
        ) {
            let mut learnt = Learnt::new(LIFETIME, capacity, START);
            let mut now = START;
            // All that was revoked: who, when, and the place behind it.
            let mut revoked: Vec<(Revoked, Timestamp)> = Vec::new();
            for (pause, what, is_session) in steps {
                now = now + Duration::from_millis(pause / 16);
                let one = if is_session { session(what) } else { user(what) };
                match what {
                    0 => learnt.fail(),
                    1 | 2 => revoked.push((one, now)),
                    _ => {
                        let place = learnt.begin(now);
                        let from = usize::try_from(place.number()).expect("a small number");
                        let some = revoked[from..].iter().map(|(one, _)| *one).take(learnt.limit());
                        let found = feed(some.collect::<Vec<_>>(), revoked.len() as u64);
                        learnt.take(found, place, now);
                    }
                }
                for number in 1..=2 {
                    // The latest token there can be was issued just before, and is still good.
                    let issued_before = |at: Timestamp| now < at + LIFETIME;
                    let gone = revoked.iter().any(|(one, at)| {
                        (*one == session(number) || *one == user(number))
                            && now >= *at + DELAY && issued_before(*at)
                    });
                    if gone {
                        prop_assert_ne!(asked(&learnt, number, now), Standing::Believed);
                    }
                }
            }
        }
    }
}
