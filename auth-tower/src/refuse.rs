//! From a denial to its answer, the same in the routes and in the guards.

use std::error::Error;
use std::fmt;

use auth_core::{Fault, Refusal};
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Serialize;

use crate::body::AuthBody;
use crate::status::{self, Denial, Rejection, Row};

/// After how many seconds a client may try again.
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");

/// The one form that errors have.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Error))]
pub(crate) struct Sentence<'a> {
    /// One sentence, which says what to do about it where something can be done.
    pub(crate) error: &'a str,
}

/// An answer with a JSON body and the headers that every answer of this crate has.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<AuthBody> {
    bytes(status, serde_json::to_vec(body).expect("plain structs of text are JSON"))
}

/// The same, of a body that is JSON already.
pub(crate) fn bytes(status: StatusCode, json: impl Into<Bytes>) -> Response<AuthBody> {
    let bytes = json.into();
    let length = bytes.len();
    let mut response = Response::new(AuthBody::full(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Said here and not left to the server, so that HEAD says it too.
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The answer to a request that is denied. An accident is logged here, and nowhere else; `at` says
/// in the log what it happened to.
pub(crate) fn denied(denial: &Denial, at: &'static str) -> Response<AuthBody> {
    match denial {
        Denial::Refused(refusal) => refused(*refusal),
        Denial::Rejected(rejection) => rejected(*rejection),
        Denial::Failed(fault) => failed(fault, at),
    }
}

fn refused(refusal: Refusal) -> Response<AuthBody> {
    let mut response = answer(&status::of_refusal(refusal));
    if let Refusal::TooManyAttempts { retry_after } = refusal {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after.seconds()));
    }
    response
}

fn rejected(rejection: Rejection) -> Response<AuthBody> {
    let mut response = answer(&status::of_rejection(rejection));
    if let Rejection::MethodNotAllowed(methods) = rejection {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    }
    response
}

fn failed(fault: &Fault, at: &'static str) -> Response<AuthBody> {
    tracing::error!(at, cause = %Causes(fault), "a request could not be answered");
    let mut response = answer(&status::of_fault(fault));
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, RETRY_SOON);
    }
    response
}

fn answer(row: &Row) -> Response<AuthBody> {
    let mut response = json(row.status, &Sentence { error: &row.sentence });
    #[cfg(feature = "grpc")]
    crate::grpc::mark(&mut response, &row.sentence);
    if let Some(challenge) = row.challenge.header() {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

/// Takes the body off an answer to `HEAD` (RFC 9110 §9.3.2); its headers stay as for `GET`.
pub(crate) fn fit(method: &Method, mut response: Response<AuthBody>) -> Response<AuthBody> {
    if method == Method::HEAD {
        *response.body_mut() = AuthBody::default();
    }
    response
}

/// An error and the causes behind it, in one line.
struct Causes<'a>(&'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth_core::RetryAfter;
    use auth_core::store::StoreError;

    use super::*;

    #[test]
    fn a_fault_is_told_with_its_causes() {
        let fault = Fault::from(StoreError::unavailable("connection refused"));
        assert_eq!(
            Causes(&fault).to_string(),
            "the store failed: the store is unavailable: connection refused"
        );
    }

    #[test]
    fn who_tried_too_often_is_told_how_long_to_wait() {
        let retry_after = RetryAfter::at_least(Duration::from_millis(6_001));
        let throttled = denied(&Refusal::TooManyAttempts { retry_after }.into(), "test");
        assert_eq!(throttled.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(throttled.headers()[RETRY_AFTER], "7");
    }

    #[test]
    fn only_what_may_pass_says_when_to_try_again() {
        let busy = denied(&Denial::Failed(Fault::Busy), "test");
        assert_eq!(busy.headers()[RETRY_AFTER], "1");
        let broken = denied(&Denial::Failed(Fault::Internal("x")), "test");
        assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!broken.headers().contains_key(RETRY_AFTER));
    }
}
