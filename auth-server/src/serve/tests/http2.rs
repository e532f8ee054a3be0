//! HTTP/2 by hand: frames that no honest client sends, and clients that keep a connection for
//! nothing. Time is tokio's, and stands still.

use http_body_util::Either;
use tokio::io::{ReadHalf, WriteHalf, split};

use super::*;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

/// `GET http://x/`, in the numbers of RFC 7541's tables.
const GET_X: &[u8] = b"\x82\x86\x84\x41\x01x";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, GET_X)
}

fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

/// What the server sent.
#[derive(Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    /// The reason of a reset or a farewell.
    fn reason(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().expect("four bytes"))
    }
}

/// A client that has introduced itself, with these settings.
struct Client {
    from_server: ReadHalf<DuplexStream>,
    to_server: WriteHalf<DuplexStream>,
    served: JoinHandle<()>,
    begun: Instant,
}

impl Client {
    async fn open<S, B>(stopping: &Stopping, service: S, settings: &[u8]) -> Self
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

    async fn send(&mut self, bytes: &[u8]) {
        self.to_server.write_all(bytes).await.expect("the server reads");
    }

    /// Says the same again and again until the server has had enough.
    async fn insist(mut to_server: WriteHalf<DuplexStream>, bytes: Vec<u8>, pause: Duration) {
        while to_server.write_all(&bytes).await.is_ok() {
            sleep(pause).await;
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.from_server.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.from_server.read_exact(&mut payload).await.ok()?;
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }

    /// Reads on to a frame of this kind.
    async fn until(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("the server says more");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// Reads on to a frame of one of these kinds.
    async fn until_either(&mut self, one: u8, other: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("the server says more");
            if frame.kind == one || frame.kind == other {
                return frame;
            }
        }
    }

    /// Reads to the end, and gives the frames of this kind.
    async fn to_the_end(&mut self, kind: u8) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames.retain(|frame| frame.kind == kind);
        frames
    }

    /// Waits until the connection has ended; after how many seconds.
    async fn end(self) -> u64 {
        self.served.await.expect("no panic");
        self.begun.elapsed().as_secs()
    }
}

#[tokio::test(start_paused = true)]
async fn http_2_is_spoken_where_the_client_begins_with_it() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), b"").await;
    client.send(&get(1)).await;
    // 8 is `:status: 200` in the static table.
    assert_eq!(client.until(HEADERS).await.payload[0], 0x88);
    let body = client.until(DATA).await;
    assert_eq!((body.payload.as_slice(), body.flags), (b"hello".as_slice(), END_STREAM));
}

#[tokio::test(start_paused = true)]
async fn the_bounds_are_announced() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), b"").await;
    let settings = client.until(SETTINGS).await.payload;
    let settings: Vec<_> = settings
        .chunks(6)
        .map(|setting| {
            let value = u32::from_be_bytes(setting[2..].try_into().expect("four bytes"));
            (u16::from_be_bytes([setting[0], setting[1]]), value)
        })
        .collect();
    // Streams at a time, window of a stream, list of header fields.
    for bound in [(3, 64), (4, 32 * 1024), (6, 16 * 1024)] {
        assert!(settings.contains(&bound), "{bound:?} in {settings:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_sixty_fifth_request_at_a_time_is_refused() {
    let stopping = Stopping::new();
    let service = service_fn(|_| std::future::pending::<Answer>());
    let mut client = Client::open(&stopping, service, b"").await;
    for nth in 0..65 {
        client.send(&get(nth * 2 + 1)).await;
    }
    let refused = client.until(RST_STREAM).await;
    assert_eq!((refused.stream, refused.reason()), (129, REFUSED_STREAM));
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_and_takes_it_back_again_and_again_is_sent_away() {
    let stopping = Stopping::new();
    let service = service_fn(|_| std::future::pending::<Answer>());
    let mut client = Client::open(&stopping, service, b"").await;
    for stream in (1..10_000).step_by(2) {
        if client.to_server.write_all(&[get(stream), reset(stream)].concat()).await.is_err() {
            break;
        }
    }
    let farewell = client.to_the_end(GOAWAY).await;
    assert_eq!(farewell.last().map(Frame::reason), Some(ENHANCE_YOUR_CALM), "{farewell:?}");
    assert_eq!(client.end().await, 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_makes_us_reset_again_and_again_is_sent_away() {
    let stopping = Stopping::new();
    let service = service_fn(|_| std::future::pending::<Answer>());
    let mut client = Client::open(&stopping, service, b"").await;
    for stream in (1..10_000).step_by(2) {
        // More than a window can be: a mistake that costs the request, and nothing else.
        let mistake = frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffff_u32.to_be_bytes());
        if client.to_server.write_all(&[get(stream), mistake].concat()).await.is_err() {
            break;
        }
    }
    let farewell = client.to_the_end(GOAWAY).await;
    assert_eq!(farewell.last().map(Frame::reason), Some(ENHANCE_YOUR_CALM), "{farewell:?}");
    assert_eq!(client.end().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_goes_on_and_on_is_cut_off() {
    // Empty ones, and ones with another field each.
    for more in [b"".as_slice(), b"\x00\x01a\x01b"] {
        let stopping = Stopping::new();
        let mut client = Client::open(&stopping, service_fn(hello), b"").await;
        client.send(&frame(HEADERS, END_STREAM, 1, GET_X)).await;
        for nth in 0.. {
            if client.to_server.write_all(&frame(CONTINUATION, 0, 1, more)).await.is_err() {
                break;
            }
            assert!(nth < 1_000, "it goes on for ever");
        }
        let farewell = client.to_the_end(GOAWAY).await;
        assert_eq!(farewell.last().map(Frame::reason), Some(ENHANCE_YOUR_CALM), "{farewell:?}");
        assert_eq!(client.end().await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_of_more_than_sixteen_kibibytes_is_answered_with_431() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), b"").await;
    // Eight fields of 2,100 bytes: `x` and a value of 127 + 0x00b5 + … bytes (RFC 7541 §5.1).
    let field = [b"\x00\x01x\x7f\xb5\x0f".as_slice(), &[b'a'; 2_100]].concat();
    let (first, second) = ([GET_X, &field.repeat(4)].concat(), field.repeat(4));
    client.send(&frame(HEADERS, END_STREAM, 1, &first)).await;
    client.send(&frame(CONTINUATION, END_HEADERS, 1, &second)).await;
    let answer = client.until(HEADERS).await;
    // `:status` by its number in the static table, and 431 in Huffman's code.
    assert_eq!(answer.payload, b"\x48\x83\x69\x90\xff");
    // And the connection goes on.
    client.send(&get(3)).await;
    assert_eq!(client.until(DATA).await.payload, b"hello");
}

#[tokio::test(start_paused = true)]
async fn a_preface_that_comes_a_byte_at_a_time_is_cut_off_after_ten_seconds() {
    let stopping = Stopping::new();
    let (mut client, served) = open(&stopping, service_fn(hello));
    let begun = Instant::now();
    for byte in PREFACE {
        if client.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    served.await.expect("no panic");
    assert_eq!(begun.elapsed().as_secs(), 11, "ten, and one until the next byte");
}

/// Whatever a client says over and over, it is no request: for how many seconds it is let.
async fn patience_with(before: &[u8], again: Vec<u8>, pause: Duration) -> u64 {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), b"").await;
    client.send(before).await;
    let Client { mut from_server, to_server, served, begun } = client;
    let talks = Client::insist(to_server, again, pause);
    let mut answers = Vec::new();
    let ((), read) = tokio::join!(talks, from_server.read_to_end(&mut answers));
    read.expect("the end");
    served.await.expect("no panic");
    begun.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn whoever_talks_and_asks_nothing_is_cut_off_after_ten_seconds() {
    let second = Duration::from_secs(1);
    // One second for the farewell, and one until the next frame.
    for (what, before, again) in [
        ("pings", Vec::new(), frame(PING, 0, 0, &[0; 8])),
        ("settings", Vec::new(), frame(SETTINGS, 0, 0, b"")),
        ("windows", Vec::new(), frame(WINDOW_UPDATE, 0, 0, &1_u32.to_be_bytes())),
        ("priorities", Vec::new(), frame(2, 0, 1, &[0, 0, 0, 0, 1])),
        ("unknown frames", Vec::new(), frame(0xfa, 0, 0, b"x")),
        ("a long frame", frame(HEADERS, END_STREAM, 1, &[0x82; 16_384])[..9].to_vec(), vec![0x82]),
        ("a body that nobody wants", frame(HEADERS, END_HEADERS, 1, GET_X), frame(DATA, 0, 1, b"x")),
    ] {
        let patience = patience_with(&before, again, second).await;
        assert!((10..=12).contains(&patience), "{what}: {patience}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_floods_us_and_reads_no_reply_is_cut_off_after_ten_seconds() {
    for flood in [frame(PING, 0, 0, &[0; 8]), frame(SETTINGS, 0, 0, b"")] {
        let stopping = Stopping::new();
        let client = Client::open(&stopping, service_fn(hello), b"").await;
        // Held, and not read.
        let Client { from_server: _unread, mut to_server, served, begun } = client;
        while to_server.write_all(&flood).await.is_ok() {}
        served.await.expect("no panic");
        assert!((10..=12).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    }
}

/// `SETTINGS_INITIAL_WINDOW_SIZE` of none: no answer's body may be sent.
const NO_WINDOW: &[u8] = &[0, 4, 0, 0, 0, 0];

#[tokio::test(start_paused = true)]
async fn whoever_opens_no_window_is_cut_off_after_ten_seconds() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), NO_WINDOW).await;
    client.send(&get(1)).await;
    assert_eq!(client.to_the_end(DATA).await.len(), 0);
    assert!((10..=12).contains(&client.end().await));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_kept_for_longer_because_others_are_asked_for() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), NO_WINDOW).await;
    client.send(&get(1)).await;
    let mut took_back = None;
    for stream in (3..100).step_by(2) {
        sleep(Duration::from_secs(1)).await;
        client.send(&get(stream)).await;
        let frame = client.until_either(HEADERS, RST_STREAM).await;
        if frame.kind == RST_STREAM {
            took_back = Some((frame.stream, client.begun.elapsed().as_secs()));
            break;
        }
    }
    let (stream, after) = took_back.expect("it is given up");
    assert_eq!(stream, 1);
    assert!((25..=26).contains(&after), "fifteen for the answer, and ten to read it: {after}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_idles_is_bidden_farewell_after_ten_seconds() {
    let stopping = Stopping::new();
    let mut client = Client::open(&stopping, service_fn(hello), b"").await;
    for stream in [1, 3, 5] {
        client.send(&get(stream)).await;
        client.until(DATA).await;
        sleep(Duration::from_secs(9)).await;
    }
    let farewell = client.until(GOAWAY).await;
    assert_eq!((farewell.reason(), client.begun.elapsed().as_secs()), (0, 28));
    let question = client.until(PING).await;
    // Asked before the farewell was heard: still answered.
    client.send(&get(7)).await;
    assert_eq!(client.until(DATA).await.payload, b"hello");
    client.send(&frame(PING, ACK, 0, &question.payload)).await;
    let last = client.to_the_end(GOAWAY).await;
    let heard: Vec<_> = last.iter().map(|farewell| &farewell.payload[..4]).collect();
    assert_eq!(heard, [[0, 0, 0, 7]], "and told that it was");
    assert_eq!(client.end().await, 28);
}

#[tokio::test(start_paused = true)]
async fn a_request_in_flight_on_http_2_is_answered_when_the_server_stops() {
    let stopping = Stopping::new();
    let slow = service_fn(async |request| {
        sleep(Duration::from_secs(5)).await;
        hello(request).await
    });
    let mut client = Client::open(&stopping, slow, b"").await;
    let idle = Client::open(&stopping, service_fn(hello), b"").await;
    client.send(&get(1)).await;
    sleep(Duration::from_secs(1)).await;
    let reads = async {
        client.until(GOAWAY).await;
        assert_eq!(client.until(DATA).await.payload, b"hello");
        client.end().await
    };
    let ((), took, idled) = tokio::join!(stopping.tell(), reads, idle.end());
    assert!((5..=6).contains(&took), "{took}");
    assert!((1..=2).contains(&idled), "{idled}");
}

/// Tells when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_taken_back_or_whose_client_goes_away_is_dropped_at_once() {
    for goes_away in [reset(1), frame(GOAWAY, 0, 0, &[0; 8])] {
        let (stopping, inside, gone) = (Stopping::new(), Arc::new(Notify::new()), Arc::new(Notify::new()));
        let service = service_fn({
            let (inside, gone) = (Arc::clone(&inside), Arc::clone(&gone));
            move |_| {
                let held = Dropped(Arc::clone(&gone));
                inside.notify_one();
                async move {
                    let _held = held;
                    std::future::pending::<Answer>().await
                }
            }
        });
        let mut client = Client::open(&stopping, service, b"").await;
        client.send(&get(1)).await;
        inside.notified().await;
        client.send(&goes_away).await;
        let begun = client.begun;
        if goes_away[3] == GOAWAY {
            drop(client);
        }
        gone.notified().await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}

/// A body that panics when it is to be sent.
#[derive(Debug)]
struct Trap;

impl Body for Trap {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        panic!("on purpose")
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_panics_while_it_is_sent_takes_no_other_with_it() {
    let stopping = Stopping::new();
    let service = service_fn(async |request: Request<Incoming>| {
        let hello = Either::Right(Full::new(Bytes::from_static(b"hello")));
        let body = if request.uri().path() == "/trap" { Either::Left(Trap) } else { hello };
        Ok::<_, Infallible>(Response::new(body))
    });
    let mut client = Client::open(&stopping, service, b"").await;
    client.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x82\x86\x44\x05/trap\x41\x01x")).await;
    assert_eq!(client.until(RST_STREAM).await.stream, 1);
    client.send(&get(3)).await;
    assert_eq!(client.until(DATA).await.payload, b"hello");

    // On HTTP/1 there is but one request at a time, and it ends with its connection.
    let (mut client, served) = open(&stopping, service);
    client.write_all(b"GET /trap HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("written");
    assert_eq!(client.read_to_end(&mut Vec::new()).await.expect("the end"), 0);
    assert!(served.await.expect_err("it is told").is_panic());
    let (mut client, _served) = open(&stopping, service);
    client.write_all(GET).await.expect("written");
    until_hello(&mut client).await;
}
