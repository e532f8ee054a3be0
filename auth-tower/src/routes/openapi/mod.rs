//! The routes as an OpenAPI 3.1 document.
//!
//! It is made from what the service goes by: the table of routes, the types of the wire, the names
//! that the parsers read, the table of refusals, the policy. So it cannot say anything else than
//! they do; what people read besides stands in `words`. The tests hold each answer of the contract
//! against it.

mod answers;
mod headers;
mod links;
mod operation;
mod refusals;
mod requests;
mod samples;
pub(super) mod shapes;
mod words;

use std::fmt;

use auth_core::Policy;
use bytes::Bytes;
use http::{HeaderName, StatusCode};
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{HttpMethod, PathItem, Paths};
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApiBuilder, RefOr, Schema, Server};

use crate::cookie::{self, Cookie};
use crate::refuse::Sentence;
use crate::status::{self, Challenge, Rejection, Row};

use super::place::Extent;
use super::route::Route;
use super::{bootstrap, wire};

use headers::{Cookies, Told};
use operation::Refused;
use words::Tag;

const BEARER: &str = "accessToken";
const REFRESH_COOKIE: &str = "refreshToken";
const BOOTSTRAP_TOKEN: &str = "bootstrapToken";

const DESCRIPTION: &str = "\
Every body is JSON in UTF-8, and every error is `{\"error\":\"<one sentence>\"}`.

The access token is sent as `Authorization: Bearer`, and kept in memory; the refresh token is in a cookie \
that no script sees. After a 401 of a route that takes an access token: `POST /refresh`, once, then ask \
again. A 503 says nothing about the session: ask again after `Retry-After`.

`HEAD` asks what `GET` does. A path matches to the byte. From a page of another site all but `GET` and `HEAD` \
are refused, unless its origin is a trusted one; to these the answers have CORS headers, and their preflights \
are answered.";

/// What an OpenAPI document says beside the routes themselves: its title, and what the service
/// around them adds to their answers.
///
/// ```
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::{AuthRoutes, OpenApi};
///
/// # fn main() -> Result<(), auth_core::BuildError> {
/// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
/// let routes = AuthRoutes::new(auth).with_accounts().with_openapi(OpenApi::titled("Orders", "1.0.0"));
/// let document = routes.openapi().expect("it was asked for");
/// assert!(document.contains(r#""title": "Orders""#) && document.contains(r#""/users/{id}""#));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct OpenApi {
    title: String,
    version: String,
    headers: Vec<(HeaderName, Header)>,
    refusals: Vec<(StatusCode, &'static str)>,
}

impl Default for OpenApi {
    /// Titled as this crate, with its version.
    fn default() -> Self {
        Self::titled(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
    }
}

impl OpenApi {
    /// A document with this title, and this version of what it describes.
    pub fn titled(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            headers: headers::always().into(),
            refusals: Vec::new(),
        }
    }

    /// Each answer has this header, which `description` describes.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, description: &str, example: &str) -> Self {
        self.headers.push((name, headers::told(description, shapes::text(), example)));
        self
    }

    /// Each request may be refused with this status and `{"error":"<sentence>"}` as well, by what
    /// stands before the routes.
    #[must_use]
    pub fn with_refusal(mut self, status: StatusCode, sentence: &'static str) -> Self {
        self.refusals.push((status, sentence));
        self
    }

    fn headers(&self) -> impl Iterator<Item = (HeaderName, Header)> {
        self.headers.iter().cloned()
    }

    fn rows(&self) -> impl Iterator<Item = Row> {
        let row = |&(status, sentence): &(StatusCode, &'static str)| Row {
            status,
            challenge: Challenge::None,
            sentence: sentence.into(),
        };
        self.refusals.iter().map(row)
    }
}

impl fmt::Debug for OpenApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenApi")
            .field("title", &self.title)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What is served: JSON without line breaks.
pub(super) fn bytes(about: &OpenApi, extent: Extent, policy: &Policy, cookie: &Cookie) -> Bytes {
    serde_json::to_vec(&document(about, extent, policy, cookie)).expect(IT_IS_JSON).into()
}

/// The same for people and files: with line breaks.
pub(super) fn pretty(about: &OpenApi, extent: Extent, policy: &Policy, cookie: &Cookie) -> String {
    document(about, extent, policy, cookie).to_pretty_json().expect(IT_IS_JSON)
}

const IT_IS_JSON: &str = "a document of texts, numbers and lists is JSON";

fn document(about: &OpenApi, extent: Extent, policy: &Policy, cookie: &Cookie) -> utoipa::openapi::OpenApi {
    let cookies = Cookies::new(cookie, policy.refresh_ttl);
    let mut paths = Paths::new();
    let refused = |(_, _, route)| operation::refused(route, about, policy, &cookies);
    let shared = operation::shared(&Route::all(extent).flat_map(refused).collect::<Vec<_>>());
    let mut components = components(about, &shared);
    let mut tags = Vec::new();
    for (template, method, route) in Route::all(extent) {
        let operation = operation::of(route, template, about, policy, &cookies, &shared);
        let item = PathItem::new(spoken(&method), operation);
        paths = merged(paths, template, item);
        if let Some(payload) = requests::payload(route, policy) {
            components = components.schema(payload.name, payload.schema);
        }
        tags.push(words::of(route).tag);
    }
    let tags = Tag::ALL.into_iter().filter(|tag| tags.contains(tag));
    let described =
        |tag: Tag| TagBuilder::new().name(tag.name()).description(Some(tag.description())).build();
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0"));
    let info = InfoBuilder::new()
        .title(&about.title)
        .version(&about.version)
        .description(Some(DESCRIPTION))
        .license(Some(license.build()));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new(cookie.path.as_str())]))
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags.map(described)))
        .build()
}

fn merged(mut paths: Paths, template: &str, item: PathItem) -> Paths {
    match paths.paths.get_mut(template) {
        Some(there) => there.merge_operations(item),
        None => {
            paths.paths.insert(template.to_owned(), item);
        }
    }
    paths
}

/// The methods that there are routes for.
fn spoken(method: &http::Method) -> HttpMethod {
    match *method {
        http::Method::POST => HttpMethod::Post,
        http::Method::PATCH => HttpMethod::Patch,
        http::Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// What the operations refer to: the schemas of the wire, the headers of every answer, what lets
/// one in; and what is answered where there is no operation.
fn components(about: &OpenApi, shared: &[Refused]) -> ComponentsBuilder {
    let mut components = ComponentsBuilder::new();
    for (name, schema) in schemas() {
        components = components.schema(name, schema);
    }
    for (name, header) in about.headers() {
        components = components.header(headers::spelt(&name), header);
    }
    for (name, scheme) in security_schemes() {
        components = components.security_scheme(name, scheme);
    }
    for refused in shared {
        components = components.response(refused.name(), refused.response.clone());
    }
    for (name, rejection, told) in [
        ("NotFound", Rejection::NotFound, None),
        ("MethodNotAllowed", Rejection::MethodNotAllowed("GET, HEAD"), Some(Told::Allow)),
    ] {
        let row = status::of_rejection(rejection);
        let headers: Vec<_> = told.into_iter().collect();
        components = components.response(name, operation::of_rows(about, &[row], &headers));
    }
    components
}

fn schemas() -> Vec<(String, RefOr<Schema>)> {
    fn with_inner<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((T::name().into_owned(), T::schema()));
        T::schemas(all);
    }
    let mut all = Vec::new();
    with_inner::<Sentence<'_>>(&mut all);
    with_inner::<wire::Entry<'_>>(&mut all);
    with_inner::<wire::Renewal<'_>>(&mut all);
    with_inner::<wire::Account<'_>>(&mut all);
    with_inner::<wire::Accounts<'_>>(&mut all);
    with_inner::<wire::Sessions<'_>>(&mut all);
    with_inner::<wire::Events<'_>>(&mut all);
    with_inner::<wire::Ended>(&mut all);
    with_inner::<wire::Message>(&mut all);
    all.push(("KeySet".to_owned(), shapes::key_set().build().into()));
    let openapi = ObjectBuilder::new()
        .description(Some("An OpenAPI 3.1 document."))
        .property("openapi", ObjectBuilder::new().schema_type(Type::String))
        .required("openapi")
        .examples([json!({ "openapi": "3.1.0" })]);
    all.push(("OpenApi".to_owned(), openapi.build().into()));
    all
}

fn security_schemes() -> [(&'static str, SecurityScheme); 3] {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access token of a login or a refresh."))
        .build();
    let key = ApiKeyValue::with_description;
    [
        (BEARER, SecurityScheme::Http(bearer)),
        (
            REFRESH_COOKIE,
            SecurityScheme::ApiKey(ApiKey::Cookie(key(
                cookie::REFRESH,
                "Set by a login; opaque, `HttpOnly`.",
            ))),
        ),
        (
            BOOTSTRAP_TOKEN,
            SecurityScheme::ApiKey(ApiKey::Header(key(
                headers::spelt(&bootstrap::X_BOOTSTRAP_TOKEN).as_str(),
                "What the operator has configured, if they have.",
            ))),
        ),
    ]
}

#[cfg(test)]
mod tests;
