//! One line for each request, and the id by which its other lines are found.

use std::fmt;

use http::{Request, Response};
use tokio::time::Instant;
use uuid::Uuid;

/// The id of a request: in each of its lines, and in the answer as `x-request-id`.
///
/// Always of our own making. One that the client sends is not taken over: it would let a stranger
/// write into the log, and pass one request off as another.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A new one; later ones sort after earlier ones.
    #[expect(clippy::new_without_default, reason = "each one is another")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The line about a request, written when it has been answered, or when the client has gone.
///
/// It holds no header, no body and no query: any of them may be a secret.
#[derive(Debug)]
pub struct AccessLine {
    method: String,
    path: String,
    begun: Instant,
    status: Option<u16>,
}

impl AccessLine {
    /// Takes down what was asked.
    pub fn begin<B>(request: &Request<B>) -> Self {
        Self {
            method: printable(request.method().as_str(), 16),
            path: printable(request.uri().path(), 200),
            begun: Instant::now(),
            status: None,
        }
    }

    /// Writes the line, and hands the answer back.
    pub fn end<B>(mut self, response: Response<B>) -> Response<B> {
        self.status = Some(response.status().as_u16());
        response
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let Self { method, path, begun, status } = self;
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        match status {
            Some(status) => {
                tracing::info!(target: "auth_server::access", method, path, status, micros, "answered");
            }
            None => {
                tracing::info!(target: "auth_server::access", method, path, micros, "the client went away");
            }
        }
    }
}

/// At most so many characters of what a client has sent, none of which a terminal would obey.
fn printable(text: &str, most: usize) -> String {
    text.chars().take(most).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_left_out_and_control_characters_are_escaped() {
        let request = Request::get("/a\u{9b}31m?token=hunter2").body(()).expect("http admits these bytes");
        let line = AccessLine::begin(&request);
        assert_eq!(line.path, "/a\\u{9b}31m");
        assert_eq!(line.method, "GET");
    }

    #[test]
    fn a_long_path_is_cut() {
        let request = Request::get(format!("/{}", "a".repeat(500))).body(()).expect("a request");
        assert_eq!(AccessLine::begin(&request).path.len(), 200);
    }
}
