//! `POST /login`.

use http::StatusCode;
use serde_json::json;

use super::client::{Ask, CREDENTIALS, Client, EMAIL, PASSWORD};
use super::{Door, Settings};

fn credentials(email: &str, password: &str) -> Ask {
    Ask::post("/login").json(&json!({ "email": email, "password": password }).to_string())
}

/// A login answers with an access token, the user and the cookie, to the byte.
pub async fn login_answers_with_token_user_and_cookie<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let answer = client.send(Ask::post("/login").json(CREDENTIALS)).await;
    let (access, id) = (answer.text("accessToken"), answer.text_at("/user/id"));
    let user = format!(r#"{{"id":"{id}","email":"admin@example.com","name":"Admin","role":"ADMIN"}}"#);
    answer.is(StatusCode::OK, &format!(r#"{{"accessToken":"{access}","user":{user}}}"#));
    assert_ne!(answer.issued_cookie_for(604_800), access);
    assert!(is_uuid(&id), "{id}");
}

fn is_uuid(text: &str) -> bool {
    let hyphen = |place| [8, 13, 18, 23].contains(&place);
    let fits = |(place, byte): (usize, u8)| {
        if hyphen(place) { byte == b'-' } else { matches!(byte, b'0'..=b'9' | b'a'..=b'f') }
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// In production the cookie is `Secure` as well.
pub async fn the_cookie_is_secure_in_production<D: Door>(door: D) {
    let settings = Settings::production().with_bootstrap_open();
    assert!(settings.secure_cookies());
    let client = Client::with_admin(&door, settings).await;
    let session = client.login().await;
    let successor = client.refreshed(&session.refresh).await;
    client.logout(&successor).await.clears_cookie();
}

/// The cookie lives as long as the session may go unused.
pub async fn the_cookie_lives_as_long_as_the_session<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().with_lifetimes(60, 3_600, 7_200)).await;
    let answer = client.send(Ask::post("/login").json(CREDENTIALS)).await;
    let first = answer.issued_cookie_for(3_600);
    client.refresh(&first).await.issued_cookie_for(3_600);
}

/// Two logins give out different tokens, and both sessions live.
pub async fn every_login_opens_a_session_of_its_own<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let (one, other) = (client.login().await, client.login().await);
    assert_ne!(one.refresh, other.refresh);
    assert_ne!(one.access, other.access);
    assert_eq!(one.user_id, other.user_id);
    client.refreshed(&one.refresh).await;
    client.refreshed(&other.refresh).await;
}

/// An unknown address and a wrong password get the same answer: one status, one body, the same
/// headers, no cookie.
pub async fn an_unknown_email_and_a_wrong_password_get_one_answer<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let wrong = client.send(credentials(EMAIL, "WrongPassword123!")).await;
    wrong.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").challenges().leaves_cookie();
    let unknown = client.send(credentials("nobody@example.com", PASSWORD)).await;
    assert_eq!(unknown.fingerprint(), wrong.fingerprint());
}

/// A login applies none of the rules for new passwords: what could not be set is merely wrong.
pub async fn login_applies_only_the_byte_limit<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for wrong in ["x", "another one", EMAIL, &"x".repeat(512)] {
        let answer = client.send(credentials(EMAIL, wrong)).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").leaves_cookie();
    }
    for email in [EMAIL, "nobody@example.com"] {
        client.send(credentials(email, &"x".repeat(513))).await.blames("password");
    }
}

/// A valid cookie presented with a successful login ends that old session, and no other.
pub async fn a_login_ends_the_session_of_the_presented_cookie<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let (old, beside) = (client.login().await, client.login().await);
    let answer = client.send(Ask::post("/login").json(CREDENTIALS).cookie(&old.refresh)).await;
    let new = answer.issued_cookie();
    assert_ne!(new, old.refresh, "a presented value is never adopted");
    client.refresh(&old.refresh).await.refuses_refresh();
    client.me(&old.access).await.refuses_bearer();
    client.refreshed(&beside.refresh).await;
    client.refreshed(&new).await;
}

/// A login that fails leaves the session of the presented cookie, and the cookie itself, alone.
pub async fn a_failed_login_leaves_the_presented_cookie_alone<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let answer = client.send(credentials(EMAIL, "WrongPassword123!").cookie(&session.refresh)).await;
    answer.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").leaves_cookie();
    client.refreshed(&session.refresh).await;
}

/// A presented cookie that is worth nothing does not keep anyone from logging in, and is never
/// adopted.
pub async fn a_worthless_cookie_does_not_hinder_a_login<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let out = client.login().await;
    client.logout(&out.refresh).await;
    let mangled = out.refresh.replace(['A', 'B', 'C', 'D'], "E");
    for worthless in [out.refresh.as_str(), mangled.as_str(), "x", &"A".repeat(92)] {
        let answer = client.send(Ask::post("/login").json(CREDENTIALS).cookie(worthless)).await;
        answer.is_login();
        assert_ne!(answer.issued_cookie(), worthless);
    }
}
