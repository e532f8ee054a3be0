//! The JSON of the answers: the only types that are `Serialize`, field by field in their order on
//! the wire.

use auth_core::User;
use serde::Serialize;

/// The body of a login.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pub(super) access_token: &'a str,
    pub(super) user: Person<'a>,
}

/// The body of a refresh.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Renewal<'a> {
    pub(super) access_token: &'a str,
}

/// A user as their browser may see them.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    id: String,
    email: &'a str,
    name: &'a str,
    role: &'a str,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            name: user.name.as_str(),
            role: user.role.as_str(),
        }
    }
}

/// The body of an answer that has nothing to hand out.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) message: &'static str,
}
