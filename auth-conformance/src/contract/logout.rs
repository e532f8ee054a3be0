//! `POST /logout`.

use http::StatusCode;

use super::client::{Ask, Client, LOGGED_OUT};
use super::{Door, Settings};

/// A logout ends the session: its cookie is cleared, its refresh token is worth nothing, and its
/// access tokens are refused by `/me` at once.
pub async fn logout_ends_the_session_at_once<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    client.me(&session.access).await.is_user();
    client.logout(&session.refresh).await.is(StatusCode::OK, LOGGED_OUT).clears_cookie();
    client.refresh(&session.refresh).await.refuses_refresh();
    client.me(&session.access).await.refuses_bearer();
}

/// A logout ends the cookie's session alone.
pub async fn logout_ends_no_other_session<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let (out, beside) = (client.login().await, client.login().await);
    client.logout(&out.refresh).await.is(StatusCode::OK, LOGGED_OUT).clears_cookie();
    client.me(&beside.access).await.is_user();
    client.refreshed(&beside.refresh).await;
}

/// Without the cookie, a logout is refused; an access token is no substitute.
pub async fn logout_needs_its_cookie<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let answer = client.send(Ask::post("/logout")).await;
    answer.refuses(StatusCode::UNAUTHORIZED, "Refresh token required").challenges().leaves_cookie();
    let answer = client.send(Ask::post("/logout").bearer(&session.access)).await;
    answer.refuses(StatusCode::UNAUTHORIZED, "Refresh token required").leaves_cookie();
    client.refreshed(&session.refresh).await;
}

/// A cookie that is unknown, forged or already revoked is cleared all the same: whoever cannot be
/// logged out is out already.
pub async fn a_worthless_cookie_is_cleared_all_the_same<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let out = client.login().await;
    client.logout(&out.refresh).await.is(StatusCode::OK, LOGGED_OUT).clears_cookie();
    let elsewhere = Client::with_admin(&door, Settings::development()).await;
    let unknown = elsewhere.login().await.refresh;
    for worthless in [out.refresh.as_str(), unknown.as_str(), "x", &"A".repeat(92)] {
        client.logout(worthless).await.is(StatusCode::OK, LOGGED_OUT).clears_cookie();
    }
}

/// Someone whose cookie was not renewed in time can still log out with it.
pub async fn the_predecessor_logs_out_as_well<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let current = client.refreshed(&session.refresh).await;
    client.logout(&session.refresh).await.is(StatusCode::OK, LOGGED_OUT).clears_cookie();
    client.refresh(&current).await.refuses_refresh();
}
