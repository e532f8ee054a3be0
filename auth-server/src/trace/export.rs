//! Spans on their way to a collector, by OpenTelemetry's own SDK.
//!
//! A thread of the SDK gathers what has ended and sends it every few seconds. A request waits for
//! nothing of that; while the collector is away, what does not fit into the SDK's queue is lost.

use std::io;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceState, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::post::Collector;
use super::{SPANS, TraceContext, TraceId};
use crate::config::{Sampling, Traces};

/// How long the last spans may take when the server stops.
const LAST: Duration = Duration::from_secs(2);

/// The spans that are sent to a collector, if there is one to send them to.
#[derive(Debug)]
pub struct Exporting(Option<SdkTracerProvider>);

impl Exporting {
    /// Starts the thread that sends them; without a collector, nothing.
    ///
    /// # Errors
    ///
    /// Where the certificates that this machine trusts cannot be read, for a collector at `https:`.
    pub fn start(traces: Option<&Traces>) -> io::Result<Self> {
        let Some(traces) = traces else { return Ok(Self(None)) };
        let resource = Resource::builder()
            .with_service_name(traces.service.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler(traces.sampling))
            .with_batch_exporter(Collector::at(&traces.endpoint)?)
            .build();
        Ok(Self(Some(provider)))
    }

    /// What listens to spans.
    pub fn layer(&self) -> Option<Box<dyn Layer<Registry> + Send + Sync>> {
        let tracer = self.0.as_ref()?.tracer("auth-server");
        // The rest of what it could add is about the source and the threads, and none of the caller's business.
        let layer = OpenTelemetryLayer::new(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false);
        Some(layer.with_filter(ours()).boxed())
    }

    /// Sends what has ended, if the collector takes it in time. Not to be called from a runtime.
    pub fn finish(self) {
        let Some(provider) = self.0 else { return };
        if let Err(error) = provider.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

fn sampler(sampling: Sampling) -> Sampler {
    let alone = if sampling.share >= 1.0 {
        Sampler::AlwaysOn
    } else if sampling.share <= 0.0 {
        Sampler::AlwaysOff
    } else {
        Sampler::TraceIdRatioBased(sampling.share)
    };
    if sampling.by_parent { Sampler::ParentBased(Box::new(alone)) } else { alone }
}

/// Spans of requests and what is done in them. Never an event: the log has those, and some name
/// people. And no span outside of a request: a sweep has no caller who would wait for it.
fn ours<S>() -> DynFilterFn<S, impl Fn(&Metadata<'_>, &tracing_subscriber::layer::Context<'_, S>) -> bool>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    DynFilterFn::new(|metadata, context: &tracing_subscriber::layer::Context<'_, S>| {
        is_ours(metadata) && (metadata.name() == "request" || context.lookup_current().is_some())
    })
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == SPANS
}

/// Makes the span a part of the caller's trace, or of a new one. The trace's id, whether or not the trace
/// is sent.
pub(super) fn adopt(span: &Span, parent: Option<&TraceContext>) -> Option<TraceId> {
    if let Some(parent) = parent {
        let flags = if parent.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let state: TraceState = parent.state.parse().unwrap_or_default();
        let trace = opentelemetry::TraceId::from_bytes(parent.trace.0);
        let caller = SpanContext::new(trace, SpanId::from_bytes(parent.parent), flags, true, state);
        // Where nobody listens, there is nothing to set.
        let _disabled = span.set_parent(Context::new().with_remote_span_context(caller));
    }
    let context = span.context();
    let id = context.span().span_context().trace_id().to_bytes();
    if id == [0; 16] { parent.map(|parent| parent.trace) } else { Some(TraceId(id)) }
}
