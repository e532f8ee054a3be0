//! `GET /me`.

use http::{Method, StatusCode};

use super::client::{Ask, Client};
use super::{Door, Settings};

/// `/me` answers with the user, to the byte, and touches no cookie.
pub async fn me_answers_with_the_user<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let id = &session.user_id;
    let user = format!(r#"{{"id":"{id}","email":"admin@example.com","name":"Admin","role":"ADMIN"}}"#);
    client.me(&session.access).await.is(StatusCode::OK, &user).leaves_cookie();
}

/// `/me` needs an access token; the refresh token's cookie is no substitute, nor is a query.
pub async fn me_needs_an_access_token<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let query = format!("/me?access_token={}", session.access);
    for ask in [Ask::get("/me"), Ask::get("/me").cookie(&session.refresh), Ask::get(&query)] {
        let answer = client.send(ask).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Access token required").challenges().leaves_cookie();
    }
}

/// An access token from before a refresh stays good until it expires.
pub async fn an_access_token_outlives_a_refresh<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    client.refreshed(&session.refresh).await;
    client.me(&session.access).await.is_user();
}

/// `HEAD /me` answers as `GET` does, without a body: with a token, and without one.
pub async fn head_me_answers_without_a_body<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let answer = client.send(Ask::new(Method::HEAD, "/me").bearer(&session.access)).await;
    answer.is(StatusCode::OK, "").leaves_cookie();
    let answer = client.send(Ask::new(Method::HEAD, "/me")).await;
    answer.is(StatusCode::UNAUTHORIZED, "").challenges().leaves_cookie();
}
