//! How the `Cookie` header is read.

use http::StatusCode;
use http::header::COOKIE;

use super::client::{Ask, CREDENTIALS, Client};
use super::{Door, Settings};

/// The cookie is found among others, wherever it stands, and in any of several headers.
pub async fn the_cookie_is_found_among_others<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().without_grace()).await;
    let mut current = client.login().await.refresh;
    for (before, after) in
        [("a=b; ", ""), ("", "; theme=dark"), ("a=\"x y\"; refresh=1; ", "; refresh_token2=z")]
    {
        let answer = client
            .send(Ask::post("/refresh").and(COOKIE, &format!("{before}refresh_token={current}{after}")))
            .await;
        answer.is_refreshed();
        current = answer.issued_cookie();
    }
    let answer =
        client.send(Ask::post("/refresh").and(COOKIE, "a=b").cookie(&current).and(COOKIE, "c=d")).await;
    answer.is_refreshed();
}

/// The name is matched exactly: another case, a prefix or a suffix is another cookie.
pub async fn the_name_is_matched_exactly<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let token = client.login().await.refresh;
    for name in [
        "Refresh_Token",
        "REFRESH_TOKEN",
        "refresh-token",
        "xrefresh_token",
        "refresh_token_",
        "__Host-refresh_token",
        "refresh%5Ftoken",
    ] {
        for path in ["/refresh", "/logout"] {
            let answer = client.send(Ask::post(path).and(COOKIE, &format!("{name}={token}"))).await;
            answer.refuses(StatusCode::UNAUTHORIZED, "Refresh token required").challenges().leaves_cookie();
        }
    }
    client.refreshed(&token).await;
}

/// The value is taken byte for byte: not unquoted, not percent-decoded.
pub async fn the_value_is_taken_byte_for_byte<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let token = client.login().await.refresh;
    let encoded = format!("%{:02X}{}", token.as_bytes()[0], &token[1..]);
    for value in
        [format!("\"{token}\""), encoded, format!("{token}%20"), token.to_lowercase(), format!("{token},x")]
    {
        client.refresh(&value).await.refuses_refresh();
    }
    client.refreshed(&token).await;
}

/// Two cookies of that name, in one header or in two, are refused, and nothing is consumed.
pub async fn two_cookies_of_the_name_are_refused<D: Door>(door: D) {
    let client =
        Client::with_admin(&door, Settings::development().without_grace().without_late_retry()).await;
    let session = client.login().await;
    let token = &session.refresh;
    for other in [token.as_str(), "x", ""] {
        for path in ["/refresh", "/logout", "/login"] {
            let asks = [
                Ask::post(path).and(COOKIE, &format!("refresh_token={token}; refresh_token={other}")),
                Ask::post(path).and(COOKIE, &format!("refresh_token={other}; a=b; refresh_token={token}")),
                Ask::post(path).cookie(token).cookie(other),
                Ask::post(path).cookie(other).cookie(token),
            ];
            for ask in asks {
                let answer = client.send(ask.json(CREDENTIALS)).await;
                answer.refuses_somehow(StatusCode::BAD_REQUEST);
            }
        }
    }
    client.me(&session.access).await.is_user();
    client.refreshed(token).await;
}
