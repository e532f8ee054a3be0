//! A counter with one label, whose words are a closed list.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Counts by word. Clones share their figures.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    label: &'static str,
    counters: Family<[(&'static str, &'static str); 1], Counter>,
}

impl Tally {
    /// All words at nought: a series that begins with its first occurrence hides that one from `rate`.
    pub(super) fn register(
        registry: &mut Registry,
        name: &str,
        help: &str,
        label: &'static str,
        words: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let counters = Family::<_, Counter>::default();
        for word in words {
            drop(counters.get_or_create(&[(label, word)]));
        }
        registry.register(name, help, counters.clone());
        Self { label, counters }
    }

    pub(super) fn add(&self, word: &'static str, many: u64) {
        self.counters.get_or_create(&[(self.label, word)]).inc_by(many);
    }

    #[cfg(test)]
    pub(super) fn of(&self, word: &'static str) -> u64 {
        self.counters.get_or_create(&[(self.label, word)]).get()
    }
}
