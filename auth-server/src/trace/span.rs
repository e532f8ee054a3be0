//! The span that stands for a request, by OpenTelemetry's conventions for HTTP servers.
//!
//! See <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>. The template of the path is told, and
//! not the path, which has the ids of people and sessions in it: whoever wants that looks up the trace's
//! id in the log.

use std::fmt;

use http::{Request, StatusCode, Version};
use tracing::Span;
use tracing::field::Empty;

use super::{SPANS, TraceContext, TraceId, adopt};
use crate::route::{Route, known};

/// The span of a request, open until it is dropped.
#[derive(Clone, Debug)]
pub struct ServerSpan {
    span: Span,
    trace: Option<TraceId>,
}

impl ServerSpan {
    /// Begins it, as a part of the trace that the request's headers name.
    pub fn begin<B>(request: &Request<B>) -> Self {
        let route = request.extensions().get::<Route>();
        let method = known(request.method()).unwrap_or(OTHER);
        let span = tracing::info_span!(
            target: SPANS,
            parent: None,
            "request",
            otel.name = %Name { method, route },
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route.map(tracing::field::display),
            http.response.status_code = Empty,
            network.protocol.version = version(request.version()),
            "error.type" = Empty,
        );
        let trace = adopt(&span, TraceContext::of(request.headers()).as_ref());
        Self { span, trace }
    }

    /// The trace it belongs to, where there is one: begun by a caller, or by this process where it
    /// exports.
    pub fn trace(&self) -> Option<TraceId> {
        self.trace
    }

    /// The span, for what is done in it.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Says what the request was answered with. Only what went wrong here is an error, and not what
    /// a client did wrong.
    pub fn answered(&self, status: StatusCode) {
        self.span.record("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", status.as_str());
        }
    }
}

/// `GET /api/auth/me`; the method alone where nothing is.
struct Name<'a> {
    method: &'static str,
    route: Option<&'a Route>,
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The conventions do not want `_OTHER` in a name.
        f.write_str(if self.method == OTHER { "HTTP" } else { self.method })?;
        self.route.map_or(Ok(()), |route| write!(f, " {route}"))
    }
}

const OTHER: &str = "_OTHER";

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn a_span_is_named_by_its_template_and_never_by_what_a_client_has_made_up() {
        let route = Route::of("/api/auth", "/users/{id}");
        let made_up = Method::from_bytes(b"HUNTER2").expect("a method");
        for (method, route, name) in [
            (&Method::PATCH, Some(&route), "PATCH /api/auth/users/{id}"),
            (&Method::GET, None, "GET"),
            (&made_up, None, "HTTP"),
        ] {
            let method = known(method).unwrap_or(OTHER);
            assert_eq!(Name { method, route }.to_string(), name);
        }
    }

    #[test]
    fn without_a_listener_the_trace_is_the_callers() {
        let request = || Request::get("/api/auth/me");
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let asked = request().header("traceparent", parent).body(()).expect("a request");
        let span = ServerSpan::begin(&asked);
        let trace = span.trace().expect("the caller's").to_string();
        assert_eq!(trace, "0af7651916cd43dd8448eb211c80319c");
        assert!(span.span().is_disabled());
        span.answered(StatusCode::OK);
        assert_eq!(ServerSpan::begin(&request().body(()).expect("a request")).trace(), None);
    }
}
