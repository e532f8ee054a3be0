//! What is asked when somebody wants to know: the hashing threads, the queue of events, what is known of
//! revocations, the pool of connections.

use std::fmt::Error;
use std::sync::Arc;

use auth_core::{Auth, RevocationDelay, Revocations};
use auth_sea_orm::SeaOrmStore;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::record::Recorder;

/// The parts that know.
#[derive(Debug)]
pub(super) struct State {
    pub(super) auth: Auth<SeaOrmStore>,
    pub(super) recorder: Arc<Recorder>,
    pub(super) revocations: Revocations,
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
        figures.revocations(&self.revocations)?;
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
        value.encode(self.described(name, help, None, MetricType::Gauge)?)
    }

    fn seconds(&mut self, name: &str, help: &str, value: f64) -> Result<(), Error> {
        let encoder = self.described(name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
        ConstGauge::new(value).encode(encoder)
    }

    /// How the dial of the check stands, and how it goes with what is learnt for it.
    fn revocations(&mut self, revocations: &Revocations) -> Result<(), Error> {
        self.seconds(
            "revocation_delay",
            "How long a check may believe a token whose session has ended; +Inf stands for until it expires",
            match revocations.delay() {
                RevocationDelay::Off => f64::INFINITY,
                RevocationDelay::Within(delay) => delay.as_secs_f64(),
            },
        )?;
        let health = revocations.health();
        self.seconds(
            "revocation_age",
            "How long ago it was read what has been revoked; +Inf where it never was",
            health.age.map_or(f64::INFINITY, |age| age.as_secs_f64()),
        )?;
        self.gauge(
            "revocation_entries",
            "Ended sessions and changed users that are remembered",
            health.entries,
        )?;
        self.gauge(
            "revocation_asking",
            "Whether each check asks the database just now, 1 or 0",
            u8::from(health.asking),
        )
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> Result<(), Error> {
        ConstCounter::new(value).encode(self.described(name, help, None, MetricType::Counter)?)
    }

    /// With a full stop, which the registry adds by itself to what is registered.
    fn described<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        unit: Option<&'s Unit>,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, Error> {
        self.0.encode_descriptor(name, &format!("{help}."), unit, kind)
    }
}
