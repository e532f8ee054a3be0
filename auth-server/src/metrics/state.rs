//! What is asked when somebody wants to know: the hashing threads, the pool of connections, the queue of
//! events.

use std::fmt::Error;
use std::sync::Arc;

use auth_core::Auth;
use auth_sea_orm::SeaOrmStore;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::record::Recorder;

/// The parts that know.
#[derive(Debug)]
pub(super) struct State {
    pub(super) auth: Auth<SeaOrmStore>,
    pub(super) recorder: Arc<Recorder>,
}

impl Collector for State {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut figures = Figures(&mut encoder);
        let hashing = self.auth.hashing_health();
        figures.gauge("hash_threads", "Threads that hash passwords", hashing.threads)?;
        figures.gauge("hash_threads_working", "Threads that hash a password just now", hashing.working)?;
        figures.gauge("hash_waiting", "Passwords that wait for a hashing thread", hashing.waiting)?;
        figures.gauge(
            "hash_waiting_max",
            "How many passwords may wait; beyond, the answer is 503",
            hashing.queue,
        )?;
        figures.gauge("events_waiting", "Events that wait to be written", self.recorder.waiting())?;
        figures.counter(
            "events_lost",
            "Events that are in the log only, because too many waited to be written",
            self.recorder.lost(),
        )?;
        let Some(pool) = self.auth.store().pool_health() else { return Ok(()) };
        figures.gauge("database_connections_max", "The most connections to the database", pool.most)?;
        figures.gauge("database_connections_open", "Connections to the database", pool.open)?;
        figures.gauge("database_connections_idle", "Connections that nobody uses", pool.idle)?;
        figures.gauge(
            "database_connections_in_use",
            "Connections on which a statement or a transaction runs",
            pool.open - pool.idle,
        )?;
        figures.counter(
            "database_starved",
            "Statements that were given up because no connection came free in time",
            pool.starved,
        )?;
        figures.counter(
            "database_unanswered",
            "Statements that were given up because the database was silent for too long",
            pool.unanswered,
        )
    }
}

struct Figures<'a, 'e>(&'a mut DescriptorEncoder<'e>);

impl Figures<'_, '_> {
    fn gauge(&mut self, name: &str, help: &str, value: impl TryInto<i64>) -> Result<(), Error> {
        let value = ConstGauge::new(value.try_into().unwrap_or(i64::MAX));
        value.encode(self.described(name, help, MetricType::Gauge)?)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> Result<(), Error> {
        ConstCounter::new(value).encode(self.described(name, help, MetricType::Counter)?)
    }

    /// With a full stop, which the registry adds by itself to what is registered.
    fn described<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, Error> {
        self.0.encode_descriptor(name, &format!("{help}."), None, kind)
    }
}
