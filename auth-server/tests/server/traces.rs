//! What a collector gets to see, and what it does not. The collector is this test's own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use http::Method;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as Code;
use prost::Message;
use tokio::net::TcpListener;

use crate::client::{Answer, Client, EMAIL, request};
use crate::process::{Server, Store};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// Takes whatever is posted, and keeps it.
#[derive(Clone, Debug, Default)]
struct Collector {
    posted: Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>,
}

impl Collector {
    /// Listens on a port of its own, for as long as the test lasts; its address.
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(Self::take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    #[expect(clippy::unused_async, reason = "that is what a handler of axum is")]
    async fn take(State(collector): State<Self>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
        collector.posted.lock().unwrap().push((uri.path().to_owned(), headers, body));
        StatusCode::OK
    }

    /// What came, in the order of the spans' beginnings; and what their process says of itself.
    fn spans(&self) -> (Vec<Span>, Vec<KeyValue>) {
        let (mut spans, mut resource) = (Vec::new(), Vec::new());
        for (path, headers, body) in self.posted.lock().unwrap().iter() {
            assert_eq!(
                (path.as_str(), &headers["content-type"]),
                ("/v1/traces", &"application/x-protobuf".parse().unwrap())
            );
            for of_process in ExportTraceServiceRequest::decode(body.clone()).unwrap().resource_spans {
                resource = of_process.resource.unwrap().attributes;
                spans.extend(of_process.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        spans.sort_by_key(|span| span.start_time_unix_nano);
        (spans, resource)
    }

    /// All bytes that came, as far as they are text.
    fn text(&self) -> Vec<String> {
        let posted = self.posted.lock().unwrap();
        posted
            .iter()
            .map(|(_, headers, body)| format!("{headers:?} {}", String::from_utf8_lossy(body)))
            .collect()
    }
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?;
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

fn number(span: &Span, key: &str) -> Option<i64> {
    let value = span.attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?;
    match value.value.as_ref()? {
        Value::IntValue(number) => Some(*number),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
}

/// Asks as somebody whose own span is the parent.
async fn ask(client: &Client, method: Method, path: &str, traceparent: &str) -> Answer {
    let request = request(method, path).header("traceparent", traceparent).header("tracestate", "vendor=1");
    client.send(request.body(Bytes::new()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_below_its_callers_and_what_it_does_is_below_it() {
    let store = Store::sqlite();
    let collector = Collector::default();
    let endpoint = collector.listen().await;
    let server = Server::start_with(
        &store.url(),
        &[("NODE_ENV", "test"), ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("OTEL_SERVICE_NAME", "logins")],
    );
    let client = server.client();
    assert_eq!(client.bootstrap().await.status, 201);
    let login = client.login().await;
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let somebody = format!("/api/auth/users/{}", login.json()["user"]["id"].as_str().unwrap());
    assert_eq!(ask(&client, Method::GET, &somebody, &parent).await.status, 401);
    assert_eq!(ask(&client, Method::GET, "/healthz", "00-malformed").await.status, 200);
    assert_eq!(ask(&client, Method::GET, "/nowhere/of-nobodys-concern?token=x", &parent).await.status, 404);
    let unsampled = "00-ffffffffffffffffffffffffffffffff-b7ad6b7169203331-00";
    assert_eq!(ask(&client, Method::GET, "/readyz", unsampled).await.status, 200);
    let refreshed = client.refresh(&login.cookie().unwrap()).await;
    assert_eq!(client.me(&refreshed.access_token()).await.status, 200);
    let secrets = client.secrets.clone();
    let log = server.stop();

    let (spans, process) = collector.spans();
    assert_eq!(text(&process, "service.name"), Some("logins"));
    assert_eq!(text(&process, "service.version"), Some(env!("CARGO_PKG_VERSION")));
    let requests: Vec<_> = spans.iter().filter(|span| span.kind == SpanKind::Server as i32).collect();
    let told: Vec<_> = requests
        .iter()
        .map(|span| {
            let route = text(&span.attributes, "http.route");
            (span.name.as_str(), route, number(span, "http.response.status_code"), hex(&span.parent_span_id))
        })
        .collect();
    let (nobody, caller) = (String::new(), CALLER.to_owned());
    let expected = [
        ("POST /api/auth/bootstrap", Some("/api/auth/bootstrap"), Some(201), nobody.clone()),
        ("POST /api/auth/login", Some("/api/auth/login"), Some(200), nobody.clone()),
        ("GET /api/auth/users/{id}", Some("/api/auth/users/{id}"), Some(401), caller.clone()),
        ("GET /healthz", Some("/healthz"), Some(200), nobody.clone()),
        ("GET", None, Some(404), caller),
        ("POST /api/auth/refresh", Some("/api/auth/refresh"), Some(200), nobody.clone()),
        ("GET /api/auth/me", Some("/api/auth/me"), Some(200), nobody),
    ];
    assert_eq!(told, expected, "the one whose caller did not want it is not among them");
    let adopted = requests.iter().find(|span| !span.parent_span_id.is_empty()).unwrap();
    assert_eq!((hex(&adopted.trace_id), adopted.trace_state.as_str()), (TRACE.to_owned(), "vendor=1"));
    assert_eq!(text(&adopted.attributes, "http.request.method"), Some("GET"));
    assert!(
        requests
            .iter()
            .all(|span| span.status.as_ref().is_none_or(|status| status.code == Code::Unset as i32))
    );

    // What a login does stands below it: two statements and a hash at the least, and each has ended.
    let login = requests[1];
    let below: Vec<_> = spans.iter().filter(|span| span.trace_id == login.trace_id).collect();
    let names: Vec<_> = below.iter().map(|span| span.name.as_str()).collect();
    for name in ["hashing", "hash", "SELECT users", "INSERT sessions", "COMMIT"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let hashing = below.iter().find(|span| span.name == "hashing").unwrap();
    let hash = below.iter().find(|span| span.name == "hash").unwrap();
    assert_eq!((&hashing.parent_span_id, &hash.parent_span_id), (&login.span_id, &hashing.span_id));
    let select = below.iter().find(|span| span.name == "SELECT users").unwrap();
    assert_eq!(select.parent_span_id, login.span_id);
    assert_eq!(text(&select.attributes, "db.system.name"), Some("sqlite"));
    assert!(text(&select.attributes, "db.query.text").unwrap().contains("password_hash"));
    for span in spans.iter().filter(|span| span.kind != SpanKind::Server as i32) {
        assert!(spans.iter().any(|other| other.span_id == span.parent_span_id), "an orphan: {span:?}");
    }

    // The log has the ids of the traces, of those that began here as well.
    let whole = log.concat();
    for request in &requests {
        assert!(whole.contains(&format!(r#""trace_id":"{}""#, hex(&request.trace_id))), "{}", request.name);
    }

    let sent = collector.text();
    assert_eq!(secrets.found_in(&sent), None);
    for private in [EMAIL, "Admin", "of-nobodys-concern", somebody.rsplit('/').next().unwrap(), "127.0.0.1"] {
        let names = |text: &String| text.split_once("} ").unwrap().1.contains(private);
        assert!(!sent.iter().any(names), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_here_is_an_error_and_a_sampler_is_obeyed() {
    let (store, folder) = (Store::sqlite(), tempfile::tempdir().unwrap());
    let collector = Collector::default();
    let endpoint = collector.listen().await;
    let file = folder.path().join("gone.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let server =
        Server::start_with(&url, &[("NODE_ENV", "test"), ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    // A table that somebody has taken away is nobody's fault but the operator's.
    let sql = sea_orm::Database::connect(&url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&sql, "ALTER TABLE users RENAME TO gone").await.unwrap();
    assert_eq!(server.client().login().await.status, 500);
    server.stop();
    let (spans, _) = collector.spans();
    let failed = spans.iter().find(|span| span.name == "POST /api/auth/login").unwrap();
    assert_eq!(failed.status.as_ref().unwrap().code, Code::Error as i32);
    assert_eq!(text(&failed.attributes, "error.type"), Some("500"));
    let statement = spans.iter().find(|span| text(&span.attributes, "db.system.name").is_some()).unwrap();
    assert!(
        spans.iter().any(|span| text(&span.attributes, "db.system.name").is_some()
            && span.status.as_ref().is_some_and(|status| status.code == Code::Error as i32)),
        "{statement:?}"
    );

    let silent = Collector::default();
    let endpoint = silent.listen().await;
    let variables = [
        ("NODE_ENV", "test"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0"),
    ];
    let server = Server::start_with(&store.url(), &variables);
    let parent = format!("00-{TRACE}-{CALLER}-01");
    assert_eq!(ask(&server.client(), Method::GET, "/healthz", &parent).await.status, 200);
    let log = server.stop().concat();
    assert_eq!(silent.spans().0.len(), 0);
    assert!(log.contains(TRACE), "the log knows the trace nevertheless");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_is_told_of_once_and_holds_nothing_up() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let store = Store::sqlite();
    let server =
        Server::start_with(&store.url(), &[("NODE_ENV", "test"), ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    assert_eq!(server.client().get("/healthz").await.status, 200);
    let log = server.stop();
    let lost = log.iter().filter(|line| line.contains("spans are lost")).count();
    assert_eq!(lost, 1, "{log:#?}");
}
