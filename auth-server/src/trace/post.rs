//! The collector: where spans are posted to, as OTLP says.
//!
//! It is asked from the SDK's own thread, which may wait. So it brings a runtime of its own, of that
//! one thread, and a connection of its own for each batch: there is one every few seconds.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;
use tokio::time::timeout;

use crate::causes::chain;

/// How long the collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most of an answer that is read, in bytes: it says what was not taken, and there is nobody to tell.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Sends batches of spans to a collector.
#[derive(Debug)]
pub(super) struct Collector {
    uri: Uri,
    connector: HttpsConnector<HttpConnector>,
    resource: ResourceAttributesWithSchema,
    /// Whether the last batch was lost: that is told once, and not every few seconds.
    lost: AtomicBool,
}

/// Why a batch was lost.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the collector did not answer in time")]
    TooSlow,
    #[error("the collector answered with {0}")]
    Status(StatusCode),
    #[error("the collector could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Collector {
    /// The collector at this address, which ends in `/v1/traces`. At `https:` it is known by the
    /// certificates that the machine trusts.
    pub(super) fn at(uri: &Uri) -> io::Result<Self> {
        let builder = HttpsConnectorBuilder::new();
        let provider = rustls::crypto::ring::default_provider();
        let builder = if uri.scheme_str() == Some("https") {
            builder.with_provider_and_native_roots(provider)?
        } else {
            let no_roots = rustls::ClientConfig::builder_with_provider(provider.into())
                .with_safe_default_protocol_versions()
                .map_err(io::Error::other)?
                .with_root_certificates(rustls::RootCertStore::empty());
            builder.with_tls_config(no_roots.with_no_client_auth())
        };
        let connector = builder.https_or_http().enable_http1().build();
        Ok(Self { uri: uri.clone(), connector, resource: <_>::default(), lost: AtomicBool::new(false) })
    }

    fn send(&self, spans: Vec<SpanData>) -> Result<(), Lost> {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Lost::Unreachable(error.into()))?;
        // A time-out is set on the runtime that it runs on.
        runtime.block_on(async { timeout(PATIENCE, self.post(body)).await.unwrap_or(Err(Lost::TooSlow)) })
    }

    async fn post(&self, body: Vec<u8>) -> Result<(), Lost> {
        let client = Client::builder(TokioExecutor::new()).build(self.connector.clone());
        let request = Request::post(&self.uri)
            .header(CONTENT_TYPE, "application/x-protobuf")
            .header(USER_AGENT, concat!("auth-server/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(Bytes::from(body)))
            .expect("an address that was judged is one of a request");
        let response = client.request(request).await.map_err(|error| Lost::Unreachable(error.into()))?;
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            return Err(Lost::Status(head.status));
        }
        // To its end, so that the connection ends in good order.
        Limited::new(body, LARGEST_ANSWER).collect().await.map(drop).map_err(Lost::Unreachable)
    }
}

impl SpanExporter for Collector {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match self.send(batch) {
            Ok(()) => {
                self.lost.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                if !self.lost.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = chain(&error), "spans are lost");
                }
                Err(OTelSdkError::InternalFailure(error.to_string()))
            }
        }
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
