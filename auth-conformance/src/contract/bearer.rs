//! The `Authorization` header.

use http::StatusCode;
use http::header::AUTHORIZATION;

use super::client::{Ask, Client};
use super::{Door, Settings};

/// The scheme's case does not matter.
pub async fn the_scheme_may_be_in_any_case<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let access = client.login().await.access;
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let ask = Ask::get("/me").and(AUTHORIZATION, &format!("{scheme} {access}"));
        client.send(ask).await.is_user();
    }
}

/// Another scheme is no bearer token, so one is asked for.
pub async fn another_scheme_is_no_bearer_token<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let access = client.login().await.access;
    for value in [
        "Basic YWRtaW46YWRtaW4=".to_owned(),
        format!("Token {access}"),
        format!("Basic {access}"),
        "DPoP x".to_owned(),
    ] {
        let answer = client.send(Ask::get("/me").and(AUTHORIZATION, &value)).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Access token required").challenges().leaves_cookie();
    }
}

/// Two `Authorization` headers are refused, even where both are the same and good.
pub async fn two_authorization_headers_are_refused<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let access = client.login().await.access;
    for other in [format!("Bearer {access}"), "Bearer x".to_owned(), "Basic YWRtaW46YWRtaW4=".to_owned()] {
        let first = Ask::get("/me").bearer(&access).and(AUTHORIZATION, &other);
        client.send(first).await.refuses_somehow(StatusCode::BAD_REQUEST);
        let second = Ask::get("/me").and(AUTHORIZATION, &other).bearer(&access);
        client.send(second).await.refuses_somehow(StatusCode::BAD_REQUEST);
    }
}

/// A bearer token that is no token gets the challenge that says so.
pub async fn a_bearer_token_that_is_none_is_refused<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    let quoted = format!("\"{}\"", session.access);
    for garbage in [
        "x",
        "null",
        "undefined",
        "..",
        "a.b.c",
        "e30.e30.e30",
        "====",
        quoted.as_str(),
        session.refresh.as_str(),
    ] {
        client.me(garbage).await.refuses_bearer();
    }
}
