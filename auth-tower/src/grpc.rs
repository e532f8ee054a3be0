//! gRPC: the same refusals, said in its words.
//!
//! A gRPC client looks for `grpc-status`, and takes an HTTP 401 with JSON for a broken proxy. The table
//! is [`code`].

use std::fmt::Write;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{AuthBody, LayerBody};

/// Turns the refusals of guards and routes into gRPC's: put it around them.
///
/// | refusal | `grpc-status` |
/// |---|---|
/// | 400, such as two tokens at once | 3, `INVALID_ARGUMENT` |
/// | 401 | 16, `UNAUTHENTICATED` |
/// | 403 | 7, `PERMISSION_DENIED` |
/// | 429 | 8, `RESOURCE_EXHAUSTED` |
/// | 503 | 14, `UNAVAILABLE` |
/// | 500 and all others | 13, `INTERNAL` |
///
/// A refusal then is `200`, `application/grpc` and trailers only, its sentence in `grpc-message`; where it
/// says when to try again, `grpc-retry-pushback-ms` says so too. Answers of the application pass
/// through untouched, and so does every answer to a request that is not gRPC, so it may also stand around a
/// server that speaks both.
///
/// The service finds an [`Identity`](auth_core::Identity) in the request's extensions, in tonic as well:
///
/// ```
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::{GrpcRefusals, RequireAuth};
/// use tower::ServiceBuilder;
///
/// # let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
/// let guard = ServiceBuilder::new().layer(GrpcRefusals).layer(RequireAuth::new(auth).current());
/// // tonic::transport::Server::builder().layer(guard).add_service(…)
/// # let _ = guard;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
///
/// The layer can only tell those refusals from other answers that still have their extensions.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrpcRefusals;

/// A service whose refusals are gRPC's; made by [`GrpcRefusals`].
#[derive(Clone, Copy, Debug)]
pub struct GrpcRefused<I> {
    inner: I,
}

/// In the extensions of an answer of this crate that is a refusal: its sentence.
#[derive(Clone)]
struct Refused(HeaderValue);

/// Marks a refusal, so that the layer knows it for one.
pub(crate) fn mark(response: &mut Response<AuthBody>, sentence: &str) {
    response.extensions_mut().insert(Refused(message(sentence)));
}

impl<I> Layer<I> for GrpcRefusals {
    type Service = GrpcRefused<I>;

    fn layer(&self, inner: I) -> GrpcRefused<I> {
        GrpcRefused { inner }
    }
}

impl<I, B, R> Service<Request<B>> for GrpcRefused<I>
where
    I: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<LayerBody<R>>;
    type Error = I::Error;
    type Future = GrpcFuture<I::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let spoken = Spoken::by(request.headers());
        GrpcFuture { spoken, future: self.inner.call(request) }
    }
}

/// What a request speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoken {
    Grpc,
    Other,
}

impl Spoken {
    fn by(headers: &HeaderMap) -> Self {
        let media_type = headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        let is_grpc = match media_type.strip_prefix(b"application/grpc") {
            Some(rest) => matches!(rest.first(), None | Some(b'+' | b';')),
            None => false,
        };
        if is_grpc { Self::Grpc } else { Self::Other }
    }
}

pin_project_lite::pin_project! {
    /// The answer of a [`GrpcRefused`] service on its way.
    #[derive(Debug)]
    pub struct GrpcFuture<F> {
        spoken: Spoken,
        #[pin]
        future: F,
    }
}

impl<F, R, E> Future for GrpcFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<LayerBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.future.poll(context))?;
        Poll::Ready(Ok(match (*this.spoken, response.extensions().get::<Refused>().cloned()) {
            (Spoken::Grpc, Some(Refused(message))) => translated(&response, message).map(LayerBody::own),
            _ => response.map(LayerBody::inner),
        }))
    }
}

/// A refusal as trailers only (gRPC over HTTP/2, "Responses"): one block of headers, and no body.
fn translated<R>(refusal: &Response<R>, message: HeaderValue) -> Response<AuthBody> {
    let mut response = Response::new(AuthBody::default());
    let headers = response.headers_mut();
    headers.clone_from(refusal.headers());
    for name in [CONTENT_LENGTH, X_CONTENT_TYPE_OPTIONS] {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", HeaderValue::from(code(refusal.status())));
    headers.insert("grpc-message", message);
    let seconds = headers.get(RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.parse::<u32>().ok());
    if let Some(seconds) = seconds {
        headers.insert("grpc-retry-pushback-ms", HeaderValue::from(u64::from(seconds) * 1_000));
    }
    response
}

/// The table: what a status of this crate is in gRPC.
fn code(status: StatusCode) -> u16 {
    match status {
        StatusCode::BAD_REQUEST => 3,
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::TOO_MANY_REQUESTS => 8,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        _ => 13,
    }
}

/// A sentence as `grpc-message` has it: printable ASCII as it is, all else and `%` percent-encoded.
fn message(sentence: &str) -> HeaderValue {
    let mut encoded = String::with_capacity(sentence.len());
    for byte in sentence.bytes() {
        let written = match byte {
            b' '..=b'~' if byte != b'%' => encoded.write_char(char::from(byte)),
            _ => write!(encoded, "%{byte:02X}"),
        };
        written.expect("a String takes whatever is written");
    }
    HeaderValue::try_from(encoded).expect("printable ASCII is a header's value")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth_core::{Fault, Refusal, RetryAfter};
    use http_body::Body;

    use crate::refuse;
    use crate::status::{Denial, Rejection};

    use super::*;

    /// All of what becomes of a refusal, in the order of the headers' names.
    fn told(denial: &Denial) -> Vec<String> {
        let refusal = refuse::denied(denial, "test");
        let Refused(message) = refusal.extensions().get::<Refused>().cloned().expect("it is marked");
        let response = translated(&refusal, message);
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.body().is_end_stream());
        let shown = |(name, value): (&http::HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().expect("text"))
        };
        let mut told: Vec<_> = response.headers().iter().map(shown).collect();
        told.sort();
        told
    }

    fn expected(more: &[&str]) -> Vec<String> {
        let always = ["cache-control: no-store", "content-type: application/grpc"];
        let mut all: Vec<_> = always.iter().chain(more).map(|line| (*line).to_owned()).collect();
        all.sort();
        all
    }

    #[test]
    fn each_refusal_has_its_status() {
        let retry_after = RetryAfter::at_least(Duration::from_secs(7));
        let refusals: [(Denial, &[&str]); 7] = [
            (
                Rejection::AccessTokenRequired.into(),
                &["grpc-message: Access token required", "grpc-status: 16", "www-authenticate: Bearer"],
            ),
            (
                Refusal::InvalidAccessToken.into(),
                &[
                    "grpc-message: Invalid or expired token",
                    "grpc-status: 16",
                    "www-authenticate: Bearer error=\"invalid_token\"",
                ],
            ),
            (Refusal::InsufficientRole.into(), &["grpc-message: Insufficient permissions", "grpc-status: 7"]),
            (
                Rejection::RepeatedAuthorization.into(),
                &["grpc-message: Authorization must be sent only once", "grpc-status: 3"],
            ),
            (
                Refusal::TooManyAttempts { retry_after }.into(),
                &[
                    "grpc-message: Too many attempts, try again later",
                    "grpc-retry-pushback-ms: 7000",
                    "grpc-status: 8",
                    "retry-after: 7",
                ],
            ),
            (
                Denial::Failed(Fault::Busy),
                &[
                    "grpc-message: Service unavailable",
                    "grpc-retry-pushback-ms: 1000",
                    "grpc-status: 14",
                    "retry-after: 1",
                ],
            ),
            (
                Denial::Failed(Fault::Internal("a word that nobody may see")),
                &["grpc-message: Internal server error", "grpc-status: 13"],
            ),
        ];
        for (denial, lines) in refusals {
            assert_eq!(told(&denial), expected(lines), "{denial:?}");
        }
    }

    #[test]
    fn grpc_is_told_by_its_media_type() {
        let spoken = |text: &'static str| {
            Spoken::by(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(text))]))
        };
        for grpc in ["application/grpc", "application/grpc+proto", "application/grpc;x=1"] {
            assert_eq!(spoken(grpc), Spoken::Grpc, "{grpc}");
        }
        for other in ["application/json", "application/grpc-web", "application/grp", ""] {
            assert_eq!(spoken(other), Spoken::Other, "{other}");
        }
        assert_eq!(Spoken::by(&HeaderMap::new()), Spoken::Other);
    }

    #[test]
    fn a_message_is_percent_encoded() {
        assert_eq!(message("100% of \u{fc}\n"), "100%25 of %C3%BC%0A");
    }
}
