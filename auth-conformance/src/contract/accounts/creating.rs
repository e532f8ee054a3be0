//! `POST /users`: an account more.

use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::client::{EMAIL, PASSWORD};
use super::super::{App, Door, Settings};
use super::team::{NEW_PASSWORD, Team};
use super::wire::Account;

const ANN: &str = "ann@example.com";

fn ann() -> Value {
    json!({ "email": ANN, "name": "Ann", "role": "USER", "password": PASSWORD })
}

fn with(field: &str, value: Value) -> Value {
    let mut changed = ann();
    changed[field] = value;
    changed
}

/// Insists that the admin is still alone.
async fn assert_alone<A: App>(team: &Team<A>) {
    assert_eq!(team.page("").await.emails(), [EMAIL]);
}

/// A new account is shown, to the byte, with its address; it is found there and in the list, and
/// its owner can log in.
pub async fn an_admin_creates_an_account<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (email, name, role) in [(ANN, "Ann", "USER"), ("bob@example.com", "Bób \"B\" 🦊", "ADMIN")] {
        let body = json!({ "email": email, "name": name, "role": role, "password": PASSWORD });
        let answer = team.give(&team.admin, Method::POST, "/users", &body).await;
        let account = Account::of(&answer, StatusCode::CREATED);
        let place = format!("/api/auth/users/{}", account.id);
        answer.has(&LOCATION, &[&place]);
        assert_eq!((account.email.as_str(), account.name.as_str()), (email, name));
        assert_eq!((account.role.as_str(), account.disabled), (role, false));
        assert_eq!(team.account(&account.id).await, account);
        let session = team.login(email).await;
        assert_eq!(session.user_id, account.id);
        team.client.me(&session.access).await.is(StatusCode::OK, &account.as_user());
    }
    assert_eq!(team.page("").await.users.len(), 3);
}

/// Address and name are kept in the form in which they are compared and shown.
pub async fn a_new_accounts_address_is_normalised<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire("  Ann@Example.COM ", "  Ann  ", "USER").await;
    assert_eq!((account.email.as_str(), account.name.as_str()), (ANN, "Ann"));
    team.login(ANN).await;
}

/// An address that an account has already, in whatever case, enabled or disabled, is refused; that
/// account stays as it is.
pub async fn a_taken_address_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let held = team.hire(ANN, "Ann", "USER").await;
    for disabled in [false, true] {
        let before = team.change(&held.id, &json!({ "disabled": disabled })).await;
        for email in [ANN, "ANN@example.com", " ann@Example.com ", EMAIL] {
            let other = json!({ "email": email, "name": "Other", "role": "ADMIN", "password": NEW_PASSWORD });
            let answer = team.give(&team.admin, Method::POST, "/users", &other).await;
            answer.refuses(StatusCode::CONFLICT, "Email already in use").leaves_cookie().has(&LOCATION, &[]);
        }
        assert_eq!(team.account(&held.id).await, before);
    }
    assert_eq!(team.page("").await.users.len(), 2);
    team.refuses_login(ANN, NEW_PASSWORD).await;
}

/// Every field is required and must be text that is not empty.
pub async fn a_field_of_a_new_account_is_named<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for field in ["email", "name", "role", "password"] {
        let mut missing = ann();
        missing.as_object_mut().expect("an object").remove(field);
        let answer = team.give(&team.admin, Method::POST, "/users", &missing).await;
        answer.refuses(StatusCode::BAD_REQUEST, &format!("{field} is required"));
        for value in [json!(null), json!(1), json!(true), json!([ann()[field]]), json!({})] {
            let answer = team.give(&team.admin, Method::POST, "/users", &with(field, value)).await;
            answer.refuses(StatusCode::BAD_REQUEST, &format!("{field} must be a string"));
        }
        let answer = team.give(&team.admin, Method::POST, "/users", &with(field, json!(""))).await;
        answer.blames(field);
    }
    assert_alone(&team).await;
}

/// A value that nobody may have is refused, with a sentence that names its field.
pub async fn a_bad_value_of_a_new_account_is_refused<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (too_long, long) = ("x".repeat(513), "x".repeat(201));
    for (field, value) in [
        ("email", "ann"),
        ("email", "ann@"),
        ("email", "ann@example.com, bob@example.com"),
        ("name", " "),
        ("name", "A\u{7}nn"),
        ("name", long.as_str()),
        ("password", "short77"),
        ("password", "password"),
        ("password", "Ann@example.com"),
        ("password", "Strong\0Password"),
        ("password", too_long.as_str()),
    ] {
        let answer = team.give(&team.admin, Method::POST, "/users", &with(field, json!(value))).await;
        answer.blames(field);
    }
    assert_alone(&team).await;
}

/// The shortest password is the one of the settings.
pub async fn a_new_account_keeps_to_the_shortest_length<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().with_password_min_length(15)).await;
    let short = with("password", json!("fourteen chars"));
    let answer = team.give(&team.admin, Method::POST, "/users", &short).await;
    answer.refuses(StatusCode::BAD_REQUEST, "password must be at least 15 characters");
    let long = with("password", json!("fifteen  chars."));
    let answer = team.give(&team.admin, Method::POST, "/users", &long).await;
    Account::of(&answer, StatusCode::CREATED);
}

/// Fields that nobody asked for never reach the record.
pub async fn other_fields_of_a_new_account_are_ignored<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let mut greedy = ann();
    for (field, value) in [
        ("id", json!(team.admin.user_id)),
        ("disabled", json!(true)),
        ("createdAt", json!("1970-01-01T00:00:00.000Z")),
        ("passwordHash", json!("x")),
        ("Role", json!("ADMIN")),
    ] {
        greedy[field] = value;
    }
    let answer = team.give(&team.admin, Method::POST, "/users", &greedy).await;
    let account = Account::of(&answer, StatusCode::CREATED);
    assert_ne!(account.id, team.admin.user_id);
    assert!(!account.disabled && account.role == "USER" && !account.created_at.starts_with("1970"));
    team.login(ANN).await;
}
