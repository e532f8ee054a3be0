//! HTTP/2, frame by frame. Time is tokio's, and stands still.

mod hostile;
mod wire;

use http_body_util::Either;

use super::*;
use wire::{
    ACK, Client, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, frame, get,
    reset,
};

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
    let last = client.rest_of(GOAWAY).await;
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
