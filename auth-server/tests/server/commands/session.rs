//! `session`: list, end, end-all.

use serde_json::{Value, json};

use super::run::{PASSWORD, Place};
use crate::client::Client;
use crate::process::Server;

const OVER: &str = "event=\"sessions_ended\" event_id=<id> cause=\"revoked_by_admin\" by=operator user=<id>";

async fn log_in(client: &Client) {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(client.post("/api/auth/login", &body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_with_when_and_from_where() {
    for place in Place::all() {
        let server = Server::start(&place.url());
        let id = place.create("ann@example.com", "USER");
        place.run("session list ann@example.com").is(0, "ann@example.com has no live session.\n", "");
        place.run(&format!("session list {id} --json")).is(0, "{\"sessions\":[]}\n", "");
        log_in(&server.client()).await;
        log_in(&server.client()).await;

        let table = place.run("session list ann@example.com");
        assert_eq!((table.code, table.err.as_str()), (0, ""));
        let lines: Vec<_> = table.out.lines().collect();
        assert_eq!(lines.len(), 3, "{table:?}");
        let heading: Vec<_> = lines[0].split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        assert_eq!(heading, ["ID", "LOGGED IN", "LAST USED", "EXPIRES", "ADDRESS", "USER AGENT"]);
        for line in &lines[1..] {
            assert!(line.starts_with("<id>  <time>  <time>  <time>  "), "{line}");
        }

        let document = place.run(&format!("session list {id} --json"));
        let sessions = document.json()["sessions"].as_array().unwrap().clone();
        assert_eq!(sessions.len(), 2);
        for session in &sessions {
            let names: Vec<_> = session.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["createdAt", "expiresAt", "id", "ipAddress", "lastUsedAt", "userAgent"]);
            assert_eq!(session["userAgent"], Value::Null, "the client of the tests names none");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_ended_one_by_one_or_all_together() {
    for place in Place::all() {
        let server = Server::start(&place.url());
        place.create("ann@example.com", "USER");
        for _ in 0..5 {
            log_in(&server.client()).await;
        }
        let listed = place.run("session list ann@example.com --json").json();
        let id = |at: usize| listed["sessions"][at]["id"].as_str().unwrap().to_owned();
        place.run(&format!("session end ann@example.com {}", id(0))).is(
            0,
            "A session of ann@example.com has ended.\n",
            "<time>  WARN auth::audit: event=\"session_ended\" event_id=<id> cause=\"revoked_by_admin\" by=operator user=<id> session=<id>\n",
        );
        let again = "Not found: ann@example.com has no live session \"<id>\"";
        place.run(&format!("session end ann@example.com {}", id(0))).refuses(3, again);
        assert_eq!(
            place.run(&format!("session end ann@example.com {} --json", id(1))).out,
            "{\"ended\":1}\n"
        );

        place.run("session end-all ann@example.com").is(
            0,
            "3 sessions of ann@example.com have ended.\n",
            &format!("<time>  WARN auth::audit: {OVER} count=3\n"),
        );
        place.run("session end-all ann@example.com").is(
            0,
            "ann@example.com had no live session.\n",
            &format!("<time>  WARN auth::audit: {OVER} count=0\n"),
        );
        log_in(&server.client()).await;
        assert_eq!(place.run("session end-all ann@example.com --json").out, "{\"ended\":1}\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_session_is_ended() {
    for place in Place::all() {
        let server = Server::start(&place.url());
        place.create("ann@example.com", "USER");
        place.create("bob@example.com", "USER");
        log_in(&server.client()).await;
        let listed = place.run("session list ann@example.com --json").json();
        let anns = listed["sessions"][0]["id"].as_str().unwrap();
        for session in [anns, "nonsense"] {
            let shown = if session == anns { "<id>" } else { session };
            let sentence = format!("Not found: bob@example.com has no live session \"{shown}\"");
            place.run(&format!("session end bob@example.com {session}")).refuses(3, &sentence);
            place
                .run(&format!("session end bob@example.com {session} --json"))
                .refuses(3, &json!({ "error": sentence }).to_string());
        }
        assert_eq!(place.run("session list ann@example.com --json").json(), listed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_session_ended_is_told_in_a_sentence_and_by_its_events() {
    for place in Place::all() {
        let server = Server::start(&place.url());
        place.create("ann@example.com", "USER");
        log_in(&server.client()).await;
        let listed = place.run("session list ann@example.com --json").json();
        let id = listed["sessions"][0]["id"].as_str().unwrap().to_owned();
        // The server writes events beside its answers, and all of them before it stops.
        server.stop();
        let goes_on = place.run(&format!("session why {id}"));
        assert!(
            goes_on.out.starts_with("No event has ended it: it goes on, or it has expired.\n\n"),
            "{goes_on:?}"
        );
        place.run(&format!("session end ann@example.com {id}"));

        let why = place.run(&format!("session why {id}"));
        assert_eq!((why.code, why.err.as_str()), (0, ""));
        assert!(
            why.out.starts_with("It ended at <time>: an admin, or the operator, ended it.\n\nAT "),
            "{why:?}"
        );
        let lines: Vec<_> = why.out.lines().skip(3).collect();
        assert_eq!(lines.len(), 2, "{why:?}");
        assert!(lines[0].contains("session_ended (revoked_by_admin)  operator"), "{why:?}");
        assert!(lines[1].contains("login_succeeded") && lines[1].contains("127.0.0.1"), "{why:?}");

        let document = place.run(&format!("session why {id} --json")).json();
        let kinds: Vec<_> =
            document["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["session_ended", "login_succeeded"]);
        assert!(document["events"][1]["requestId"].is_string(), "{document}");
        for nobody in ["x", "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f"] {
            let shown = if nobody == "x" { "x" } else { "<id>" };
            place.run(&format!("session why {nobody}")).refuses(
                3,
                &format!("nothing is known of a session {shown:?}: there never was one, or its events are older than AUDIT_RETENTION"),
            );
        }
    }
}
