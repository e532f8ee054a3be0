//! `GET` and `PATCH /users/{id}`: an account is shown and changed.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::Door;
use super::super::client::{PASSWORD, Session};
use super::places::NOBODY;
use super::team::{NEW_PASSWORD, Team};
use super::wire::Account;

const ANN: &str = "ann@example.com";

/// An account is shown to the byte, without a word of its password; `HEAD` answers without a body.
pub async fn an_account_is_shown_to_an_admin<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    let path = format!("/users/{}", account.id);
    team.get(&team.admin, &path).await.is(StatusCode::OK, &account.text()).leaves_cookie();
    team.ask(&team.admin, Method::HEAD, &path).await.is(StatusCode::OK, "").leaves_cookie();
    assert_eq!(team.admin_account().await.role, "ADMIN");
}

/// An id that is malformed or unknown is not found, by any method.
pub async fn a_strange_account_is_not_found<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (upper, plain) = (team.admin.user_id.to_uppercase(), team.admin.user_id.replace('-', ""));
    let own_session = team.admin.id();
    for strange in [NOBODY, "x", "0", "me", "..", "%00", &upper, &plain, &own_session] {
        let path = format!("/users/{strange}");
        let name = json!({ "name": "Strange" });
        for answer in [
            team.get(&team.admin, &path).await,
            team.delete(&team.admin, &path).await,
            team.give(&team.admin, Method::PATCH, &path, &name).await,
            team.give(&team.admin, Method::PATCH, &path, &json!({})).await,
            team.get(&team.admin, &format!("{path}/sessions")).await,
            team.delete(&team.admin, &format!("{path}/sessions")).await,
            team.delete(&team.admin, &format!("{path}/sessions/{own_session}")).await,
        ] {
            answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
        }
        let answer = team.ask(&team.admin, Method::HEAD, &path).await;
        answer.is(StatusCode::NOT_FOUND, "").leaves_cookie();
    }
    team.is_live(&team.admin).await;
}

/// What is named changes, and nothing else does: neither in the answer nor in the account.
pub async fn a_change_touches_only_what_it_names<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let mut account = team.hire(ANN, "Ann", "USER").await;
    let beside = team.hire("bob@example.com", "Bob", "USER").await;
    let changed = |account: &Account, change: &Value| Account {
        name: change["name"].as_str().unwrap_or(&account.name).trim().to_owned(),
        role: change["role"].as_str().unwrap_or(&account.role).to_owned(),
        disabled: change["disabled"].as_bool().unwrap_or(account.disabled),
        ..account.clone()
    };
    for change in [
        json!({}),
        json!({ "name": " Zoë 🦊 " }),
        json!({ "role": "ADMIN" }),
        json!({ "disabled": true }),
        json!({ "disabled": true }),
        json!({ "name": "Anna", "role": "USER" }),
        json!({ "disabled": false, "name": "Ann" }),
        json!({ "password": NEW_PASSWORD }),
        json!({ "name": "Last", "role": "ADMIN", "disabled": false, "password": PASSWORD }),
        // The address stays, and so does whatever else nobody may change.
        json!({ "email": "other@example.com", "id": NOBODY, "createdAt": "1970-01-01T00:00:00.000Z", "Name": "X" }),
    ] {
        account = changed(&account, &change);
        assert_eq!(team.change(&account.id, &change).await, account, "{change}");
        assert_eq!(team.account(&account.id).await, account, "{change}");
    }
    assert_eq!(team.account(&beside.id).await, beside);
    team.login(ANN).await;
}

/// An admin can change their own account like any other.
pub async fn an_admin_can_change_themselves<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.admin_account().await;
    let after = team.change(&before.id, &json!({ "name": "Boss", "role": "ADMIN" })).await;
    assert_eq!(after, Account { name: "Boss".to_owned(), ..before });
    team.is_live(&team.admin).await;
}

/// `null` and other types are refused where a value is required, and what else was named has not
/// changed either.
pub async fn an_ill_typed_change_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    let path = format!("/users/{}", account.id);
    let mut refused = vec![];
    for (field, values, rule) in [
        ("name", [json!(null), json!(1), json!(true), json!([]), json!({})], "a string"),
        ("role", [json!(null), json!(1), json!(false), json!(["ADMIN"]), json!({})], "a string"),
        ("password", [json!(null), json!(12_345_678), json!(true), json!([]), json!({})], "a string"),
        ("disabled", [json!(null), json!(1), json!("true"), json!([true]), json!("")], "true or false"),
    ] {
        for value in values {
            let mut change = json!({ "name": "Changed", "role": "ADMIN" });
            change[field] = value;
            refused.push((change, format!("{field} must be {rule}")));
        }
    }
    for (change, sentence) in refused {
        let answer = team.give(&team.admin, Method::PATCH, &path, &change).await;
        answer.refuses(StatusCode::BAD_REQUEST, &sentence).leaves_cookie();
    }
    assert_eq!(team.account(&account.id).await, account);
}

/// A value that nobody may have is refused, and what else was named has not changed either.
pub async fn a_bad_change_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    let session = team.login(ANN).await;
    let path = format!("/users/{}", account.id);
    for (field, value) in [
        ("name", ""),
        ("name", " "),
        ("name", "a\nb"),
        ("role", ""),
        ("role", "admin"),
        ("role", "ROOT"),
        ("password", ""),
        ("password", "short77"),
        ("password", "password"),
        ("password", "ANN@example.com"),
        ("password", "Strong\0Password"),
    ] {
        let mut change = json!({ "name": "Changed", "role": "ADMIN", "disabled": true });
        change[field] = json!(value);
        team.give(&team.admin, Method::PATCH, &path, &change).await.blames(field);
    }
    assert_eq!(team.account(&account.id).await, account);
    team.is_live(&session).await;
    team.login(ANN).await;
}

/// A disabled account cannot log in, with the answer of an unknown one, until it is enabled.
pub async fn a_disabled_account_cannot_log_in<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    team.change(&account.id, &json!({ "disabled": true })).await;
    let disabled = team.try_login(ANN, PASSWORD).await;
    disabled.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").challenges().leaves_cookie();
    let unknown = team.try_login("nobody@example.com", PASSWORD).await;
    assert_eq!(disabled.fingerprint(), unknown.fingerprint());
    team.change(&account.id, &json!({ "disabled": false })).await;
    team.is_live(&team.login(ANN).await).await;
}

/// A password that an admin gives is the one from now on.
pub async fn an_admin_can_give_a_new_password<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    team.change(&account.id, &json!({ "password": NEW_PASSWORD })).await;
    team.refuses_login(ANN, PASSWORD).await;
    team.is_live(&Session::of(&team.try_login(ANN, NEW_PASSWORD).await)).await;
    team.is_live(&team.admin).await;
}
