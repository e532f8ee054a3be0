//! Answers, whole: the status, all headers, the body to the byte.

use http::{HeaderMap, Response};
use http_body_util::BodyExt;

const CLEARED: &str = "refresh_token=; HttpOnly; SameSite=Strict; Secure; Path=/api/auth; Max-Age=0";

/// All of an answer: its status, its headers sorted by name, its body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// What is expected, with the headers that every answer has.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        let answer = Self { status, headers: Vec::new(), body: body.to_owned() };
        answer
            .with("cache-control", "no-store")
            .with("content-length", &body.len().to_string())
            .with("content-type", "application/json")
            .with("x-content-type-options", "nosniff")
    }

    /// A refusal.
    pub(crate) fn refused(status: u16, sentence: &str) -> Self {
        Self::json(status, &format!(r#"{{"error":"{sentence}"}}"#))
    }

    /// A bearer token was sent, and is not good.
    pub(crate) fn bad_token() -> Self {
        Self::refused(401, "Invalid or expired token")
            .with("www-authenticate", r#"Bearer error="invalid_token""#)
    }

    /// No bearer token was sent.
    pub(crate) fn no_token() -> Self {
        Self::refused(401, "Access token required").with("www-authenticate", "Bearer")
    }

    /// A cookie was sent, and is not good.
    pub(crate) fn bad_cookie() -> Self {
        Self::refused(401, "Invalid or expired token").with("www-authenticate", "Bearer").clearing()
    }

    /// No cookie was sent.
    pub(crate) fn no_cookie() -> Self {
        Self::refused(401, "Refresh token required").with("www-authenticate", "Bearer")
    }

    /// Whatever cookie it was, it is gone.
    pub(crate) fn logged_out() -> Self {
        Self::json(200, r#"{"message":"Logged out successfully"}"#).clearing()
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self.headers.sort();
        self
    }

    /// As for `HEAD`: the same without its body.
    pub(crate) fn without_body(mut self) -> Self {
        self.body.clear();
        self
    }

    fn clearing(self) -> Self {
        self.with("set-cookie", CLEARED)
    }

    pub(crate) async fn of<B: http_body::Body<Error: std::fmt::Debug>>(response: Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: sorted(&parts.headers),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// The value of `Set-Cookie` that is about the refresh token.
    pub(crate) fn refresh_cookie(&self) -> Option<&str> {
        let cookies = self.headers.iter().filter(|(header, _)| header == "set-cookie");
        cookies.map(|(_, value)| value.as_str()).find(|value| value.starts_with("refresh_token="))
    }
}

fn sorted(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let mut headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    headers.sort();
    headers
}
