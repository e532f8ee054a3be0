//! Keeps a flood of refusals from becoming a flood of events.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// How long one event stands for all that are like it.
const SPAN: Duration = Duration::from_secs(10);

/// How many are remembered. Beyond, all are forgotten, and told once more.
const MOST: usize = 8_192;

/// What has been told lately.
#[derive(Debug)]
pub(crate) struct Quiet<K>(Mutex<HashMap<K, Timestamp>>);

impl<K: Hash + Eq> Quiet<K> {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Whether this one is to be told.
    pub(crate) fn is_news(&self, key: K, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&key).is_some_and(|at| *at <= now && now.since(*at) < SPAN) {
            return false;
        }
        if told.len() >= MOST {
            told.clear();
        }
        told.insert(key, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_seconds_is_told() {
        let quiet = Quiet::new();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        assert!(quiet.is_news('a', at(0)));
        assert!(!quiet.is_news('a', at(9)));
        assert!(quiet.is_news('b', at(9)));
        assert!(quiet.is_news('a', at(10)));
        assert!(quiet.is_news('a', at(1)), "a clock that steps back");
    }

    #[test]
    fn a_crowd_does_not_fill_the_memory() {
        let quiet = Quiet::new();
        for key in 0..100_000 {
            assert!(quiet.is_news(key, Timestamp::from_millis(0)));
        }
        assert!(quiet.0.lock().expect("nobody panics here").len() <= MOST);
    }
}
