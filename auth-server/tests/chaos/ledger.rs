//! What the crowd met, and when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// 200, with what belongs to it.
    Right,
    /// 503, with when to try again, and nothing about cookies.
    Unavailable,
    /// No answer: the connection broke, or none was made.
    Broken,
}

/// One request of one browser.
#[derive(Clone, Copy, Debug)]
struct Entry {
    browser: usize,
    outcome: Outcome,
    asked: Instant,
    answered: Instant,
}

/// All requests; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Entry>>>);

impl Ledger {
    pub(crate) fn note(&self, browser: usize, outcome: Outcome, asked: Instant) {
        self.0.lock().unwrap().push(Entry { browser, outcome, asked, answered: Instant::now() });
    }

    /// How often each outcome was met.
    pub(crate) fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for entry in &*self.0.lock().unwrap() {
            *counts.entry(entry.outcome).or_default() += 1;
        }
        counts
    }

    /// How many browsers have asked since, and were answered.
    pub(crate) fn served_since(&self, since: Instant) -> usize {
        self.first_answers(since).len()
    }

    /// How long after `since` the first browser was answered that had asked since, and the last.
    pub(crate) fn recovery(&self, since: Instant) -> (Duration, Duration) {
        let firsts = self.first_answers(since);
        let first = firsts.values().min().expect("somebody was served");
        let last = firsts.values().max().expect("somebody was served");
        (*first - since, *last - since)
    }

    /// The longest that anybody waited for an answer of whatever kind.
    pub(crate) fn longest_wait(&self) -> Duration {
        let entries = self.0.lock().unwrap();
        entries.iter().map(|entry| entry.answered - entry.asked).max().unwrap_or_default()
    }

    fn first_answers(&self, since: Instant) -> BTreeMap<usize, Instant> {
        let mut firsts = BTreeMap::new();
        for entry in &*self.0.lock().unwrap() {
            if entry.outcome == Outcome::Right && entry.asked >= since {
                firsts.entry(entry.browser).or_insert(entry.answered);
            }
        }
        firsts
    }
}
