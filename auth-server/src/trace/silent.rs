//! What [`export`](super) is in a build without the feature `otlp`: nothing leaves the process.

use tracing::Span;
use tracing_subscriber::{Layer, Registry};

use super::{TraceContext, TraceId};
use crate::config::Traces;

/// Sends nothing: this build has no `otlp`.
#[derive(Debug)]
pub struct Exporting(());

impl Exporting {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// None.
    pub fn start(_: Option<&Traces>) -> std::io::Result<Self> {
        Ok(Self(()))
    }

    /// No layer.
    pub fn layer(&self) -> Option<Box<dyn Layer<Registry> + Send + Sync>> {
        None
    }

    /// There is nothing left to send.
    pub fn finish(self) {}
}

/// The trace that the caller has begun, if it has.
pub(super) fn adopt(_: &Span, parent: Option<&TraceContext>) -> Option<TraceId> {
    parent.map(|parent| parent.trace)
}
