//! Frames that no honest client sends, and clients that keep a connection for nothing.

use super::wire::{
    CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, Frame, GET_X, GOAWAY, HEADERS, PING, PREFACE,
    RST_STREAM, SETTINGS, WINDOW_UPDATE, frame, get, reset,
};
use super::*;

const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

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
    let farewell = client.rest_of(GOAWAY).await;
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
    let farewell = client.rest_of(GOAWAY).await;
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
        let farewell = client.rest_of(GOAWAY).await;
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
    assert_eq!(client.rest_of(DATA).await.len(), 0);
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
