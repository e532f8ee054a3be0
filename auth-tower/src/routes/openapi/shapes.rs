//! The shape of each value, in JSON Schema: what JSON can hold of it, and no longer than it gets.

use auth_core::{
    AccountQuery, Cause, Email, EventKind, Name, Password, RequestId, Search, SigningAlgorithm, UserAgent,
};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, SchemaType, Type};

/// What a browser's email field takes (HTML living standard), and so `Email::parse`.
const EMAIL: &str = "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\
     (?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

/// Something that is not white space, and no control character.
const VISIBLE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*\
     [^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]\
     [^\\u0000-\\u001f\\u007f-\\u009f]*$";

/// No NUL.
const NO_NUL: &str = "^[^\\u0000]*$";

const ROLE: &str = "^[A-Z][A-Z0-9_]{0,31}$";

const PERMISSION: &str = "^[a-z][a-z0-9_.-]*(?::[a-z0-9_.-]+)*$";

/// A time in one spelling, RFC 3339 in UTC.
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{3})?Z$";

pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn formatted(format: &str) -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom(format.to_owned())))
}

fn or_null(shape: ObjectBuilder) -> ObjectBuilder {
    shape.schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

/// One of these words.
pub(super) fn one_of(words: impl IntoIterator<Item = impl Into<Value>>) -> ObjectBuilder {
    text().enum_values(Some(words))
}

pub(in crate::routes) fn id() -> ObjectBuilder {
    formatted("uuid")
}

pub(in crate::routes) fn optional_id() -> ObjectBuilder {
    or_null(id())
}

/// Without `format`: JSON Schema's `email` is RFC 5321's, which refuses what browsers take, a dot at
/// the beginning for one.
pub(in crate::routes) fn email() -> ObjectBuilder {
    text().max_length(Some(Email::MAX_BYTES)).pattern(Some(EMAIL))
}

pub(in crate::routes) fn name() -> ObjectBuilder {
    text().min_length(Some(1)).max_length(Some(Name::MAX_CHARS)).pattern(Some(VISIBLE))
}

/// JSON Schema counts characters; more bytes than that are refused, too.
pub(super) fn search() -> ObjectBuilder {
    text().min_length(Some(1)).max_length(Some(Search::MAX_BYTES)).pattern(Some(VISIBLE))
}

pub(in crate::routes) fn role() -> ObjectBuilder {
    text().pattern(Some(ROLE)).examples(["ADMIN", "USER"])
}

pub(in crate::routes) fn optional_role() -> ObjectBuilder {
    or_null(role())
}

pub(super) fn permission() -> ObjectBuilder {
    text().max_length(Some(64)).pattern(Some(PERMISSION)).examples(["orders:read"])
}

/// A password of at least `min` characters. JSON Schema counts characters; more bytes than the
/// limit are refused, too.
pub(super) fn password(min: usize) -> ObjectBuilder {
    formatted("password")
        .min_length(Some(min))
        .max_length(Some(Password::MAX_BYTES))
        .pattern(Some(NO_NUL))
        .description(Some(format!("At most {} bytes in UTF-8.", Password::MAX_BYTES)))
}

pub(in crate::routes) fn access_token() -> ObjectBuilder {
    text().description(Some("A JWT (RFC 9068), to be sent as `Authorization: Bearer`."))
}

pub(in crate::routes) fn time() -> ObjectBuilder {
    formatted("date-time").pattern(Some(TIME))
}

pub(in crate::routes) fn next_account() -> ObjectBuilder {
    or_null(account_cursor()).description(Some("The `cursor` of the next page; null on the last."))
}

/// 24 bytes in base64url.
pub(super) fn account_cursor() -> ObjectBuilder {
    text().pattern(Some("^[A-Za-z0-9_-]{32}$"))
}

pub(in crate::routes) fn next_event() -> ObjectBuilder {
    optional_id().description(Some("The `cursor` of the next page; null on the last."))
}

/// What `Jwks` writes: keys on curves have `crv`, `x` and `y`, RSA's have `n` and `e`.
pub(super) fn key_set() -> ObjectBuilder {
    let algorithms = SigningAlgorithm::ALL.iter().map(|algorithm| algorithm.as_str());
    let always = [
        ("kty", one_of(["OKP", "EC", "RSA"])),
        ("kid", text()),
        ("alg", one_of(algorithms)),
        ("use", one_of(["sig"])),
    ];
    let mut key = ObjectBuilder::new();
    for (member, shape) in always {
        key = key.property(member, shape).required(member);
    }
    for member in ["crv", "x", "y", "n", "e"] {
        key = key.property(member, text());
    }
    ObjectBuilder::new()
        .description(Some("A JWK Set (RFC 7517)."))
        .property("keys", ArrayBuilder::new().items(key))
        .required("keys")
}

pub(super) fn limit() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(AccountQuery::MAX_LIMIT as usize))
        .default(Some(AccountQuery::default().limit.into()))
}

pub(super) fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

pub(in crate::routes) fn number() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::Custom("int64".to_owned())))
        .minimum(Some(0))
}

pub(in crate::routes) fn count() -> ObjectBuilder {
    number()
        .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
        .description(Some("How many sessions or accounts it was about."))
}

pub(in crate::routes) fn kind() -> ObjectBuilder {
    one_of(EventKind::ALL.iter().map(|kind| kind.as_str()))
}

pub(in crate::routes) fn cause() -> ObjectBuilder {
    let words = Cause::ALL.iter().map(|cause| Value::from(cause.as_str()));
    or_null(one_of(words.chain([Value::Null])))
}

pub(in crate::routes) fn actor() -> ObjectBuilder {
    or_null(text()).description(Some("Who did it, where it was not the user: an admin's id, or `operator`."))
}

pub(in crate::routes) fn email_digest() -> ObjectBuilder {
    or_null(text())
        .pattern(Some("^[0-9a-f]{32}$"))
        .description(Some("A keyed hash of the address: equal for equal addresses."))
}

pub(in crate::routes) fn ip_address() -> ObjectBuilder {
    or_null(text()).examples(["203.0.113.7", "2001:db8::7"])
}

pub(in crate::routes) fn user_agent() -> ObjectBuilder {
    or_null(text()).max_length(Some(UserAgent::MAX_CHARS))
}

pub(in crate::routes) fn request_id() -> ObjectBuilder {
    or_null(text()).max_length(Some(RequestId::MAX_CHARS))
}
