//! What a stranger does: guesses, forgeries, garbage, and connections that are left hanging.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use crate::connection::{Connection, From, Tally, dial, request};
use crate::lot::Lots;

pub(crate) struct Stranger {
    address: SocketAddr,
    tally: Arc<Tally>,
}

/// Heads and bodies that stop short; the connection is then left open, or dropped.
const BEGINNINGS: [&str; 4] = [
    "",
    "GET /api/auth/me HT",
    "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 70\r\n\r\n{\"ema",
];

/// A whole login, so that whoever hangs up leaves a hash behind.
const WHOLE: &str = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                     Content-Length: 60\r\n\r\n{\"email\":\"nobody@example.com\",\"password\":\"guessed password\"}";

impl Stranger {
    pub(crate) fn new(address: SocketAddr, tally: Arc<Tally>) -> Self {
        Self { address, tally }
    }

    pub(crate) async fn act(&self, lots: &mut Lots) {
        match lots.draw(8) {
            0..5 => self.ask(lots).await,
            5 => self.hang(lots),
            6 => self.break_off(lots).await,
            _ => {
                let mut stream = dial(self.address, From::Elsewhere).await.expect("let in");
                // The system takes it, and nobody waits for the answer.
                stream.write_all(WHOLE.as_bytes()).await.expect("written");
            }
        }
    }

    async fn ask(&self, lots: &mut Lots) {
        let answer = Connection::new(self.address, From::Elsewhere).send(bad(lots)).await;
        let status = answer.status().as_u16();
        self.tally.count("hostile", status);
        assert!(matches!(status, 400..=499 | 503), "{answer:?}");
    }

    /// A connection on which nothing more comes, or a byte now and then, for longer than the
    /// server puts up with.
    fn hang(&self, lots: &mut Lots) {
        let (address, beginning) = (self.address, beginning(lots));
        tokio::spawn(async move {
            let Ok(mut stream) = dial(address, From::Elsewhere).await else { return };
            if stream.write_all(beginning.as_bytes()).await.is_ok() {
                for _ in 0..12 {
                    sleep(Duration::from_secs(1)).await;
                    if stream.write_all(b"x").await.is_err() {
                        return;
                    }
                }
            }
        });
    }

    async fn break_off(&self, lots: &mut Lots) {
        let mut stream = dial(self.address, From::Elsewhere).await.expect("let in");
        stream.write_all(beginning(lots).as_bytes()).await.expect("written");
    }
}

fn beginning(lots: &mut Lots) -> &'static str {
    BEGINNINGS[usize::try_from(lots.draw(4)).expect("a small number")]
}

fn bad(lots: &mut Lots) -> Request<Bytes> {
    let json = |body: Vec<u8>| {
        let request = request(Method::POST, "/api/auth/login").header("content-type", "application/json");
        request.body(body.into()).unwrap()
    };
    let bytes = |lots: &mut Lots, count: usize| -> Vec<u8> {
        (0..count).map(|_| u8::try_from(lots.draw(256)).expect("a byte")).collect()
    };
    let number = lots.draw(1_000_000);
    match lots.draw(7) {
        0 => json(format!(r#"{{"email":"guess{number}@example.com","password":"password{number}"}}"#).into()),
        1 => json(bytes(lots, 300)),
        2 => json(vec![b' '; 20_000]),
        3 => {
            let token = format!("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ7bnVtYmVyfSJ9.{number}");
            let me = request(Method::GET, "/api/auth/me").header("authorization", token);
            me.body(Bytes::new()).unwrap()
        }
        4 => {
            let cookie = format!("refresh_token={}", "A".repeat(92) + &format!("{number:06}"));
            let refresh = request(Method::POST, "/api/auth/refresh").header("cookie", cookie);
            refresh.body(Bytes::new()).unwrap()
        }
        5 => request(Method::DELETE, "/api/auth/me").body(Bytes::new()).unwrap(),
        _ => request(Method::GET, &format!("/api/auth/{number}")).body(Bytes::new()).unwrap(),
    }
}
