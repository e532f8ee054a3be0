//! The question by HTTP.

use std::io;

use auth_core::Jwks;
use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;

use crate::fetch::{Fetch, FetchError, Fetched, Fetching};
use crate::freshness;
use crate::url::JwksUrl;

/// Asks a URL over a connection. It follows no redirect, because hyper does not.
struct Asking<C> {
    client: Client<C, Empty<Bytes>>,
    url: JwksUrl,
}

/// Asks this URL. The certificates that the machine trusts are trusted, so that an issuer with a
/// certificate of its house can be asked.
pub(crate) fn asking(url: JwksUrl) -> io::Result<Box<dyn Fetch>> {
    let builder = Client::builder(TokioExecutor::new());
    if !url.is_https() {
        return Ok(Box::new(Asking { client: builder.build(HttpConnector::new()), url }));
    }
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
        .https_only()
        .enable_http1()
        .build();
    Ok(Box::new(Asking { client: builder.build(connector), url }))
}

impl<C: Connect + Clone + Send + Sync + 'static> Asking<C> {
    async fn ask(&self) -> Result<Fetched, FetchError> {
        let request = Request::get(self.url.uri())
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .header(USER_AGENT, concat!("auth-jwks/", env!("CARGO_PKG_VERSION")))
            .body(Empty::new())
            .expect("a URL that was parsed is one of a request");
        let response = self.client.request(request).await.map_err(|error| unreachable(error.into()))?;
        let (head, body) = response.into_parts();
        if head.status != StatusCode::OK {
            return Err(FetchError::Status(head.status));
        }
        let body = Limited::new(body, Jwks::MAX_BYTES).collect().await.map_err(unreachable)?;
        let keys = Jwks::parse(&body.to_bytes())?;
        Ok(Fetched { keys, max_age: freshness::max_age(&head.headers) })
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Fetch for Asking<C> {
    fn fetch(&mut self) -> Fetching<'_> {
        Box::pin(self.ask())
    }
}

fn unreachable(cause: Box<dyn std::error::Error + Send + Sync>) -> FetchError {
    FetchError::Unreachable(cause)
}
