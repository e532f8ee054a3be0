//! What each route takes: the fields of its body, the parameters of its path, its query and its
//! cookies.

use auth_core::Policy;
use serde_json::json;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required};

use crate::cookie;
use crate::routes::accounts::Errand;
use crate::routes::endpoint::Endpoint;
use crate::routes::names::{body, query};
use crate::routes::route::Route;

use super::shapes::{self, text};

/// A body: the name of its schema, and the schema.
pub(super) struct Payload {
    pub(super) name: &'static str,
    pub(super) schema: Object,
}

/// Whether a field must be there.
#[derive(Clone, Copy)]
enum Presence {
    Required,
    Optional,
}

impl Payload {
    fn new<const N: usize>(
        name: &'static str,
        presence: Presence,
        fields: [&'static str; N],
        shapes: [ObjectBuilder; N],
        example: serde_json::Value,
    ) -> Self {
        let mut schema = ObjectBuilder::new();
        for (field, shape) in fields.into_iter().zip(shapes) {
            schema = schema.property(field, shape);
            if matches!(presence, Presence::Required) {
                schema = schema.required(field);
            }
        }
        Self { name, schema: schema.examples([example]).build() }
    }

    /// The body that says where its schema stands.
    pub(super) fn body(&self) -> RequestBody {
        let schema = RefOr::<Schema>::Ref(Ref::from_schema_name(self.name));
        RequestBodyBuilder::new()
            .description(Some("UTF-8, at most 16 KiB. Other fields are ignored; none may be there twice."))
            .required(Some(Required::True))
            .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
            .build()
    }
}

/// The JSON that a route reads, if it reads any.
pub(super) fn payload(route: Route, policy: &Policy) -> Option<Payload> {
    let new_password = || shapes::password(policy.password_min_length);
    let role = || shapes::one_of(policy.roles.iter().map(|(role, _)| role.as_str()));
    Some(match route {
        Route::Endpoint(Endpoint::Login) => Payload::new(
            "LoginRequest",
            Presence::Required,
            body::LOGIN,
            [shapes::email(), shapes::password(1)],
            json!({ "email": "admin@example.com", "password": "StrongPassword123!" }),
        ),
        Route::Endpoint(Endpoint::Bootstrap) => Payload::new(
            "BootstrapRequest",
            Presence::Required,
            body::BOOTSTRAP,
            [shapes::email(), new_password(), shapes::name()],
            json!({ "email": "admin@example.com", "password": "StrongPassword123!", "name": "Admin" }),
        ),
        Route::Account(Errand::Rename) => Payload::new(
            "UpdateMeRequest",
            Presence::Required,
            body::RENAME,
            [shapes::name()],
            json!({ "name": "Ann" }),
        ),
        Route::Account(Errand::ChangePassword) => Payload::new(
            "ChangePasswordRequest",
            Presence::Required,
            body::CHANGE_PASSWORD,
            [shapes::password(1), new_password()],
            json!({ "currentPassword": "StrongPassword123!", "newPassword": "correct horse battery" }),
        ),
        Route::Account(Errand::Create) => Payload::new(
            "CreateUserRequest",
            Presence::Required,
            body::CREATE,
            [shapes::email(), shapes::name(), role(), new_password()],
            json!({
                "email": "ann@example.com", "name": "Ann", "role": "USER", "password": "correct horse battery"
            }),
        ),
        Route::Account(Errand::Change(_)) => Payload::new(
            "UpdateUserRequest",
            Presence::Optional,
            body::CHANGE,
            [shapes::name(), role(), shapes::flag(), new_password()],
            json!({ "name": "Ann", "disabled": false }),
        ),
        Route::Endpoint(Endpoint::Refresh | Endpoint::Logout | Endpoint::Me | Endpoint::Check)
        | Route::Account(
            Errand::OwnSessions
            | Errand::EndOwnSession(_)
            | Errand::EndOwnSessions
            | Errand::List
            | Errand::Show(_)
            | Errand::Delete(_)
            | Errand::Sessions(_)
            | Errand::EndSession(..)
            | Errand::EndSessions(_)
            | Errand::Unlock(_)
            | Errand::Events,
        )
        | Route::Keys
        | Route::Document => return None,
    })
}

/// The parameters of a route at the path of this template.
pub(super) fn parameters(route: Route, template: &str, policy: &Policy) -> Vec<Parameter> {
    let names = template.split(['{', '}']).skip(1).step_by(2);
    let ids = names.map(|name| parameter(ParameterIn::Path, name, shapes::id()));
    ids.chain(of_query(route, policy)).chain(of_cookies(route)).collect()
}

fn of_query(route: Route, policy: &Policy) -> Vec<Parameter> {
    let role = || shapes::one_of(policy.roles.iter().map(|(role, _)| role.as_str()));
    match route {
        Route::Endpoint(Endpoint::Check) => queries(
            query::CHECK,
            [
                role().description(Some("The role that they must be in.")),
                shapes::permission().description(Some("The permission that their role must have.")),
            ],
        ),
        Route::Account(Errand::EndOwnSessions) => queries(
            query::END_SESSIONS,
            [shapes::flag()
                .default(Some(false.into()))
                .description(Some("Whether the one that asks ends, too."))],
        ),
        Route::Account(Errand::List) => queries(
            query::ACCOUNTS,
            [
                shapes::limit(),
                shapes::account_cursor().description(Some("The `nextCursor` of the page before.")),
                shapes::search().description(Some(
                    "How an address or a name begins, whatever the case; at most 254 bytes.",
                )),
                role().description(Some("Only those in this role.")),
                shapes::one_of(["enabled", "disabled"]).description(Some("Only those in this state.")),
            ],
        ),
        Route::Account(Errand::Events) => queries(
            query::EVENTS,
            [
                shapes::limit(),
                shapes::id().description(Some("The `nextCursor` of the page before.")),
                shapes::id().description(Some("Only those about this user.")),
                shapes::id().description(Some("Only what became of this session.")),
                shapes::email()
                    .description(Some("Only those about this address, whether it has an account or not.")),
                shapes::kind().description(Some("Only those of this kind.")),
                shapes::time().description(Some("Only those from this time on, in UTC.")),
                shapes::time().description(Some("Only those before this time, in UTC.")),
            ],
        ),
        Route::Endpoint(_) | Route::Account(_) | Route::Keys | Route::Document => Vec::new(),
    }
}

/// Cookies that may come along; those that must are a matter of security.
fn of_cookies(route: Route) -> Vec<Parameter> {
    let cookie = |name, says: &str| parameter(ParameterIn::Cookie, name, text().description(Some(says)));
    match route {
        Route::Endpoint(Endpoint::Login) => vec![
            cookie(cookie::REFRESH, "Ends its session where the login succeeds; never adopted."),
            cookie(cookie::DEVICE, "Tells that this browser has logged in before; opens nothing."),
        ],
        Route::Endpoint(_) | Route::Account(_) | Route::Keys | Route::Document => Vec::new(),
    }
}

fn queries<const N: usize>(names: [&'static str; N], shapes: [ObjectBuilder; N]) -> Vec<Parameter> {
    let each = names.into_iter().zip(shapes);
    each.map(|(name, shape)| parameter(ParameterIn::Query, name, shape)).collect()
}

/// A parameter, whose description is told beside its schema and not in it.
fn parameter(place: ParameterIn, name: &str, shape: ObjectBuilder) -> Parameter {
    let mut schema = shape.build();
    let required = if matches!(place, ParameterIn::Path) { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(schema.description.take())
        .schema(Some(schema))
        .build()
}
