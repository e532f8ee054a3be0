//! The document against the routes, in both directions, and against itself.

use std::collections::BTreeSet;

use auth_core::{Auth, Email, MemoryStore, Name, Password, Permission, Role, Search};
use bytes::Bytes;
use http::header::ALLOW;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Empty};
use proptest::prelude::*;
use serde_json::Value;
use tower::ServiceExt;

use crate::BasePath;
use crate::body::AuthBody;
use crate::routes::AuthRoutes;
use crate::routes::place::Place;
use crate::routes::time;

use super::*;

const ID: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";

fn endpoints() -> AuthRoutes<MemoryStore> {
    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("a good configuration");
    AuthRoutes::new(auth).with_openapi(OpenApi::default())
}

/// The routes of each extent.
fn all() -> [AuthRoutes<MemoryStore>; 3] {
    [endpoints(), endpoints().with_accounts(), endpoints().with_events()]
}

fn read(routes: &AuthRoutes<MemoryStore>) -> Value {
    serde_json::from_str(&routes.openapi().expect("it was asked for")).expect("JSON")
}

/// Template and method of all that a document tells of, each with its operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (template, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path item") {
            operations.push((template.clone(), method.to_uppercase(), operation.clone()));
        }
    }
    operations
}

async fn ask(routes: &AuthRoutes<MemoryStore>, method: &str, template: &str) -> Response<AuthBody> {
    let path = template.replace("{id}", ID).replace("{sid}", ID);
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = Request::builder().method(method).uri(format!("/api/auth{path}"));
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    routes.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
}

#[tokio::test]
async fn whatever_the_document_tells_of_is_there() {
    for routes in all() {
        for (template, method, _) in operations(&read(&routes)) {
            let status = ask(&routes, &method, &template).await.status();
            assert!(!matches!(status.as_u16(), 404 | 405), "{method} {template}: {status}");
        }
    }
}

#[tokio::test]
async fn whatever_is_there_the_document_tells_of() {
    for routes in all() {
        let document = read(&routes);
        let mut told: BTreeSet<_> =
            operations(&document).into_iter().map(|(template, method, _)| (template, method)).collect();
        for place in Place::ALL {
            // A method that is nowhere is answered with those that are here.
            let answer = ask(&routes, "PUT", place.template()).await;
            let Some(methods) = answer.headers().get(ALLOW) else {
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{}", place.template());
                assert!(document["paths"].get(place.template()).is_none(), "{}", place.template());
                continue;
            };
            let methods = methods.to_str().expect("words").split(", ").filter(|method| *method != "HEAD");
            for method in methods {
                let route = (place.template().to_owned(), method.to_owned());
                assert!(told.remove(&route), "{method} {} is told of", place.template());
            }
        }
        assert_eq!(told, BTreeSet::new(), "nothing else is told of");
    }
}

#[tokio::test]
async fn the_document_is_served_where_it_was_asked_for() {
    let routes = endpoints().with_accounts();
    let served = ask(&routes, "GET", "/openapi.json").await;
    assert_eq!((served.status(), served.headers().len()), (StatusCode::OK, 4));
    assert_eq!(served.headers()["content-type"], "application/json");
    assert_eq!(served.headers()["cache-control"], "no-store");
    assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    let length = served.headers()["content-length"].clone();
    let body = served.into_body().collect().await.unwrap_or_else(|never| match never {}).to_bytes();
    assert_eq!(length, body.len().to_string().as_str());
    assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), read(&routes));
    let head = ask(&routes, "HEAD", "/openapi.json").await;
    assert_eq!((head.status(), &head.headers()["content-length"]), (StatusCode::OK, &length));
    assert!(head.into_body().collect().await.unwrap_or_else(|never| match never {}).to_bytes().is_empty());

    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("a good configuration");
    let silent = AuthRoutes::new(auth).with_events();
    for method in ["GET", "POST"] {
        assert_eq!(ask(&silent, method, "/openapi.json").await.status(), StatusCode::NOT_FOUND, "{method}");
    }
    assert_eq!(silent.openapi(), None);
}

#[test]
fn the_document_says_what_the_routes_are_whatever_is_called_first() {
    let path = || BasePath::parse("/v1/people").expect("a base path");
    let one = endpoints().with_events().with_base_path(path()).insecure_cookies();
    let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("a good configuration");
    let other = AuthRoutes::new(auth).insecure_cookies().with_base_path(path()).with_events();
    let other = other.with_openapi(OpenApi::default());
    assert_eq!(one.openapi(), other.openapi());
    assert_eq!(one.document.bytes(), other.document.bytes());
    let document = read(&one);
    assert_eq!(document["servers"], serde_json::json!([{ "url": "/v1/people" }]));
    let created = &document["paths"]["/users"]["post"]["responses"]["201"]["headers"]["Location"]["example"];
    assert!(created.as_str().expect("a path").starts_with("/v1/people/users/"), "{created}");
}

#[test]
fn whatever_is_referred_to_is_there_and_whatever_is_there_is_referred_to() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = read(&endpoints().with_events());
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    for (kind, components) in document["components"].as_object().expect("components") {
        for name in components.as_object().expect("names").keys() {
            // What is answered where there is no operation is referred to by none.
            let general = matches!(kind.as_str(), "securitySchemes") || name == "MethodNotAllowed";
            assert!(general || found.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name}");
        }
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_all_that_a_reader_needs() {
    let document = read(&endpoints().with_events());
    let tags: Vec<_> = document["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).collect();
    let mut names = BTreeSet::new();
    for (template, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().expect("a name");
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphabetic()) && name.starts_with(char::is_lowercase);
        assert!(plain && names.insert(name.to_owned()), "{name}");
        assert!(tags.contains(&&operation["tags"][0]), "{name}");
        for text in ["summary", "description"] {
            assert!(!operation[text].as_str().expect("text").is_empty(), "{name} {text}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert_eq!(responses.keys().filter(|status| status.starts_with('2')).count(), 1, "{name}");
        for link in responses.values().filter_map(|response| response["links"].as_object()).flatten() {
            assert_eq!(link.1["operationId"], link.0.as_str(), "{name}");
            let leads_to =
                operations(&document).into_iter().any(|(.., other)| other["operationId"] == link.0.as_str());
            assert!(leads_to, "{name} leads to {}", link.0);
        }
        for scheme in operation["security"].as_array().expect("security") {
            for known in scheme.as_object().expect("schemes").keys() {
                assert!(document["components"]["securitySchemes"].get(known).is_some(), "{name}: {known}");
            }
        }
        let told: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
        for id in template.split(['{', '}']).skip(1).step_by(2) {
            let here = |parameter: &&&Value| parameter["in"] == "path" && parameter["name"] == id;
            assert_eq!(told.iter().filter(here).count(), 1, "{method} {template} {id}");
        }
    }
}

/// A new refusal gets its row in `status` because nothing compiles without, its place in the list of
/// that table's tests, and so a place here.
/// What a check answers may be late by the delay of what it heeds, of which the document knows nothing.
#[test]
fn a_check_is_not_said_to_be_of_this_moment_whatever_is_configured() {
    let document = read(&endpoints());
    let told = document["paths"]["/check"]["get"]["description"].as_str().expect("a description");
    assert!(told.contains("unless a delay is configured") && !told.contains("now"), "{told}");
}

#[test]
fn every_row_of_the_table_is_told_somewhere_under_its_status() {
    let document = read(&endpoints().with_events());
    let mut told = BTreeSet::new();
    let shared = document["components"]["responses"].clone();
    let mut tell = |status: u16, response: &Value| {
        for example in response["content"]["application/json"]["examples"].as_object().into_iter().flatten() {
            told.insert((status, example.1["value"]["error"].as_str().expect("a sentence").to_owned()));
        }
    };
    for (_, _, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let name = response["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
            let response = name.map_or(response, |name| &shared[name]);
            tell(status.parse().expect("a number"), response);
        }
    }
    tell(404, &shared["NotFound"]);
    tell(405, &shared["MethodNotAllowed"]);
    for row in status::tests::rows() {
        let sentence = row.sentence.into_owned();
        assert!(told.contains(&(row.status.as_u16(), sentence.clone())), "{} {sentence}", row.status);
    }
}

#[test]
fn examples_are_what_their_schemas_say() {
    let document = read(&endpoints().with_events());
    let check = |schema: &Value, example: &Value, what: &str| {
        let whole = serde_json::json!({ "allOf": [schema], "components": document["components"] });
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole);
        let flaws: Vec<_> =
            validator.expect("a schema").iter_errors(example).map(|flaw| flaw.to_string()).collect();
        assert_eq!(flaws, [""; 0], "{what}: {example}");
    };
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for example in schema["examples"].as_array().into_iter().flatten() {
            check(schema, example, name);
        }
    }
    for (template, method, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let content = &response["content"]["application/json"];
            if let Some(example) = content.get("example") {
                check(&content["schema"], example, &format!("{method} {template} {status}"));
            }
        }
    }
}

/// Whether a value is of this shape.
fn fits(shape: ObjectBuilder, text: &str) -> bool {
    let schema = serde_json::to_value(shape.build()).expect("a schema is JSON");
    jsonschema::draft202012::new(&schema).expect("a schema").is_valid(&text.into())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The other way round it is not so: white space around it is taken off, and case is folded.
    #[test]
    fn what_fits_a_shape_is_taken(
        email in "[a-c.@+\"-]{1,6}@[a-b.-]{1,6}|\\PC{0,6}",
        text in "[a \\t\u{a0}\u{85}\\x00]{0,5}|\\PC{0,8}",
        role in "[A-Z_0a]{0,4}",
        permission in "[a-z:_.0A-]{0,5}",
        time in "(1970|2024)-(01|02|13)-(01|29|31)T(00|24):00:(00|60)(\\.000|\\.0)?Z?",
    ) {
        prop_assert_eq!(fits(shapes::email(), &email), Email::parse(&email).is_ok_and(|it| it.as_str() == email));
        prop_assert!(!fits(shapes::name(), &text) || Name::parse(&text).is_ok());
        prop_assert_eq!(fits(shapes::search(), &text), fits(shapes::name(), &text));
        prop_assert!(!fits(shapes::search(), &text) || Search::parse(&text).is_ok());
        prop_assert_eq!(fits(shapes::password(1), &text), Password::parse(&text).is_ok());
        prop_assert_eq!(fits(shapes::role(), &role), Role::parse(&role).is_ok());
        prop_assert_eq!(fits(shapes::permission(), &permission), Permission::parse(&permission).is_ok());
        prop_assert!(fits(shapes::time(), &time) || time::parse(&time).is_none());
    }

    /// Whatever of it is not trimmed away or folded.
    #[test]
    fn what_is_taken_as_it_is_fits_its_shape(text in "[a \u{a0}]{0,5}|\\PC{0,8}") {
        if let Ok(name) = Name::parse(&text) {
            prop_assert!(fits(shapes::name(), name.as_str()), "{}", name.as_str());
        }
    }
}
