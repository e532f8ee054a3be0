//! `/metrics`, on a port of its own.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE as TEXT, encode};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tower::service_fn;

use crate::answer;
use crate::serve::{Limits, serve};

/// Whoever collects figures needs one connection, and those who look by hand another.
const CONNECTIONS: usize = 16;

/// Serves the figures for as long as it is polled.
pub async fn serve_metrics(listener: TcpListener, registry: Registry) -> Infallible {
    let registry = Arc::new(registry);
    let service = service_fn(move |request| {
        let registry = Arc::clone(&registry);
        async move { Ok::<_, Infallible>(answered(&request, &registry)) }
    });
    let limits = Limits { connections: CONNECTIONS, ..Limits::default() };
    // It goes on while the server finishes what is in flight: that is worth watching, too.
    serve(listener, service, limits, pending()).await;
    pending().await
}

fn answered<B>(request: &Request<B>, registry: &Registry) -> Response<Full<Bytes>> {
    if request.uri().path() != "/metrics" {
        return answer::error(StatusCode::NOT_FOUND, "Not found");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return answer::wrong_method("GET, HEAD");
    }
    let mut text = String::new();
    if let Err(error) = encode(&mut text, registry) {
        tracing::error!(%error, "the metrics could not be written down");
        return answer::broken();
    }
    let mut response = answer::json(StatusCode::OK, Bytes::new());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    if request.method() == Method::GET {
        *response.body_mut() = text.into();
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, path: &str) -> Response<Full<Bytes>> {
        let request = Request::builder().method(method).uri(path).body(()).expect("a request");
        answered(&request, &Registry::default())
    }

    #[test]
    fn there_is_one_page_and_it_is_read_and_not_written() {
        let page = ask(Method::GET, "/metrics");
        assert_eq!(
            (page.status(), &page.headers()[CONTENT_TYPE]),
            (StatusCode::OK, &TEXT.parse().expect("text"))
        );
        assert_eq!(ask(Method::HEAD, "/metrics").status(), StatusCode::OK);
        assert_eq!(ask(Method::POST, "/metrics").status(), StatusCode::METHOD_NOT_ALLOWED);
        for path in ["/", "/metrics/", "/Metrics", "/api/auth/me"] {
            assert_eq!(ask(Method::GET, path).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
