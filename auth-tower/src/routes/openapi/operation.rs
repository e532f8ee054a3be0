//! One route, described.

use auth_core::Policy;
use http::StatusCode;
use serde_json::json;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr};

use crate::routes::endpoint::Endpoint;
use crate::routes::route::Route;
use crate::status::Row;

use super::answers::Body;
use super::headers::{Cookies, Told, spelt};
use super::{BEARER, BOOTSTRAP_TOKEN, OpenApi, REFRESH_COOKIE, answers, links, refusals, requests, words};

/// The operation at the path of this template. What is shared with others is referred to.
pub(super) fn of(
    route: Route,
    template: &str,
    about: &OpenApi,
    policy: &Policy,
    cookies: &Cookies<'_>,
    shared: &[Refused],
) -> Operation {
    let words = words::of(route);
    let mut operation = OperationBuilder::new()
        .operation_id(Some(words.id))
        .tag(words.tag.name())
        .summary(Some(words.summary))
        .description(Some(words.description))
        .request_body(requests::payload(route, policy).map(|payload| payload.body()))
        .securities(Some(security(route)));
    for parameter in requests::parameters(route, template, policy) {
        operation = operation.parameter(parameter);
    }
    let answer = answers::of(route, cookies);
    let mut success = response(about, answer.description, &answer.headers);
    if let Some(Body { schema, example }) = answer.body {
        let schema = Some(Ref::from_schema_name(schema));
        let content = ContentBuilder::new().schema(schema).example(Some(example)).build();
        success = success.content("application/json", content);
    }
    for (name, link) in links::of(route) {
        success = success.link(name, link);
    }
    operation = operation.response(answer.status.as_str(), success.build());
    for refused in refused(route, about, policy, cookies) {
        operation = operation.response(refused.status.as_str(), refused.in_place(shared));
    }
    operation.build()
}

/// What a route may be refused with, under one status.
#[derive(Clone, PartialEq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) response: Response,
}

impl Refused {
    /// What it is called among the components: as RFC 9110 calls its status.
    pub(super) fn name(&self) -> String {
        self.status.canonical_reason().unwrap_or_default().replace(' ', "")
    }

    fn in_place(&self, shared: &[Self]) -> RefOr<Response> {
        if shared.contains(self) {
            Ref::from_response_name(self.name()).into()
        } else {
            self.response.clone().into()
        }
    }
}

/// Those that look the same wherever their status is answered: they are told once.
pub(super) fn shared(all: &[Refused]) -> Vec<Refused> {
    let mut shared: Vec<Refused> = Vec::new();
    for refused in all {
        let alike = all.iter().filter(|other| other.status == refused.status).all(|other| other == refused);
        if alike && !shared.contains(refused) {
            shared.push(refused.clone());
        }
    }
    shared
}

/// Who may ask; where one of several is enough, one of them may be nobody.
fn security(route: Route) -> Vec<SecurityRequirement> {
    let one = |name: &str| SecurityRequirement::new(name, [""; 0]);
    match route {
        Route::Endpoint(Endpoint::Refresh | Endpoint::Logout) => vec![one(REFRESH_COOKIE)],
        Route::Endpoint(Endpoint::Me | Endpoint::Check) | Route::Account(_) => vec![one(BEARER)],
        Route::Endpoint(Endpoint::Bootstrap) => vec![one(BOOTSTRAP_TOKEN), SecurityRequirement::default()],
        Route::Endpoint(Endpoint::Login) | Route::Keys | Route::Document => {
            vec![SecurityRequirement::default()]
        }
    }
}

pub(super) fn refused(route: Route, about: &OpenApi, policy: &Policy, cookies: &Cookies<'_>) -> Vec<Refused> {
    let mut rows = refusals::of(route, policy);
    rows.extend(about.rows());
    rows.sort_by_key(|row| row.status);
    let of_status = rows.chunk_by(|one, other| one.status == other.status);
    let described = of_status.map(|rows| {
        let status = rows[0].status;
        let mut headers = Told::by(rows);
        if (route, status) == (Route::Endpoint(Endpoint::Refresh), StatusCode::UNAUTHORIZED) {
            headers.push(cookies.cleared_if_presented());
        }
        Refused { status, response: of_rows(about, rows, &headers) }
    });
    described.collect()
}

/// The response of rows that have one status: each sentence is an example.
pub(super) fn of_rows(about: &OpenApi, rows: &[Row], headers: &[Told]) -> Response {
    let examples = rows.iter().map(|row| (slug(&row.sentence), example(&row.sentence)));
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Error")))
        .examples_from_iter(examples)
        .build();
    response(about, meaning(rows[0].status), headers).content("application/json", content).build()
}

fn example(sentence: &str) -> RefOr<Example> {
    ExampleBuilder::new().value(Some(json!({ "error": sentence }))).into()
}

/// A sentence as a key.
fn slug(sentence: &str) -> String {
    let words = sentence.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// A response with the headers that every answer has, and these.
fn response(about: &OpenApi, description: &str, more: &[Told]) -> ResponseBuilder {
    let mut response = ResponseBuilder::new().description(description);
    for (name, _) in about.headers() {
        let name = spelt(&name);
        response = response.header_ref(&name, Ref::new(format!("#/components/headers/{name}")));
    }
    for told in more {
        let (name, header) = told.header();
        response = response.header(name, header);
    }
    response
}

fn meaning(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "Something in the request cannot be used; the sentence says what.",
        StatusCode::UNAUTHORIZED => "What lets one in is missing, or not good.",
        StatusCode::FORBIDDEN => "Not for this one, or not from there.",
        StatusCode::NOT_FOUND => "There is no such thing.",
        StatusCode::METHOD_NOT_ALLOWED => "The path takes other methods.",
        StatusCode::REQUEST_TIMEOUT => "The body was too slow in coming.",
        StatusCode::CONFLICT => "It does not go with what is there.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body is of another type, or compressed.",
        StatusCode::TOO_MANY_REQUESTS => "Too often in vain; wait as long as `Retry-After` says.",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "The head is too large.",
        StatusCode::SERVICE_UNAVAILABLE => "Not now. Nothing is half done, and nobody is logged out.",
        _ => "Something broke.",
    }
}
