//! What is told at `METRICS_LISTEN`, and what is not; and that whatever speaks of a figure, the book, the
//! alerts or the dashboard, speaks of one that is there.

use std::collections::BTreeSet;
use std::fs;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, EMAIL, PASSWORD, request};
use crate::process::{Server, Store};

pub(crate) const LISTEN: (&str, &str) = ("METRICS_LISTEN", "127.0.0.1:0");

fn start(store: &Store, variables: &[(&str, &str)]) -> Server {
    Server::start_with(&store.url(), &[&[LISTEN, ("NODE_ENV", "test")], variables].concat())
}

/// What a server tells at one moment.
pub(crate) struct Figures(String);

impl Figures {
    pub(crate) async fn of(server: &Server) -> Self {
        let page = server.metrics().expect("METRICS_LISTEN is set").get("/metrics").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        Self(page.body)
    }

    /// The value of a series, written as the page writes it.
    pub(crate) fn value(&self, series: &str) -> Option<f64> {
        self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
    }

    /// Asserts the values of some series.
    #[track_caller]
    pub(crate) fn are(&self, expected: &[(&str, f64)]) {
        for (series, value) in expected {
            assert_eq!(self.value(series), Some(*value), "{series}:\n{}", self.0);
        }
    }

    /// Every name that a query may use.
    fn names(&self) -> BTreeSet<&str> {
        let series = self.0.lines().filter(|line| !line.starts_with('#'));
        series.filter_map(|line| line.split(['{', ' ']).next()).collect()
    }

    /// A row for each family: its name, its kind and what it says of itself.
    fn table(&self) -> String {
        let mut rows = vec!["| metric | kind | what it tells |\n|---|---|---|\n".to_owned()];
        let mut lines = self.0.lines();
        while let Some(line) = lines.next() {
            let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|line| line.split_once(' '))
            else {
                continue;
            };
            let kind = lines.next().unwrap().rsplit(' ').next().unwrap();
            rows.push(format!("| `{name}` | {kind} | {} |\n", help.trim_end_matches('.')));
        }
        rows.concat()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_on_a_port_of_their_own() {
    let store = Store::sqlite();
    let server = start(&store, &[]);
    server.client().get("/metrics").await.is(404, r#"{"error":"Not found"}"#);
    let beside = server.metrics().expect("a port");
    assert_ne!(beside.address, server.address());
    for path in ["/", "/healthz", "/api/auth/me", "/metrics/"] {
        let answer = beside.get(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, r#"{"error":"Not found"}"#), "{path}");
    }
    let answer = beside.post("/metrics", &json!({})).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    let version = concat!("auth_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    Figures::of(&server).await.are(&[(version, 1.0)]);
    server.stop();

    let server = Server::start(&store.url());
    assert!(server.metrics().is_none(), "nobody asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_names_its_variable() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut program = crate::process::program(&folder);
    program.envs([("NODE_ENV", "test"), ("PORT", "0"), ("HASH_THREADS", "1")]);
    program.env("METRICS_LISTEN", taken.local_addr().unwrap().to_string());
    let output = program.output().unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(log.contains("choose another METRICS_LISTEN"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_route_method_and_status() {
    let store = Store::sqlite();
    let server = start(&store, &[]);
    let client = server.client();
    client.bootstrap().await;
    let id = client.login().await.json()["user"]["id"].as_str().unwrap().to_owned();
    for path in ["/api/auth/hunter2", "/hunter2", "/API/auth/me"] {
        client.get(path).await;
    }
    for method in ["BREW", "PUT"] {
        let brewed = request(method.parse().unwrap(), "/api/auth/me").body(Bytes::new()).unwrap();
        assert_eq!(client.send(brewed).await.status, 405);
    }
    client.get(&format!("/api/auth/users/{id}")).await;
    client.get("/readyz").await;
    client.get("/console").await;
    client.send(request(Method::HEAD, "/docs").body(Bytes::new()).unwrap()).await;

    let figures = Figures::of(&server).await;
    figures.are(&[
        (r#"auth_http_requests_total{route="/api/auth/bootstrap",method="POST",status="201"}"#, 1.0),
        (r#"auth_http_requests_total{route="/api/auth/login",method="POST",status="200"}"#, 1.0),
        (r#"auth_http_requests_total{route="unknown",method="GET",status="404"}"#, 3.0),
        (r#"auth_http_requests_total{route="/api/auth/me",method="other",status="405"}"#, 2.0),
        (r#"auth_http_requests_total{route="/api/auth/users/{id}",method="GET",status="401"}"#, 1.0),
        (r#"auth_http_requests_total{route="/readyz",method="GET",status="200"}"#, 1.0),
        (r#"auth_http_requests_total{route="pages",method="GET",status="200"}"#, 1.0),
        (r#"auth_http_requests_total{route="pages",method="HEAD",status="200"}"#, 1.0),
        (
            r#"auth_http_request_duration_seconds_count{route="/api/auth/login",method="POST",class="2xx"}"#,
            1.0,
        ),
        ("auth_http_requests_in_flight", 0.0),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_are_counted_by_what_came_of_them() {
    let store = Store::sqlite();
    let server = start(&store, &[]);
    let client = server.client();
    client.bootstrap().await;
    let first = client.login().await.cookie().unwrap();
    let second = client.refresh(&first).await.cookie().unwrap();
    assert_eq!(client.refresh(&second).await.cookie(), Some(second.clone()));
    assert_eq!(client.refresh(&first).await.cookie(), None);
    let mangled = if second.ends_with('A') { second.replace('A', "B") } else { second.replace('B', "A") };
    assert_eq!(client.refresh(&mangled).await.status, 401);
    client.logout(&second).await;
    assert_eq!(client.refresh(&second).await.status, 401);
    Figures::of(&server).await.are(&[
        (r#"auth_refreshes_total{outcome="rotated"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="same"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="grace"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="forged"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="ended"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="reuse"}"#, 0.0),
        (r#"auth_sessions_ended_total{reason="logout"}"#, 1.0),
    ]);
    server.stop();

    // Without a grace, whoever comes late is served once, and an orphan ends the session.
    let server = start(&store, &[("REFRESH_REUSE_GRACE", "0")]);
    let client = server.client();
    let first = client.login().await.cookie().unwrap();
    let orphan = client.refresh(&first).await.cookie().unwrap();
    assert_eq!(client.refresh(&first).await.status, 200);
    assert_eq!(client.refresh(&orphan).await.status, 401);
    Figures::of(&server).await.are(&[
        (r#"auth_refreshes_total{outcome="rotated"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="late_retry"}"#, 1.0),
        (r#"auth_refreshes_total{outcome="reuse"}"#, 1.0),
        (r#"auth_sessions_ended_total{reason="reuse"}"#, 1.0),
        ("auth_sessions_opened_total", 1.0),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_and_those_that_were_refused_are_counted_each_time() {
    let store = Store::sqlite();
    let server = start(&store, &[("LOGIN_FREE_FAILURES", "1"), ("LOGIN_FAILURES_PER_MINUTE", "1000")]);
    let client = server.client();
    client.bootstrap().await;
    client.login().await;
    let wrong = json!({"email": EMAIL, "password": "incorrect horse battery"});
    let mut refused = 0.0;
    for _ in 0..6 {
        match client.post("/api/auth/login", &wrong).await.status {
            429 => refused += 1.0,
            status => assert_eq!(status, 401),
        }
    }
    let nobody = json!({"email": "nobody@example.com", "password": PASSWORD});
    assert_eq!(client.post("/api/auth/login", &nobody).await.status, 401);
    assert!(refused > 1.0, "the limit is one");
    let figures = Figures::of(&server).await;
    figures.are(&[
        (r#"auth_logins_total{outcome="succeeded"}"#, 1.0),
        (r#"auth_logins_total{outcome="wrong_password"}"#, 6.0 - refused),
        (r#"auth_logins_total{outcome="unknown_account"}"#, 1.0),
        (r#"auth_throttled_total{cause="account_limit"}"#, refused),
        (r#"auth_http_requests_total{route="/api/auth/login",method="POST",status="429"}"#, refused),
        (r#"auth_events_total{event="login_succeeded"}"#, 1.0),
        ("auth_hash_work_seconds_count", 1.0 + 1.0 + (6.0 - refused) + 1.0),
        ("auth_hash_rejected_total", 0.0),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_turned_away_by_a_full_queue_is_counted() {
    let store = Store::sqlite();
    let narrow = [("HASH_THREADS", "1"), ("HASH_QUEUE", "1"), ("LOGIN_FAILURES_PER_MINUTE", "1000")];
    let server = start(&store, &narrow);
    let logins = (0..12).map(|nth| {
        let client = server.client();
        let nobody = json!({"email": format!("nobody{nth}@example.com"), "password": PASSWORD});
        tokio::spawn(async move { client.post("/api/auth/login", &nobody).await.status })
    });
    let (mut turned_away, mut hashed) = (0.0, 0.0);
    for login in logins.collect::<Vec<_>>() {
        match login.await.unwrap() {
            503 => turned_away += 1.0,
            status => {
                assert_eq!(status, 401);
                hashed += 1.0;
            }
        }
    }
    Figures::of(&server).await.are(&[
        ("auth_hash_rejected_total", turned_away),
        ("auth_hash_wait_seconds_count", hashed),
        (r#"auth_logins_total{outcome="unknown_account"}"#, hashed),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_connections_and_sweeps_are_told() {
    for store in [Some(Store::sqlite()), Store::postgres()].into_iter().flatten() {
        let variables = [("HASH_THREADS", "3"), ("HASH_QUEUE", "7"), ("DATABASE_MAX_CONNECTIONS", "5")];
        let server = start(&store, &variables);
        let client = server.client();
        client.bootstrap().await;
        let figures = Figures::of(&server).await;
        figures.are(&[
            ("auth_hash_threads", 3.0),
            ("auth_hash_threads_working", 0.0),
            ("auth_hash_waiting", 0.0),
            ("auth_hash_waiting_max", 7.0),
            ("auth_database_connections_max", 5.0),
            ("auth_database_starved_total", 0.0),
            ("auth_database_unanswered_total", 0.0),
            ("auth_events_lost_total", 0.0),
            (r#"auth_swept_rows_total{table="sessions"}"#, 0.0),
        ]);
        let value = |series| figures.value(series).unwrap();
        let (open, idle) = (value("auth_database_connections_open"), value("auth_database_connections_idle"));
        assert!(open >= 1.0 && idle <= open, "{}", figures.0);
        assert!((value("auth_database_connections_in_use") - (open - idle)).abs() < 0.5);
        assert!(value("process_start_time_seconds") > 1_700_000_000.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_client_has_sent_is_among_the_figures() {
    let store = Store::sqlite();
    let server = start(&store, &[]);
    let client = server.client();
    let id = everything(&client).await;
    let Figures(text) = Figures::of(&server).await;
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(client.secrets.found_in(&lines), None);
    for word in [EMAIL, "example.com", "127.0.0.1", "Admin", "stranger", id.as_str()] {
        assert!(!text.contains(word), "{word}:\n{text}");
    }
}

/// A bit of everything that a client may do; the id of the one user.
async fn everything(client: &Client) -> String {
    client.bootstrap().await;
    let login = client.login().await;
    let cookie = client.refresh(&login.cookie().unwrap()).await.cookie().unwrap();
    client.me(&login.access_token()).await;
    let id = login.json()["user"]["id"].as_str().unwrap().to_owned();
    client.get(&format!("/api/auth/users/{id}/sessions/{id}?stranger=1")).await;
    client.get(&format!("/stranger/{EMAIL}/{id}")).await;
    client.post("/api/auth/login", &json!({"email": EMAIL, "password": "stranger's guess"})).await;
    client.logout(&cookie).await;
    id
}

fn file(path: &str) -> String {
    fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What stands in a page of the book between two marks of this name.
fn marked<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("<!-- {name} -->")).expect("it has a beginning");
    after.split_once(&format!("<!-- /{name} -->")).expect("it has an end").0.trim()
}

/// Whatever could be the name of a figure.
fn names_in(queries: &str) -> BTreeSet<&str> {
    let words = queries.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    words.filter(|word| word.starts_with("auth_") || word.starts_with("process_")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_book_the_alerts_and_the_dashboard_speak_of_figures_that_are_there() {
    let store = Store::sqlite();
    let server = start(&store, &[]);
    everything(&server.client()).await;
    let figures = Figures::of(&server).await;
    let there = figures.names();

    let table = figures.table();
    let book = file("docs/monitoring.md");
    assert_eq!(marked(&book, "metrics"), table.trim(), "copy this into docs/monitoring.md:\n{table}");

    let alerts = file("deploy/observability/alerts.yml");
    assert!(names_in(&alerts).len() > 10);
    let dashboard: Value = serde_json::from_str(&file("deploy/observability/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array()).flatten();
    let mut queries: Vec<_> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    let variables = dashboard["templating"]["list"].as_array().unwrap().iter();
    queries.extend(variables.filter_map(|variable| variable["query"]["query"].as_str()));
    assert!(queries.len() > 20);
    let tests = file("deploy/observability/alerts_test.yml");
    for (what, text) in
        [("an alert", &alerts), ("a test of them", &tests), ("the dashboard", &queries.join(" "))]
    {
        for name in names_in(text) {
            assert!(there.contains(name), "{what} asks for {name}, which is not there");
        }
    }

    let told = marked(&book, "alerts").lines().skip(2).filter_map(|row| row.split('`').nth(1));
    let rules = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    assert_eq!(
        told.collect::<Vec<_>>(),
        rules.collect::<Vec<_>>(),
        "the book says what to do for each alert"
    );
}
