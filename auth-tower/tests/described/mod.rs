//! Whether what a service answers is what its OpenAPI document says.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use jsonschema::Validator;
use serde_json::{Value, json};

/// Headers that are about the connection, or about CORS, of which the document speaks in general.
const UNTOLD: [&str; 4] = ["content-type", "content-length", "vary", "date"];

/// A document, and the base path that it is about.
#[derive(Debug)]
pub(crate) struct Document {
    whole: Value,
    base_path: String,
    /// By the text of the schema: to make one takes longer than to ask it.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// Those that were read before, by their text.
static READ: LazyLock<Mutex<HashMap<Bytes, Arc<Document>>>> = LazyLock::new(Mutex::default);

impl Document {
    /// Reads a document; one that was read before is not read again.
    pub(crate) fn read(text: Bytes) -> Arc<Self> {
        let mut read = READ.lock().unwrap();
        let document = read.entry(text).or_insert_with_key(|text| {
            let whole: Value = serde_json::from_slice(text).unwrap();
            Arc::new(Self::new(whole))
        });
        Arc::clone(document)
    }

    fn new(whole: Value) -> Self {
        let base_path = whole["servers"][0]["url"].as_str().unwrap().to_owned();
        Self { whole, base_path, validators: Mutex::default() }
    }

    /// Insists that this answer to this request is told of: its status, its headers and its body; a
    /// refusal by its very sentence.
    pub(crate) fn covers(&self, request: &Asked, response: &Response<Bytes>) {
        let told = |what: &str| {
            let body = String::from_utf8_lossy(response.body());
            format!(
                "{what}: {request} was answered with {} {:?} {body}",
                response.status(),
                response.headers()
            )
        };
        let Some(item) = self.item(&request.path) else {
            return self.is_refusal(&self.whole["components"]["responses"]["NotFound"], response, &told);
        };
        let Some(operation) = item.get(request.verb()) else {
            if request.method == Method::OPTIONS && response.status() == StatusCode::NO_CONTENT {
                return; // a preflight of a trusted origin
            }
            return self.is_refusal(
                &self.whole["components"]["responses"]["MethodNotAllowed"],
                response,
                &told,
            );
        };
        let status = response.status();
        let Some(described) = operation["responses"].get(status.as_str()) else {
            panic!("{}", told("not documented"));
        };
        let described = self.resolved(described);
        self.has_headers(described, response.headers(), &told);
        if request.method == Method::HEAD || described.get("content").is_none() {
            assert!(response.body().is_empty(), "{}", told("a body"));
        } else if status.is_success() {
            let schema = &described["content"]["application/json"]["schema"];
            let flaws = self.flaws(schema, &body(response));
            assert!(flaws.is_empty(), "{}: {flaws:?}", told("another body"));
        } else {
            self.is_refusal(described, response, &told);
        }
    }

    /// The path item that is about this path.
    fn item(&self, path: &str) -> Option<&Value> {
        let rest = path.strip_prefix(&self.base_path)?;
        let paths = self.whole["paths"].as_object().unwrap();
        paths.iter().find(|(template, _)| fits(template, rest)).map(|(_, item)| item)
    }

    fn resolved<'a>(&'a self, described: &'a Value) -> &'a Value {
        match described.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.whole.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
            None => described,
        }
    }

    fn is_refusal(&self, described: &Value, response: &Response<Bytes>, told: &dyn Fn(&str) -> String) {
        if response.body().is_empty() {
            return; // HEAD
        }
        let content = &described["content"]["application/json"];
        assert_eq!(self.flaws(&content["schema"], &body(response)), [""; 0], "{}", told("no error"));
        let examples = content["examples"].as_object().unwrap();
        let known = examples.values().any(|example| example["value"] == body(response));
        assert!(known, "{}", told("a sentence that is not documented"));
    }

    /// Each header of the answer is told of, and each that is told of is there; but `Set-Cookie`,
    /// which is not there where nothing is to be kept.
    fn has_headers(&self, described: &Value, headers: &HeaderMap, told: &dyn Fn(&str) -> String) {
        let empty = serde_json::Map::new();
        let described = described["headers"].as_object().unwrap_or(&empty);
        let names = described.keys().map(|name| name.to_ascii_lowercase());
        let expected: BTreeSet<_> =
            names.filter(|name| name != "set-cookie" || headers.contains_key(name)).collect();
        let general = |name: &str| UNTOLD.contains(&name) || name.starts_with("access-control-");
        let found: BTreeSet<_> =
            headers.keys().map(|name| name.as_str().to_owned()).filter(|name| !general(name)).collect();
        assert_eq!(found, expected, "{}", told("other headers"));
        for (name, header) in described {
            let schema = &self.resolved(header)["schema"];
            for value in headers.get_all(name) {
                let text = value.to_str().unwrap();
                let value = if schema["type"] == "integer" {
                    json!(text.parse::<u64>().unwrap())
                } else {
                    json!(text)
                };
                assert_eq!(self.flaws(schema, &value), [""; 0], "{}", told(name));
            }
        }
    }

    /// What is wrong with a value, by a schema of the document.
    fn flaws(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        validator.iter_errors(value).map(|flaw| format!("{} at {}", flaw, flaw.instance_path())).collect()
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let validator = validators.entry(schema.to_string()).or_insert_with(|| {
            let whole = json!({ "allOf": [schema], "components": self.whole["components"] });
            Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap())
        });
        Arc::clone(validator)
    }
}

/// What was asked.
#[derive(Debug)]
pub(crate) struct Asked {
    method: Method,
    path: String,
}

impl Asked {
    pub(crate) fn by<B>(request: &Request<B>) -> Self {
        Self { method: request.method().clone(), path: request.uri().path().to_owned() }
    }

    /// The method as a path item names it. `HEAD` is as `GET`.
    fn verb(&self) -> String {
        if self.method == Method::HEAD { "get".to_owned() } else { self.method.as_str().to_lowercase() }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Whether a path is of this template, where a name in braces stands for one segment.
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(told, found): (&&str, &&str)| told == found || (told.starts_with('{') && !found.is_empty());
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

/// A flaw in a document is found by the answer that it says nothing of.
#[tokio::test]
async fn a_document_that_leaves_something_out_is_caught() {
    let request = Request::post("/api/auth/refresh").body(Bytes::new()).unwrap();
    let asked = Asked::by(&request);
    let routes = super::endpoints(&auth_conformance::contract::Settings::development());
    let routes = routes.with_openapi(auth_tower::OpenApi::default());
    let whole: Value = serde_json::from_str(&routes.openapi().unwrap()).unwrap();
    let refused = "/paths/~1refresh/post/responses/401";
    let response = auth_conformance::contract::App::call(&super::Behind(routes), request).await;
    let holds = |whole: Value| {
        let document = Document::new(whole);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| document.covers(&asked, &response))).is_ok()
    };
    assert!(holds(whole.clone()), "it is told of");
    for (pointer, key) in [
        ("/paths", "/refresh"),
        ("/paths/~1refresh", "post"),
        ("/paths/~1refresh/post/responses", "401"),
        (&format!("{refused}/headers"), "WWW-Authenticate"),
        (&format!("{refused}/content/application~1json/examples"), "refresh-token-required"),
    ] {
        let mut flawed = whole.clone();
        let removed = flawed.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key);
        assert!(removed.is_some() && !holds(flawed), "{pointer} without {key}");
    }
    let mut stricter = whole.clone();
    stricter["components"]["schemas"]["Error"]["required"] = json!(["error", "code"]);
    assert!(!holds(stricter), "a body that lacks a field");
    let mut more = whole;
    more["components"]["headers"]["Cache-Control"]["schema"]["enum"] = json!(["no-cache"]);
    assert!(!holds(more), "a header of another value");
}
