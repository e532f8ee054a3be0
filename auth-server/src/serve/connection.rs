//! One connection: HTTP/1, or HTTP/2 where the client begins with its preface, each within bounds.
//!
//! HTTP/2 is spoken in clear and with prior knowledge, as proxies do. What it lets a client open,
//! reset, hold back or send without asking anything is bounded here, because a proxy in front is
//! not the only one who may reach the port.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;
use tower::Service;

use super::Limits;
use super::busy::Busy;
use super::stopping::Told;
use crate::app::{LARGEST_HEAD, MOST_FIELDS};

/// The most requests that one HTTP/2 connection may have open at the same time.
const MOST_STREAMS: u32 = 64;

/// What one HTTP/2 request may send before it is read: a body of the largest size and a little.
const STREAM_WINDOW: u32 = 32 * 1024;

/// What all requests of an HTTP/2 connection may send before it is read: the least there can be.
const CONNECTION_WINDOW: u32 = 65_535;

/// How many requests an HTTP/2 client may take back before we have seen them, and how many may end
/// by its own mistakes, before it is sent away: rapid resets (CVE-2023-44487, CVE-2025-8671). An
/// honest client makes none of the latter.
const MOST_RESETS: usize = 32;

/// How long a client may take over its part of a farewell.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves one connection to its end.
pub(super) async fn connection<I, S, B>(io: I, service: S, limits: Limits, mut told: Told)
where
    I: AsyncRead + AsyncWrite + Unpin + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data: Send> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Whoever asks and never reads would otherwise keep the connection for ever.
    let mut io = Box::pin(TimeoutWriter::new(io));
    io.as_mut().set_timeout_pinned(Some(limits.unread));
    let busy = Busy::new();
    let service = TowerToHyperService::new(busy.clone().counted(service));
    let builder = builder(limits);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    // hyper's timer for heads runs on HTTP/1 alone, and only once the first bytes have told that it
    // is HTTP/1. This one runs from the first moment on, and whatever is spoken.
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = busy.idle_for(limits.head) => None,
        () = told.stop() => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            ended = connection => ended,
            () = busy.idle_for(FAREWELL) => Ok(()),
        }
    };
    if let Err(error) = ended {
        // Clients hang up all the time. The error says how, and quotes nothing that was sent.
        tracing::debug!(error = crate::causes::chain(&*error), "a connection ended early");
    }
}

fn builder(limits: Limits) -> auto::Builder<Streams> {
    // The guard gives an answer up, and then there is what is written and not read.
    let mut builder = auto::Builder::new(Streams { longest: limits.request + limits.unread });
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(MOST_FIELDS)
        .max_buf_size(LARGEST_HEAD as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_pending_accept_reset_streams(MOST_RESETS)
        .max_local_error_reset_streams(MOST_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        // As many bytes as on HTTP/1; it bounds how many CONTINUATION frames may follow one another,
        // too (CVE-2024-27316).
        .max_header_list_size(LARGEST_HEAD);
    builder
}

/// Runs the requests of HTTP/2 connections, each to its end or until the longest time is up: a
/// client that opens no window for an answer would otherwise keep it for as long as it talks.
#[derive(Clone, Copy, Debug)]
struct Streams {
    longest: Duration,
}

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, stream: F) {
        tokio::spawn(timeout(self.longest, stream));
    }
}
