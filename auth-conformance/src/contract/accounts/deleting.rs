//! `DELETE /users/{id}`: an account less.

use http::StatusCode;

use super::super::Door;
use super::super::client::{EMAIL, PASSWORD};
use super::team::{DELETED, Team};

const ANN: &str = "ann@example.com";

/// A deleted account is gone: from the list, from its address, from the login; and so are its
/// sessions. Nobody else is.
pub async fn a_deleted_account_is_gone<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (ann, bob) = (team.member(ANN, "USER").await, team.member("bob@example.com", "USER").await);
    let path = format!("/users/{}", ann.user_id);
    team.delete(&team.admin, &path).await.is(StatusCode::OK, DELETED).leaves_cookie();
    for answer in [
        team.get(&team.admin, &path).await,
        team.get(&team.admin, &format!("{path}/sessions")).await,
        team.delete(&team.admin, &path).await,
    ] {
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
    assert_eq!(team.page("").await.emails(), [EMAIL, "bob@example.com"]);
    let gone = team.try_login(ANN, PASSWORD).await;
    let unknown = team.try_login("nobody@example.com", PASSWORD).await;
    assert_eq!(gone.fingerprint(), unknown.fingerprint());
    team.is_over(&ann).await;
    team.is_live(&bob).await;
}

/// The address can be used again, by someone who inherits nothing.
pub async fn a_deleted_accounts_address_is_free<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let old = team.member(ANN, "ADMIN").await;
    team.delete(&team.admin, &format!("/users/{}", old.user_id)).await.is(StatusCode::OK, DELETED);
    let new = team.member(ANN, "USER").await;
    assert_ne!(new.user_id, old.user_id);
    team.is_over(&old).await;
    assert_eq!(team.sessions(&new).await.len(), 1);
    team.get(&new, "/users").await.refuses(StatusCode::FORBIDDEN, "Insufficient permissions");
}

/// An admin who is not the last may delete themselves.
pub async fn an_admin_can_delete_themselves<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let other = team.member(ANN, "ADMIN").await;
    let answer = team.delete(&other, &format!("/users/{}", other.user_id)).await;
    answer.has_status(StatusCode::OK);
    assert_eq!(answer.body_text(), DELETED);
    team.is_over(&other).await;
    assert_eq!(team.page("").await.emails(), [EMAIL]);
}
