//! What came of the requests of one phase.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::connection::Failure;
use crate::machine::round;
use crate::user::Action;

#[derive(Default)]
pub(crate) struct Record {
    actions: BTreeMap<Action, Tally>,
    errors: u64,
    first_error: Option<String>,
}

struct Tally {
    /// How many should have been sent; only where there is a pace.
    offered: u64,
    latencies: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        let latencies = Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are good");
        Self { offered: 0, latencies }
    }
}

impl Record {
    pub(crate) fn offered(&mut self, action: Action) {
        self.actions.entry(action).or_default().offered += 1;
    }

    pub(crate) fn answered(&mut self, action: Action, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        self.actions.entry(action).or_default().latencies.saturating_record(micros);
    }

    pub(crate) fn failed(&mut self, action: Action, failure: &Failure) {
        self.errors += 1;
        self.first_error.get_or_insert_with(|| format!("{}: {failure}", action.name()));
    }

    pub(crate) fn errors(&self) -> u64 {
        self.errors
    }

    pub(crate) fn answers(&self) -> u64 {
        self.actions.values().map(|tally| tally.latencies.len()).sum()
    }

    pub(crate) fn to_json(&self, seconds: f64) -> Value {
        let actions: BTreeMap<_, _> =
            self.actions.iter().map(|(action, tally)| (action.name(), tally.to_json(seconds))).collect();
        json!({ "actions": actions, "errors": self.errors, "first_error": self.first_error })
    }
}

impl Tally {
    fn to_json(&self, seconds: f64) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "two minutes are 120,000,000 microseconds")]
        let milliseconds = |micros: u64| micros as f64 / 1000.0;
        let at = |quantile| milliseconds(self.latencies.value_at_quantile(quantile));
        #[expect(clippy::cast_precision_loss, reason = "millions at most")]
        let answered = self.latencies.len() as f64;
        json!({
            "answered": self.latencies.len(),
            "offered": self.offered,
            "per_second": round(answered / seconds),
            "p50_ms": at(0.5),
            "p90_ms": at(0.9),
            "p99_ms": at(0.99),
            "max_ms": milliseconds(self.latencies.max()),
        })
    }
}
