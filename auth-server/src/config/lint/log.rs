//! What is logged.

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{Finding, note};
use crate::config::Mode;

/// Below `info` there are lines for each request.
pub(super) fn loudness(filter: &Targets, mode: Mode) -> Option<Finding> {
    let levels = filter.iter().map(|(_, level)| level).chain(filter.default_level());
    let most = levels.max().filter(|level| *level > LevelFilter::INFO)?;
    mode.is_production().then(|| {
        note(format!(
            "RUST_LOG asks for {most}: the log grows by several lines with each request; in production, info is meant to be enough"
        ))
    })
}
