use std::collections::BTreeSet;

use auth_core::{Auth, MemoryStore};
use http::{Method, Request};
use http_body_util::BodyExt;

use super::*;
use crate::openapi;
use crate::pages::Pages;

fn routes() -> AuthRoutes<MemoryStore> {
    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("a good configuration");
    AuthRoutes::new(auth).with_events()
}

/// The page of the server's routes, as a browser gets it.
async fn shown() -> (http::HeaderMap, String) {
    let pages: Pages = pages(&routes().with_openapi(openapi::about())).into_iter().collect();
    let request = Request::builder().method(Method::GET).uri("/docs").body(()).expect("a request");
    let (head, body) = pages.answer(&request).expect("it is there").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    (head.headers, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

/// The values of an attribute, wherever it stands.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let starts =
        html.match_indices(&format!(" {name}=\"")).map(|(at, found)| at + found.len()).collect::<Vec<_>>();
    starts.into_iter().map(|from| html[from..].split('"').next().expect("an end")).collect()
}

#[tokio::test]
async fn every_operation_is_on_the_page_with_every_sentence_of_its_refusals() {
    let (_, html) = shown().await;
    let document: serde_json::Value =
        serde_json::from_str(&routes().with_openapi(openapi::about()).openapi().expect("it is served"))
            .expect("JSON");
    let mut sentences = 0;
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("a path item").values() {
            let id = operation["operationId"].as_str().expect("a name");
            assert_eq!(html.matches(&format!("<article id=\"{id}\">")).count(), 1, "{id}");
            for response in operation["responses"].as_object().expect("responses").values() {
                let examples = &response["content"]["application/json"]["examples"];
                for example in examples.as_object().into_iter().flatten() {
                    let shown = html::Escaped(&example.1["value"].to_string()).to_string();
                    assert!(html.contains(&shown), "{id}: {shown}");
                    sentences += 1;
                }
            }
        }
    }
    assert!(sentences > 200, "{sentences}");
}

#[tokio::test]
async fn the_page_leads_nowhere_that_is_not_there_and_names_nothing_twice() {
    let (_, html) = shown().await;
    let ids = attributes(&html, "id");
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for link in attributes(&html, "href") {
        match link.strip_prefix('#') {
            Some(anchor) => assert!(unique.contains(anchor), "{link}"),
            None => assert!(["/docs/style.css", "/api/auth/openapi.json"].contains(&link), "{link}"),
        }
    }
}

#[tokio::test]
async fn the_page_needs_nothing_that_its_policy_forbids() {
    let (headers, html) = shown().await;
    assert_eq!(headers["content-security-policy"], POLICY);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    for forbidden in ["<script", " style=", " onclick=", "javascript:", "<img", "<form", "http:", "https:"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    for element in ["article", "section", "table", "details", "ul", "p", "td", "code", "a", "span", "small"] {
        let opened =
            html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
        assert_eq!(opened, html.matches(&format!("</{element}>")).count(), "{element}");
    }
}

#[test]
fn routes_without_a_document_have_no_page() {
    assert!(pages(&routes()).is_empty());
}
