//! One connection that is kept alive, and the count of what came back on all of them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};

/// How many answers there were of each kind: honest or hostile, and the status.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<(&'static str, u16), u64>>);

impl Tally {
    pub(crate) fn count(&self, who: &'static str, status: u16) {
        *self.0.lock().unwrap().entry((who, status)).or_default() += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.lock().unwrap().values().sum()
    }

    pub(crate) fn tell(&self) -> String {
        let counts = self.0.lock().unwrap();
        let told = counts.iter().map(|((who, status), count)| format!("{who} {status}: {count}"));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Where the honest come from, and where the others: limits by address must not mix them up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    Home,
    Elsewhere,
}

pub(crate) async fn dial(address: SocketAddr, from: From) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let host = match from {
        From::Home => Ipv4Addr::LOCALHOST,
        From::Elsewhere => Ipv4Addr::new(127, 0, 0, 66),
    };
    socket.bind(SocketAddr::from((host, 0)))?;
    socket.connect(address).await
}

#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    from: From,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr, from: From) -> Self {
        Self { address, from, open: None }
    }

    /// Sends a request; the server may have closed a connection that idled, so a second time on a
    /// new one.
    pub(crate) async fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        for _ in 0..2 {
            if self.open.as_ref().is_none_or(SendRequest::is_closed) {
                let stream = dial(self.address, self.from).await.expect("let in");
                let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a connection");
                tokio::spawn(connection);
                self.open = Some(sender);
            }
            let sender = self.open.as_mut().expect("it was opened");
            if sender.ready().await.is_ok()
                && let Ok(response) = sender.send_request(request.clone().map(Full::new)).await
            {
                let (head, body) = response.into_parts();
                let body = body.collect().await.expect("a whole body").to_bytes();
                return Response::from_parts(head, body);
            }
            self.open = None;
        }
        panic!("no answer to {} {}", request.method(), request.uri());
    }
}

pub(crate) fn request(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header("host", "localhost")
}
