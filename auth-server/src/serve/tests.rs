//! Connections without a network, in a time that stands still; the limit over real sockets.

mod http2;

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::Instant;
use tower::service_fn;

use super::*;
use crate::app::guarded;
use crate::config::Mode;
use crate::timely::Timely;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

type Answer = Result<Response<Full<Bytes>>, Infallible>;

async fn hello(_: Request<Incoming>) -> Answer {
    Ok(Response::new(Full::new(Bytes::from_static(b"hello"))))
}

/// The client's end of a connection that is being served.
fn open<S, B>(stopping: &Stopping, service: S) -> (DuplexStream, JoinHandle<()>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (client, ours) = duplex(1_024);
    let served = tokio::spawn(connection(ours, service, Limits::default(), stopping.told()));
    (client, served)
}

async fn until_hello(client: &mut (impl AsyncRead + Unpin)) {
    let mut seen = Vec::new();
    while !seen.ends_with(b"hello") {
        assert_ne!(client.read_buf(&mut seen).await.expect("an answer"), 0, "closed before the answer");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_a_byte_at_a_time_is_cut_off_after_ten_seconds() {
    let stopping = Stopping::new();
    let (mut client, served) = open(&stopping, service_fn(hello));
    let begun = Instant::now();
    for byte in GET.iter().cycle() {
        if client.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    served.await.expect("no panic");
    assert_eq!(begun.elapsed().as_secs(), 11, "ten, and one until the next byte");
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.expect("closed");
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_idles_is_closed_after_ten_seconds() {
    let stopping = Stopping::new();
    let (mut client, served) = open(&stopping, service_fn(hello));
    client.write_all(GET).await.expect("written");
    until_hello(&mut client).await;
    let begun = Instant::now();
    served.await.expect("no panic");
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_and_never_reads_is_cut_off_after_ten_seconds() {
    let stopping = Stopping::new();
    let (mut client, served) = open(&stopping, service_fn(hello));
    let begun = Instant::now();
    while client.write_all(GET).await.is_ok() {}
    served.await.expect("no panic");
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn connections_are_kept_alive() {
    let stopping = Stopping::new();
    let (mut client, _served) = open(&stopping, service_fn(hello));
    for _ in 0..3 {
        client.write_all(GET).await.expect("written");
        until_hello(&mut client).await;
        sleep(Duration::from_secs(9)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_a_byte_at_a_time_is_given_up_after_ten_seconds() {
    let stopping = Stopping::new();
    let service = guarded(service_fn(reads_the_body), Limits::default(), Mode::Test);
    let (client, served) = open(&stopping, service);
    let (mut from_server, mut to_server) = tokio::io::split(client);
    let begun = Instant::now();
    to_server.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n").await.expect("written");
    let dribble = async {
        while to_server.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = String::new();
    let ((), read) = tokio::join!(dribble, from_server.read_to_string(&mut answer));
    read.expect("an answer, and the end");
    served.await.expect("no panic");
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with(r#"{"error":"Request timeout"}"#), "{answer}");
    assert_eq!(begun.elapsed().as_secs(), 11, "ten, and one until the next byte");
}

async fn reads_the_body(request: Request<Timely<Incoming>>) -> Answer {
    let complete = request.into_body().collect().await.is_ok();
    Ok(Response::new(Full::new(Bytes::from_static(if complete { b"all of it" } else { b"a part" }))))
}

#[tokio::test(start_paused = true)]
async fn idle_connections_end_at_once_when_the_server_stops() {
    let stopping = Stopping::new();
    let (mut used, _) = open(&stopping, service_fn(hello));
    let (_unused, _) = open(&stopping, service_fn(hello));
    used.write_all(GET).await.expect("written");
    until_hello(&mut used).await;
    let begun = Instant::now();
    stopping.tell().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_request_in_flight_is_answered_when_the_server_stops() {
    let stopping = Stopping::new();
    let slow = service_fn(async |request| {
        sleep(Duration::from_secs(5)).await;
        hello(request).await
    });
    let (mut client, served) = open(&stopping, slow);
    client.write_all(GET).await.expect("written");
    yield_now().await;
    let begun = Instant::now();
    tokio::join!(stopping.tell(), until_hello(&mut client));
    served.await.expect("no panic");
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn beyond_the_limit_connections_wait_their_turn() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (entered, gate, inside) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let service = service_fn({
        let (entered, gate, inside) = (Arc::clone(&entered), Arc::clone(&gate), Arc::clone(&inside));
        move |request| {
            let (entered, gate, inside) = (Arc::clone(&entered), Arc::clone(&gate), Arc::clone(&inside));
            async move {
                entered.fetch_add(1, Ordering::SeqCst);
                inside.notify_one();
                gate.notified().await;
                hello(request).await
            }
        }
    });
    let stop = Arc::new(Notify::new());
    let limits = Limits { connections: 1, ..Limits::default() };
    let served = tokio::spawn({
        let stop = Arc::clone(&stop);
        async move { serve(listener, service, limits, stop.notified()).await }
    });

    let mut first = TcpStream::connect(address).await.expect("let in");
    first.write_all(GET).await.expect("written");
    inside.notified().await;
    let mut second = TcpStream::connect(address).await.expect("the system lets it in");
    second.write_all(GET).await.expect("the system takes it");
    for _ in 0..1_000 {
        yield_now().await;
    }
    assert_eq!(entered.load(Ordering::SeqCst), 1, "the second waits");

    gate.notify_one();
    until_hello(&mut first).await;
    drop(first);
    inside.notified().await;
    gate.notify_one();
    until_hello(&mut second).await;
    stop.notify_one();
    served.await.expect("no panic");
}

#[tokio::test]
async fn every_request_says_from_where_it_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("let in");
    client.write_all(GET).await.expect("the system takes it");
    let (told, inside) = (Arc::new(std::sync::Mutex::new(None)), Arc::new(Notify::new()));
    let service = service_fn({
        let (told, inside) = (Arc::clone(&told), Arc::clone(&inside));
        move |request: Request<Incoming>| {
            *told.lock().expect("no panic") = request.extensions().get().copied();
            inside.notify_one();
            hello(request)
        }
    });
    serve(listener, service, Limits::default(), inside.notified()).await;
    let ours = client.local_addr().expect("an address").ip();
    assert_eq!(*told.lock().expect("no panic"), Some(ClientAddress(ours)));
}

#[tokio::test]
async fn what_is_still_busy_when_time_is_up_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("let in");
    client.write_all(GET).await.expect("the system takes it");
    let inside = Arc::new(Notify::new());
    let service = service_fn({
        let inside = Arc::clone(&inside);
        move |_| {
            inside.notify_one();
            std::future::pending::<Answer>()
        }
    });
    // It returns although the request is never answered.
    let limits = Limits { shutdown: Duration::from_millis(20), ..Limits::default() };
    serve(listener, service, limits, inside.notified()).await;
}
