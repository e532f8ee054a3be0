//! Which key is what, and when: told by the times of all keys, so that every instance agrees.

use std::time::Duration;

use auth_core::Timestamp;

/// When a key comes into use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// The `kid` of its tokens.
    pub id: String,
    /// From when on it signs.
    pub signs_from: Timestamp,
}

/// What a key is at a certain time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is published and verifies already, and will sign.
    Coming,
    /// It signs.
    Signing,
    /// A later one signs; tokens of this one are good until then.
    Verifying {
        /// When the last of them has expired, on clocks that differ a little.
        until: Timestamp,
    },
    /// Every token of it has expired.
    Over,
}

/// The keys in the order in which they sign, and what each of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<(KeyTimes, KeyState)>);

/// By how much a key that was replaced outlives its last token: for the clocks of instances that
/// differ, and for one that has not heard of the new key yet.
const SLACK: Duration = Duration::from_mins(5);

impl Schedule {
    /// What the keys are at `now`, where a token lives for `token_ttl` at most.
    pub fn new(mut keys: Vec<KeyTimes>, token_ttl: Duration, now: Timestamp) -> Self {
        keys.sort_by(|one, other| (one.signs_from, &one.id).cmp(&(other.signs_from, &other.id)));
        let signing = keys.iter().rposition(|key| key.signs_from <= now);
        let ends: Vec<_> = keys.iter().skip(1).map(|next| next.signs_from + token_ttl + SLACK).collect();
        let state = |at: usize| match signing {
            Some(signing) if at == signing => KeyState::Signing,
            // An earlier one has a next one.
            Some(signing) if at < signing => match ends.get(at) {
                Some(end) if now < *end => KeyState::Verifying { until: *end },
                _ => KeyState::Over,
            },
            _ => KeyState::Coming,
        };
        Self(keys.into_iter().enumerate().map(|(at, key)| (key, state(at))).collect())
    }

    /// Each key and what it is, the one that signed first at the front.
    pub fn iter(&self) -> impl Iterator<Item = (&KeyTimes, KeyState)> {
        self.0.iter().map(|(key, state)| (key, *state))
    }

    /// The key that comes last, whether or not it signs yet.
    pub fn newest(&self) -> Option<(&KeyTimes, KeyState)> {
        self.0.last().map(|(key, state)| (key, *state))
    }

    /// What the key of this name is, if there is one.
    pub fn state(&self, id: &str) -> Option<KeyState> {
        self.iter().find(|(key, _)| key.id == id).map(|(_, state)| state)
    }

    /// From when on a key signs that is added now and is to come after all others, `lead` from now
    /// at the earliest. A first key that nobody has to learn of before signs on every instance, also where the clock
    /// is behind.
    pub fn next(&self, lead: Duration, now: Timestamp) -> Timestamp {
        let after = |(key, _): (&KeyTimes, _)| key.signs_from + Duration::from_millis(1);
        if self.0.is_empty() && lead.is_zero() {
            return now - SLACK;
        }
        let earliest = now + lead;
        self.newest().map(after).map_or(earliest, |after| earliest.max(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_mins(15);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    fn key(id: &str, minutes: i64) -> KeyTimes {
        KeyTimes { id: id.to_owned(), signs_from: at(minutes) }
    }

    fn states(now: i64) -> Vec<(String, KeyState)> {
        let keys = vec![key("b", 100), key("a", 0), key("c", 200)];
        let schedule = Schedule::new(keys, TTL, at(now));
        schedule.iter().map(|(key, state)| (key.id.clone(), state)).collect()
    }

    #[test]
    fn each_key_comes_signs_verifies_and_is_over() {
        use KeyState::{Coming, Over, Signing, Verifying};
        let (of_a, of_b) = (Verifying { until: at(120) }, Verifying { until: at(220) });
        for (now, expected) in [
            (-1, [Coming, Coming, Coming]),
            (0, [Signing, Coming, Coming]),
            (99, [Signing, Coming, Coming]),
            (100, [of_a, Signing, Coming]),
            (119, [of_a, Signing, Coming]),
            (120, [Over, Signing, Coming]),
            (200, [Over, of_b, Signing]),
            (500, [Over, Over, Signing]),
        ] {
            let names = ["a", "b", "c"].map(str::to_owned);
            assert_eq!(states(now), names.into_iter().zip(expected).collect::<Vec<_>>(), "{now}");
        }
    }

    #[test]
    fn whenever_any_key_may_sign_exactly_one_does() {
        for now in -10..600 {
            let signing = states(now).iter().filter(|(_, state)| *state == KeyState::Signing).count();
            assert_eq!(signing, usize::from(now >= 0), "{now}");
        }
    }

    #[test]
    fn two_keys_of_one_moment_are_told_apart_by_their_names() {
        let schedule = Schedule::new(vec![key("b", 5), key("a", 5)], TTL, at(5));
        assert_eq!(schedule.state("a"), Some(KeyState::Verifying { until: at(25) }));
        assert_eq!(schedule.state("b"), Some(KeyState::Signing));
        assert_eq!(schedule.state("c"), None);
    }

    #[test]
    fn a_new_key_comes_after_all_others() {
        let lead = Duration::from_mins(10);
        assert_eq!(Schedule::new(Vec::new(), TTL, at(0)).next(lead, at(0)), at(10));
        assert_eq!(Schedule::new(Vec::new(), TTL, at(0)).next(Duration::ZERO, at(0)), at(-5));
        let schedule = Schedule::new(vec![key("a", 0), key("b", 60)], TTL, at(30));
        assert_eq!(schedule.next(lead, at(30)), Timestamp::from_millis(60 * 60_000 + 1));
        assert_eq!(schedule.next(lead, at(70)), at(80));
    }
}
