//! The check: whether a proxy may let a request through, and who it comes from.

use auth_core::{Demand, Flaw, Passed, Permission, Refusal, Role};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::body::AuthBody;
use crate::status::{Denial, QueryFlaw, Rejection};

use super::{names, query};

pub(super) const USER_ID: HeaderName = HeaderName::from_static("x-auth-user-id");
pub(super) const EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
pub(super) const ROLE: HeaderName = HeaderName::from_static("x-auth-role");

/// What the query asks for.
pub(super) fn demand(query: Option<&str>) -> Result<Demand, Denial> {
    let [role, permission] = query::read_only(query, names::query::CHECK).map_err(Rejection::Query)?;
    let role = role.map(|role| Role::parse(&role)).transpose();
    let permission = permission.map(|permission| Permission::parse(&permission)).transpose();
    Ok(Demand {
        role: role.map_err(|_| Refusal::Unacceptable(Flaw::UnknownRole))?,
        permission: permission.map_err(|_| Rejection::Query(QueryFlaw::NotAPermission))?,
    })
}

/// Lets them pass, and says who they are where a proxy can copy it from: each in a header of its
/// own, without a body. The name is not among them: it may have letters that no header can hold.
pub(super) fn passed(who: &Passed) -> Response<AuthBody> {
    let mut response = Response::new(AuthBody::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(USER_ID, visible(&who.user_id.to_string()));
    headers.insert(EMAIL, visible(who.email.as_str()));
    headers.insert(ROLE, visible(who.role.as_str()));
    response
}

fn visible(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ids, addresses and roles are visible ASCII")
}

#[cfg(test)]
mod tests {
    use auth_core::{Email, UserId};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_asks_for_a_role_a_permission_or_both() {
        let admin = Some(Role::ADMIN);
        let read = Some(Permission::from_static("orders:read"));
        for (query, role, permission) in [
            (None, None, None),
            (Some(""), None, None),
            (Some("role=ADMIN"), admin.clone(), None),
            (Some("permission=orders:read"), None, read.clone()),
            (Some("permission=orders%3Aread&role=ADMIN"), admin, read),
        ] {
            assert_eq!(demand(query).ok(), Some(Demand { role, permission }), "{query:?}");
        }
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic(query in any::<String>(), like in "(role|permission|=|&|%|%41|A|a:b|\\+){0,12}") {
            let _ = demand(Some(&query));
            let _ = demand(Some(&like));
        }

        #[test]
        fn whoever_there_may_be_fits_into_headers(
            id in any::<[u8; 16]>(),
            local in "[!#-'*+/-9=?A-Z^-~-]{1,60}",
            role in "[A-Z][A-Z0-9_]{0,31}",
        ) {
            let who = Passed {
                user_id: UserId::from_bytes(id),
                email: Email::parse(&format!("{local}@example.com")).expect("an address"),
                role: Role::parse(&role).expect("a role"),
            };
            let passed = passed(&who);
            let said = [USER_ID, EMAIL, ROLE].map(|name| passed.headers()[name].as_bytes().to_vec());
            let meant = [who.user_id.to_string(), who.email.to_string(), role].map(String::into_bytes);
            prop_assert_eq!(said, meant);
        }
    }
}
