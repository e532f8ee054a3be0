//! An answer, read to its end.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    asked: String,
    response: Response<Bytes>,
}

impl Answer {
    pub(super) fn new(asked: String, response: Response<Bytes>) -> Self {
        Self { asked, response }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Insists on a status, and returns the answer.
    ///
    /// # Panics
    ///
    /// Where it has another; with what was asked, and the body.
    #[track_caller]
    pub fn has_status(&self, status: u16) -> &Self {
        assert_eq!(self.status(), status, "{} was answered with {}", self.asked, self.text());
        self
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The first header of this name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// Where it is none in UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        str::from_utf8(self.body()).expect("the body is text in UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// Where it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(self.body()) {
            Ok(value) => value,
            Err(error) => panic!("{} was answered with no JSON ({error}): {:?}", self.asked, self.body()),
        }
    }
}
