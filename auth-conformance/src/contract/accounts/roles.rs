//! Which roles there are.

use std::slice;

use http::{Method, StatusCode};
use serde_json::json;

use super::super::client::PASSWORD;
use super::super::token::Jwt;
use super::super::{App, Door, Settings};
use super::team::Team;

const UNKNOWN: &str = "role must be one of the roles of this system";
const ANN: &str = "ann@example.com";

/// Insists that a role is unknown wherever one can be named.
async fn assert_unknown<A: App>(team: &Team<A>, role: &str) {
    let new = json!({ "email": "new@example.com", "name": "New", "role": role, "password": PASSWORD });
    let admin = format!("/users/{}", team.admin.user_id);
    for answer in [
        team.give(&team.admin, Method::POST, "/users", &new).await,
        team.give(&team.admin, Method::PATCH, &admin, &json!({ "role": role })).await,
        team.get(&team.admin, &format!("/users?role={}", role.replace(' ', "%20"))).await,
    ] {
        answer.refuses(StatusCode::BAD_REQUEST, UNKNOWN).leaves_cookie();
    }
}

/// Without further ones there are `ADMIN` and `USER`, and no other spelling of them.
pub async fn a_role_that_does_not_exist_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for role in ["SUPPORT", "ROOT", "admin", "User", " ADMIN", "ADMIN ", "ADMINS", "2ND", "A-B"] {
        assert_unknown(&team, role).await;
    }
    assert_eq!(team.admin_account().await.role, "ADMIN");
    assert_eq!(team.page("").await.users.len(), 1);
}

/// A role that the settings add can be given, filtered by and taken away, goes into access tokens,
/// and opens nothing that is an admin's.
pub async fn a_role_can_be_added<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().with_roles(["SUPPORT", "AUDIT_2"])).await;
    for role in ["SUPPORT", "AUDIT_2"] {
        let account = team.hire(&format!("{role}@example.com"), "Someone", role).await;
        assert_eq!(account.role, role);
        assert_eq!(team.page(&format!("role={role}")).await.users.as_slice(), slice::from_ref(&account));
        let session = team.login(&account.email).await;
        assert_eq!(Jwt::parse(&session.access).claims["role"], json!(role));
        team.client.me(&session.access).await.is(StatusCode::OK, &account.as_user());
        team.get(&session, "/users").await.refuses(StatusCode::FORBIDDEN, "Insufficient permissions");
    }
    let ann = team.hire(ANN, "Ann", "USER").await;
    for role in ["SUPPORT", "ADMIN", "USER"] {
        assert_eq!(team.change(&ann.id, &json!({ "role": role })).await.role, role);
    }
    assert_unknown(&team, "SALES").await;
}
