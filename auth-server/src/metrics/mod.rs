//! Figures for whoever watches the server, in Prometheus's text format, on a port of their own.
//!
//! [`Requests`] stands around the service; [`Happenings`] hears what happens in the core; [`mod@state`] is
//! asked at each scrape; and [`page`] is where it all can be read.
//!
//! Without `METRICS_LISTEN` there are no [`Metrics`], and nothing is counted. A label is a word of
//! the server's own, never a piece of a request: no address, no name, no id and no secret is among
//! the figures, and nobody can make them grow without end.

mod happenings;
mod page;
mod requests;
mod state;
mod tally;

use std::sync::Arc;

use auth_core::{Auth, Clock, Revocations, SystemClock};
use auth_sea_orm::SeaOrmStore;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};

use crate::record::Recorder;

use happenings::seconds;
use state::State;

pub use happenings::Happenings;
pub use page::serve_metrics;
pub use requests::Requests;

/// Everything that is counted, and the registry that tells it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// What is counted of requests.
    pub requests: Requests,
    /// What is counted of the core.
    pub happenings: Happenings,
}

impl Metrics {
    /// All at nought.
    #[expect(clippy::new_without_default, reason = "it reads the clock")]
    pub fn new() -> Self {
        let mut registry = Registry::default();
        // By the name that Prometheus's own libraries give it, and its tools know.
        registry.register_with_unit(
            "process_start_time",
            "When the process started, in seconds since 1970",
            Unit::Seconds,
            ConstGauge::new(seconds(SystemClock.now())),
        );
        let own = registry.sub_registry_with_prefix("auth");
        own.register("build_info", "Always 1; the label says which version this is", build_info());
        let requests = Requests::register(own);
        let happenings = Happenings::register(own);
        Self { registry, requests, happenings }
    }

    /// The registry, for [`serve_metrics`]; it asks these parts each time how they are.
    pub fn watching(
        mut self,
        auth: Auth<SeaOrmStore>,
        recorder: Arc<Recorder>,
        revocations: Revocations,
    ) -> Registry {
        let state = State { auth, recorder, revocations };
        self.registry.sub_registry_with_prefix("auth").register_collector(Box::new(state));
        self.registry
    }
}

fn build_info() -> Family<[(&'static str, &'static str); 1], Gauge> {
    let family = Family::<_, Gauge>::default();
    family.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
    family
}
