//! The accept loop: bounded, patient with faults, and able to end well.
//!
//! It is a loop of its own because the ready-made one sets no timer, without which nothing cuts off
//! those who send their headers a byte at a time. What happens on a connection is in
//! [`mod@connection`].

mod busy;
mod connection;
mod stopping;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth_tower::ClientAddress;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tower::{Service, ServiceExt};

use connection::connection;
use stopping::Stopping;

/// How long things may take, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a client may take to send the head of a request, and an idle connection to send
    /// another.
    pub head: Duration,
    /// How long a client may take to send the whole body.
    pub body: Duration,
    /// How long an answer may take.
    pub request: Duration,
    /// How long a client may leave what was written to it unread.
    pub unread: Duration,
    /// How long requests in flight may go on after the server was told to stop.
    pub shutdown: Duration,
    /// The most requests at a time, over all connections: an HTTP/2 connection has many. Further ones
    /// are turned away.
    pub requests: usize,
    /// The most connections at a time; further ones wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            request: Duration::from_secs(15),
            unread: Duration::from_secs(10),
            // A little less than ten seconds, so that all is over within ten.
            shutdown: Duration::from_secs(9),
            requests: 2_048,
            connections: 1_024,
        }
    }
}

/// How long to wait after a connection could not be accepted, for want of file descriptors say.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves until `stop` is over, then lets the requests in flight finish.
///
/// Connections that idle are closed at once; those that are still busy after
/// [`Limits::shutdown`] are cut.
pub async fn serve<S, B>(listener: TcpListener, service: S, limits: Limits, stop: impl Future<Output = ()>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data: Send> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let stopping = Stopping::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let accepting = async {
        loop {
            // The place comes first: a connection beyond the limit stays with the system.
            let place = Arc::clone(&places).acquire_owned().await.expect("the semaphore is never closed");
            let (stream, peer) = accept(&listener).await;
            let service = service.clone().map_request(move |request| with_address(request, peer));
            let told = stopping.told();
            tokio::spawn(async move {
                connection(stream, service, limits, told).await;
                drop(place);
            });
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop => {}
    }
    drop(listener);
    let left = stopping.count();
    tracing::info!(connections = left, "no longer accepting connections; finishing what is in flight");
    if timeout(limits.shutdown, stopping.tell()).await.is_err() {
        tracing::warn!("requests were still in flight when time was up; they were cut off");
    }
}

/// Tells the routes from where a request comes, for the list of sessions.
fn with_address(mut request: Request<Incoming>, peer: SocketAddr) -> Request<Incoming> {
    request.extensions_mut().insert(ClientAddress(peer.ip()));
    request
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small and written in one piece: waiting for more helps nobody. Where
                // it cannot be set, the client has gone already.
                let _gone = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_about_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                sleep(BACK_OFF).await;
            }
        }
    }
}

/// Whether it was the client that went away between knocking and being let in.
fn is_about_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests;
