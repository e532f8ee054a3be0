//! Frames by hand, and a client that sends and reads them.

use tokio::io::{ReadHalf, WriteHalf, split};

use super::*;

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const ACK: u8 = 1;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

const CANCEL: u32 = 8;

/// `GET http://x/`, in the numbers of RFC 7541's tables.
pub(super) const GET_X: &[u8] = b"\x82\x86\x84\x41\x01x";

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(super) fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, GET_X)
}

pub(super) fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

/// What the server sent.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// The reason of a reset or a farewell.
    pub(super) fn reason(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().expect("four bytes"))
    }
}

/// A client that has introduced itself, with these settings.
pub(super) struct Client {
    pub(super) from_server: ReadHalf<DuplexStream>,
    pub(super) to_server: WriteHalf<DuplexStream>,
    pub(super) served: JoinHandle<()>,
    pub(super) begun: Instant,
}

impl Client {
    pub(super) async fn open<S, B>(stopping: &Stopping, service: S, settings: &[u8]) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let (client, served) = open(stopping, service);
        let (from_server, to_server) = split(client);
        let mut client = Self { from_server, to_server, served, begun: Instant::now() };
        client.send(PREFACE).await;
        client.send(&frame(SETTINGS, 0, 0, settings)).await;
        client
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.to_server.write_all(bytes).await.expect("the server reads");
    }

    /// Says the same again and again until the server has had enough.
    pub(super) async fn insist(mut to_server: WriteHalf<DuplexStream>, bytes: Vec<u8>, pause: Duration) {
        while to_server.write_all(&bytes).await.is_ok() {
            sleep(pause).await;
        }
    }

    pub(super) async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.from_server.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.from_server.read_exact(&mut payload).await.ok()?;
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }

    /// Reads on to a frame of this kind.
    pub(super) async fn until(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("the server says more");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// Reads on to a frame of one of these kinds.
    pub(super) async fn until_either(&mut self, one: u8, other: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("the server says more");
            if frame.kind == one || frame.kind == other {
                return frame;
            }
        }
    }

    /// Reads to the end; the frames of this kind.
    pub(super) async fn rest_of(&mut self, kind: u8) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames.retain(|frame| frame.kind == kind);
        frames
    }

    /// Waits until the connection has ended; after how many seconds.
    pub(super) async fn end(self) -> u64 {
        self.served.await.expect("no panic");
        self.begun.elapsed().as_secs()
    }
}
