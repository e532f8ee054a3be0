//! One keep-alive HTTP/1.1 connection, of which every answer is read to its end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("no HTTP: {0}")]
    Malformed(#[from] httparse::Error),
    #[error("an answer without a Content-Length")]
    Endless,
    #[error("the connection was closed")]
    Closed,
    #[error("no answer within {PATIENCE:?}")]
    Slow,
    #[error("status {status}: {body}")]
    Refused { status: u16, body: String },
    #[error("{0}")]
    Wrong(&'static str),
}

const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What stands behind `Set-Cookie`.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Connection {
    server: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, stream: None, received: Vec::with_capacity(8192) }
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        timeout(PATIENCE, self.exchange(request)).await.unwrap_or(Err(Failure::Slow))
    }

    /// A kept connection that turns out to be closed is opened anew, once.
    async fn exchange(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        if let Some(stream) = self.stream.take() {
            match self.ask(stream, request).await {
                Err(Failure::Io(_) | Failure::Closed) if self.received.is_empty() => {}
                answer => return answer,
            }
        }
        let stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        self.ask(stream, request).await
    }

    async fn ask(&mut self, mut stream: TcpStream, request: &[u8]) -> Result<Answer, Failure> {
        self.received.clear();
        stream.write_all(request).await?;
        loop {
            if stream.read_buf(&mut self.received).await? == 0 {
                return Err(Failure::Closed);
            }
            if let Some((answer, is_last)) = parse(&self.received)? {
                self.stream = (!is_last).then_some(stream);
                return Ok(answer);
            }
        }
    }
}

/// The answer, if all of it is there, and whether the server closes the connection after it.
fn parse(received: &[u8]) -> Result<Option<(Answer, bool)>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(received)? else { return Ok(None) };
    let (mut length, mut is_last, mut cookies) = (None, false, Vec::new());
    for header in head.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            length = std::str::from_utf8(header.value).ok().and_then(|value| value.parse::<usize>().ok());
        } else if header.name.eq_ignore_ascii_case("connection") {
            is_last = header.value.eq_ignore_ascii_case(b"close");
        } else if header.name.eq_ignore_ascii_case("set-cookie") {
            cookies.push(String::from_utf8_lossy(header.value).into_owned());
        }
    }
    let end = start + length.ok_or(Failure::Endless)?;
    let Some(body) = received.get(start..end) else { return Ok(None) };
    let answer = Answer { status: head.code.unwrap_or_default(), cookies, body: body.to_vec() };
    Ok(Some((answer, is_last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] =
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

    #[test]
    fn an_answer_is_there_once_its_last_byte_is() {
        for end in 0..WHOLE.len() {
            assert!(parse(&WHOLE[..end]).expect("it is HTTP").is_none(), "{end}");
        }
        let (answer, is_last) = parse(WHOLE).expect("it is HTTP").expect("it is whole");
        assert_eq!((answer.status, answer.body.as_slice(), is_last), (200, b"{}".as_slice(), true));
        assert_eq!(answer.cookies, ["a=1; Path=/"]);
    }

    #[test]
    fn an_answer_without_a_length_fails() {
        assert!(matches!(parse(b"HTTP/1.1 200 OK\r\n\r\n"), Err(Failure::Endless)));
    }
}
