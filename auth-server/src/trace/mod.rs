//! Traces: which chain of calls a request belongs to, and where its time goes.
//!
//! [`context`](TraceContext) reads what the caller says of itself; [`span`](ServerSpan) stands for
//! the request. Spans are those of `tracing` with the target [`SPANS`]: ours, and those of the
//! libraries of this house for hashing and for statements. The log never shows them, because its lines
//! belong to requests; with the feature `otlp`, and a collector to send them to, [`Exporting`] listens.
//! Without it nobody does, and they cost next to nothing.

mod context;
#[cfg(feature = "otlp")]
mod export;
#[cfg(feature = "otlp")]
mod post;
#[cfg(not(feature = "otlp"))]
mod silent;
mod span;

pub use context::{TraceContext, TraceId};
#[cfg(feature = "otlp")]
pub use export::Exporting;
#[cfg(not(feature = "otlp"))]
pub use silent::Exporting;
pub use span::ServerSpan;

#[cfg(feature = "otlp")]
use export::adopt;
#[cfg(not(feature = "otlp"))]
use silent::adopt;

/// The target of all spans that are made for traces, here and in the libraries of this house.
pub const SPANS: &str = "auth::span";
