//! Requests that another site's page made the browser send.

use http::StatusCode;
use http::header::{HOST, HeaderName, ORIGIN};

use super::client::{ADMIN, Ask, CREATED, CREDENTIALS, Client, LOGGED_OUT};
use super::{App, Door, Settings};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

async fn assert_cross_origin<A: App>(client: &Client<A>, ask: Ask) {
    let answer = client.send(ask).await;
    answer.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused").leaves_cookie();
}

/// The marks of another site, each on its own.
fn marked(ask: &Ask) -> Vec<Ask> {
    let fetched = |site: &str| ask.clone().with(SEC_FETCH_SITE, site);
    let sent_by = |origin: &str| ask.clone().with(ORIGIN, origin);
    vec![
        fetched("cross-site"),
        fetched("same-site"),
        fetched("nonsense"),
        fetched("cross-site").with(ORIGIN, "https://auth.example.com"),
        sent_by("https://evil.example"),
        sent_by("https://example.com"),
        sent_by("https://auth.example.com.evil.example"),
        sent_by("https://xauth.example.com"),
        sent_by("https://auth.example.com:8443"),
        sent_by("null"),
    ]
}

/// A login from another site is refused.
pub async fn a_login_from_another_site_is_refused<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for ask in marked(&Ask::post("/login").json(CREDENTIALS)) {
        assert_cross_origin(&client, ask).await;
    }
}

/// A refresh from another site is refused, and the token is not consumed.
pub async fn a_refresh_from_another_site_consumes_nothing<D: Door>(door: D) {
    let client =
        Client::with_admin(&door, Settings::development().without_grace().without_late_retry()).await;
    let session = client.login().await;
    for ask in marked(&Ask::post("/refresh").cookie(&session.refresh)) {
        assert_cross_origin(&client, ask).await;
    }
    client.refreshed(&session.refresh).await;
}

/// A logout from another site is refused, and the session goes on.
pub async fn a_logout_from_another_site_ends_nothing<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    for ask in marked(&Ask::post("/logout").cookie(&session.refresh)) {
        assert_cross_origin(&client, ask).await;
    }
    client.me(&session.access).await.is_user();
    client.refreshed(&session.refresh).await;
}

/// A bootstrap from another site is refused, and creates nobody.
pub async fn a_bootstrap_from_another_site_creates_nobody<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for ask in marked(&Ask::post("/bootstrap").json(ADMIN)) {
        assert_cross_origin(&client, ask).await;
    }
    client.send(Ask::post("/bootstrap").json(ADMIN)).await.is(StatusCode::CREATED, CREATED);
}

/// A request of the same origin, of nobody's page, or of no browser at all, is answered.
pub async fn a_request_of_the_same_origin_is_answered<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let fetched = |site: &str| Ask::post("/login").json(CREDENTIALS).with(SEC_FETCH_SITE, site);
    let sent_by = |origin: &str, host: &str| {
        Ask::post("/login").json(CREDENTIALS).with(ORIGIN, origin).with(HOST, host)
    };
    for ask in [
        Ask::post("/login").json(CREDENTIALS),
        fetched("same-origin"),
        fetched("none"),
        // Where the browser says so itself, Origin is not asked.
        fetched("same-origin").with(ORIGIN, "https://frontend.example"),
        sent_by("https://auth.example.com", "auth.example.com"),
        sent_by("http://auth.example.com", "auth.example.com"),
        sent_by("http://localhost:4000", "localhost:4000"),
        sent_by("http://127.0.0.1:4000", "127.0.0.1:4000"),
        sent_by("http://[::1]:4000", "[::1]:4000"),
    ] {
        client.send(ask).await.is_login();
    }
}

/// Host and port of `Origin` and `Host` are compared both.
pub async fn another_port_is_another_origin<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    for (origin, host) in [
        ("http://localhost:3000", "localhost:4000"),
        ("http://localhost", "localhost:4000"),
        ("http://127.0.0.1:4000", "localhost:4000"),
        ("http://localhost:40000", "localhost:4000"),
    ] {
        let ask = Ask::post("/login").json(CREDENTIALS).with(ORIGIN, origin).with(HOST, host);
        assert_cross_origin(&client, ask).await;
    }
}

/// The rule is for POST: `/me` changes nothing, and what it says cannot be read across origins.
pub async fn me_is_answered_to_anyone_with_a_token<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development()).await;
    let session = client.login().await;
    for ask in marked(&Ask::get("/me").bearer(&session.access)) {
        client.send(ask).await.is_user();
    }
    for ask in marked(&Ask::get("/check").bearer(&session.access)) {
        client.send(ask).await.is(StatusCode::NO_CONTENT, "");
    }
    client.logout(&session.refresh).await.is(StatusCode::OK, LOGGED_OUT);
}
