//! What the log says, and what it does not.

use std::fs;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::client::{post, request};
use crate::process::{ACCESS_SECRET, REFRESH_SECRET, Server, Store, program};

fn events(log: &[String]) -> Vec<Value> {
    log.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

fn find<'a>(events: &'a [Value], message: &str) -> Option<&'a Value> {
    events.iter().find(|event| event["message"].as_str().is_some_and(|said| said.starts_with(message)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_is_told_in_one_line() {
    let store = Store::sqlite();
    let file = store.url().replace("?mode=rwc", "");
    for (mode, shown, bootstrap) in [
        ("test", "test", "open"),
        ("production", "production", "closed"),
        ("staging", "production", "closed"),
    ] {
        let server = Server::start_with(&store.url(), &[("NODE_ENV", mode)]);
        let address = server.address().to_string();
        let events = events(&server.stop());
        let listening = find(&events, "listening").expect("the line");
        assert_eq!(listening["address"], address);
        assert_eq!(listening["database"], file);
        assert_eq!(listening["mode"], shown);
        assert_eq!(listening["bootstrap"], bootstrap);
        assert!(find(&events, "there is no user yet").is_none(), "the advice is for development");
        assert!(find(&events, "stopped").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_development_the_advice_creates_the_first_admin() {
    let store = Store::sqlite();
    let mut server = Server::start_with(&store.url(), &[]);
    let advice = loop {
        // Whatever stands between: the advice is the first line with a curl in it.
        let line = server.next_line();
        if line.contains("curl ") {
            break serde_json::from_str::<Value>(&line).unwrap()["message"].as_str().unwrap().to_owned();
        }
    };
    let (page, command) = advice.split_once("create the first admin with: ").expect("a command");
    let told = format!("there is no user yet; open http://{}/console#/bootstrap, or ", server.address());
    assert_eq!(page, told);
    let output = std::process::Command::new("sh").args(["-c", command]).output().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");
    assert!(answer.ends_with(r#"{"message":"Admin user created successfully"}"#), "{answer}");
    drop(server);

    // Now there is a user, and nothing to advise.
    let log = Server::start_with(&store.url(), &[]).stop();
    assert!(find(&events(&log), "there is no user yet").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_has_one_line_with_its_id() {
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let client = server.client();
    let get = |path: &str| {
        let request = request(Method::GET, path).header("x-request-id", "chosen-by-a-stranger");
        client.send(request.body(Bytes::new()).unwrap())
    };
    let not_found = get("/nowhere?token=of-nobodys-concern").await;
    not_found.is(404, r#"{"error":"Not found"}"#);
    let unauthorized = get("/api/auth/me").await;
    unauthorized.is(401, r#"{"error":"Access token required"}"#);
    let well = get("/healthz").await;
    well.is(200, r#"{"status":"ok"}"#);
    let ready = get("/readyz").await;
    ready.is(200, r#"{"status":"ready"}"#);
    let wrong = client.send(request(Method::DELETE, "/readyz").body(Bytes::new()).unwrap()).await;
    wrong.is(405, r#"{"error":"Method not allowed"}"#);
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));

    let log = server.stop();
    let whole = log.concat();
    assert!(!whole.contains("chosen-by-a-stranger") && !whole.contains("of-nobodys-concern"), "{whole}");
    let events = events(&log);
    for (answer, method, path, status) in [
        (not_found, "GET", "/nowhere", 404),
        (unauthorized, "GET", "/api/auth/me", 401),
        (well, "GET", "/healthz", 200),
        (ready, "GET", "/readyz", 200),
        (wrong, "DELETE", "/readyz", 405),
    ] {
        let id = answer.header("x-request-id").unwrap();
        let lines: Vec<_> = events
            .iter()
            .filter(|event| event["target"] == "auth_server::access" && event["span"]["id"] == id)
            .collect();
        let [line] = lines[..] else { panic!("one line for {path}: {lines:?}") };
        assert_eq!(
            (&line["method"], &line["path"], &line["status"]),
            (&method.into(), &path.into(), &status.into())
        );
        assert!(line["micros"].is_u64());
    }
}

/// Without a collector, and in a build without `otlp`: logs and traces are joined by whoever keeps both.
#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_the_caller_stands_in_every_line_of_a_request_beside_its_id() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let store = Store::sqlite();
    let server = Server::start(&store.url());
    let client = server.client();
    let login = |traceparent: &str| {
        let body = json!({"email": "nobody@example.com", "password": "of no concern"});
        let mut request = post("/api/auth/login", &body);
        request.headers_mut().insert("traceparent", traceparent.parse().unwrap());
        client.send(request)
    };
    let traced = login(&format!("00-{TRACE}-b7ad6b7169203331-01")).await;
    let malformed = login(&format!("00-{TRACE}-b7ad6b7169203331-01-{TRACE}")).await;
    let upper_case = login(&format!("00-{}-B7AD6B7169203331-01", TRACE.to_uppercase())).await;
    let events = events(&server.stop());
    for (answer, trace) in [(traced, Some(TRACE)), (malformed, None), (upper_case, None)] {
        assert_eq!(answer.status, 401);
        let id = answer.header("x-request-id").unwrap();
        let lines: Vec<_> = events.iter().filter(|event| event["span"]["id"] == id).collect();
        let targets: Vec<_> = lines.iter().map(|line| line["target"].as_str().unwrap()).collect();
        assert!(
            ["auth::audit", "auth_server::access"].iter().all(|target| targets.contains(target)),
            "{targets:?}"
        );
        for line in lines {
            assert_eq!(line["span"].get("trace_id").and_then(Value::as_str), trace, "{line}");
        }
    }
}

/// The search in `secrets` proves nothing if there is nothing to find it in.
#[tokio::test(flavor = "multi_thread")]
async fn at_trace_the_log_tells_much_and_no_secret() {
    let Some(store) = Store::postgres() else { return };
    for store in [Store::sqlite(), store] {
        let server = Server::start(&store.url());
        let client = server.client();
        assert_eq!(client.bootstrap().await.status, 201);
        let login = client.login().await;
        assert_eq!(client.me(&login.access_token()).await.status, 200);
        let refreshed = client.refresh(&login.cookie().unwrap()).await;
        assert_eq!(client.refresh(&refreshed.cookie().unwrap()).await.status, 200);
        assert_eq!(client.refresh(&login.cookie().unwrap()).await.status, 401);
        let log = server.stop();
        let events = events(&log);
        let audited: Vec<_> = events
            .iter()
            .filter(|event| event["target"] == "auth::audit")
            .map(|event| &event["event"])
            .collect();
        assert_eq!(audited, ["bootstrap", "login_succeeded", "refresh_reused"]);
        let loud: Vec<_> = events
            .iter()
            .filter(|event| matches!(event["level"].as_str(), Some("TRACE" | "DEBUG")))
            .filter(|event| !event["target"].as_str().unwrap().starts_with("auth"))
            .collect();
        assert!(loud.is_empty(), "libraries below info: {loud:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dotenv_is_honoured_below_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let dotenv = format!(
        "# settings\nNODE_ENV=production\nJWT_ACCESS_SECRET='{ACCESS_SECRET}'\nJWT_REFRESH_SECRET={REFRESH_SECRET}\n\
         PORT=1\nLOG_FORMAT=pretty\n"
    );
    let file = folder.path().join(".env");
    fs::write(&file, dotenv).unwrap();
    // For the server alone, as production wants it.
    #[cfg(unix)]
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut command = program(&folder);
    command.env("PORT", "0").env("LOG_FORMAT", "json");
    let server = Server::launch(command, folder);
    assert_ne!(server.address().port(), 1);
    let events = events(&server.stop());
    assert_eq!(find(&events, "listening").unwrap()["mode"], "production");
}
