//! There is always an admin who can log in.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::client::Session;
use super::super::{App, Door};
use super::team::{DELETED, NEW_PASSWORD, Team};
use super::wire::Account;

const ANN: &str = "ann@example.com";
const REFUSAL: &str = "The last admin cannot be demoted, disabled or deleted";

/// All that would take an admin away, and what else comes with it.
fn changes() -> [Value; 5] {
    [
        json!({ "role": "USER" }),
        json!({ "disabled": true }),
        json!({ "role": "USER", "disabled": true }),
        json!({ "role": "ADMIN", "disabled": true, "name": "Changed" }),
        json!({ "role": "USER", "name": "Changed", "password": NEW_PASSWORD }),
    ]
}

/// Insists that whoever asks is the last admin, and that nothing takes them away.
async fn assert_last<A: App>(team: &Team<A>, last: &Session) {
    let path = format!("/users/{}", last.user_id);
    let before = Account::of(&team.get(last, &path).await, StatusCode::OK);
    for change in changes() {
        let answer = team.give(last, Method::PATCH, &path, &change).await;
        answer.refuses(StatusCode::CONFLICT, REFUSAL).leaves_cookie();
    }
    team.delete(last, &path).await.refuses(StatusCode::CONFLICT, REFUSAL).leaves_cookie();
    assert_eq!(Account::of(&team.get(last, &path).await, StatusCode::OK), before);
    team.is_live(last).await;
    team.login(&before.email).await;
}

/// The only admin cannot be demoted, disabled or deleted, and what else was named with it has not
/// changed either.
pub async fn the_last_admin_stays<D: Door>(door: D) {
    let team = Team::open(&door).await;
    assert_last(&team, &team.admin).await;
    team.member(ANN, "USER").await;
    assert_last(&team, &team.admin).await;
}

/// An admin who is disabled, demoted or deleted does not count.
pub async fn only_an_enabled_admin_counts<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let other = team.hire(ANN, "Ann", "ADMIN").await;
    team.change(&other.id, &json!({ "disabled": true })).await;
    assert_last(&team, &team.admin).await;
    team.change(&other.id, &json!({ "disabled": false, "role": "USER" })).await;
    assert_last(&team, &team.admin).await;
    // Disabled first: then it is no admin that goes.
    team.change(&other.id, &json!({ "disabled": true, "role": "ADMIN" })).await;
    team.change(&other.id, &json!({ "role": "USER" })).await;
    let answer = team.delete(&team.admin, &format!("/users/{}", other.id)).await;
    answer.is(StatusCode::OK, DELETED);
    assert_last(&team, &team.admin).await;
}

/// While there is another, either may go; who remains is the last.
pub async fn one_of_two_admins_may_go<D: Door>(door: D) {
    for change in changes() {
        let team = Team::open(&door).await;
        let other = team.member(ANN, "ADMIN").await;
        let first = format!("/users/{}", team.admin.user_id);
        let answer = team.give(&team.admin, Method::PATCH, &first, &change).await;
        answer.has_status(StatusCode::OK);
        assert_last(&team, &other).await;
    }
    let team = Team::open(&door).await;
    let other = team.member(ANN, "ADMIN").await;
    let first = format!("/users/{}", team.admin.user_id);
    team.delete(&other, &first).await.is(StatusCode::OK, DELETED).leaves_cookie();
    assert_last(&team, &other).await;
}

/// What takes no admin away is open to the last one: another name, another password.
pub async fn the_last_admin_may_change_otherwise<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.admin_account().await;
    let after = team.change(&before.id, &json!({ "name": "Boss", "role": "ADMIN", "disabled": false })).await;
    assert_eq!(after, Account { name: "Boss".to_owned(), ..before });
    let path = format!("/users/{}", after.id);
    let answer = team.give(&team.admin, Method::PATCH, &path, &json!({ "password": NEW_PASSWORD })).await;
    answer.is(StatusCode::OK, &after.text());
    team.is_over(&team.admin).await;
    team.is_live(&Session::of(&team.try_login(&after.email, NEW_PASSWORD).await)).await;
}
