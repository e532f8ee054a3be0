//! `GET /check`: what a proxy asks before it lets a request through.

use http::header::{CONTENT_LENGTH, COOKIE, HeaderName, WWW_AUTHENTICATE};
use http::{Method, StatusCode};

use super::answer::Answer;
use super::client::{Ask, Client, EMAIL, Session};
use super::{App, Door, Settings};

const USER_ID: HeaderName = HeaderName::from_static("x-auth-user-id");
const SENT_EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const ROLE: HeaderName = HeaderName::from_static("x-auth-role");

const UNKNOWN_ROLE: &str = "role must be one of the roles of this system";
const NO_PERMISSION: &str = "permission must be a name such as orders:read";
const NOTHING_ELSE: &str = "The query may hold role and permission and nothing else";

async fn open<D: Door>(door: &D) -> (Client<D::App>, Session) {
    let client = Client::with_admin(door, Settings::development().with_roles(["SUPPORT"])).await;
    let session = client.login().await;
    (client, session)
}

async fn check<A: App>(client: &Client<A>, who: &Session, query: &str) -> Answer {
    client.send(Ask::get(&format!("/check{query}")).bearer(&who.access)).await
}

/// Insists that the admin is let through, and that nobody else is named.
fn passes(answer: &Answer, who: &Session) {
    answer
        .is(StatusCode::NO_CONTENT, "")
        .has(&USER_ID, &[&who.user_id])
        .has(&SENT_EMAIL, &[EMAIL])
        .has(&ROLE, &["ADMIN"])
        .has(&CONTENT_LENGTH, &[])
        .has(&WWW_AUTHENTICATE, &[])
        .leaves_cookie();
}

/// Insists that nobody is named.
fn names_nobody(answer: &Answer) {
    answer.has(&USER_ID, &[]).has(&SENT_EMAIL, &[]).has(&ROLE, &[]).leaves_cookie();
}

/// `/check` lets through whoever is logged in, and says in headers who they are, whatever the
/// request says of that itself; `HEAD` as `GET`.
pub async fn the_check_says_who_is_asking<D: Door>(door: D) {
    let (client, session) = open(&door).await;
    for query in ["", "?", "?role=ADMIN", "?role=%41DMIN&"] {
        passes(&check(&client, &session, query).await, &session);
    }
    for method in [Method::GET, Method::HEAD] {
        let ask = Ask::new(method, "/check").bearer(&session.access);
        let claims = ask.and(USER_ID, "someone").and(SENT_EMAIL, "eve@example.com").and(ROLE, "ROOT");
        passes(&client.send(claims).await, &session);
    }
}

/// Without a good access token in its header, nobody is let through; no cookie stands for it.
pub async fn the_check_needs_an_access_token<D: Door>(door: D) {
    let (client, session) = open(&door).await;
    let query = format!("/check?access_token={}", session.access);
    for ask in [
        Ask::get("/check"),
        Ask::get("/check?role=ADMIN"),
        Ask::get("/check?role=nonsense"),
        Ask::get("/check").cookie(&session.refresh),
        Ask::get("/check").and(COOKIE, &format!("access_token={}", session.access)),
        Ask::get(&query),
    ] {
        let answer = client.send(ask).await;
        names_nobody(answer.refuses(StatusCode::UNAUTHORIZED, "Access token required").challenges());
    }
    for token in ["x", &session.refresh, &session.access[1..]] {
        for path in ["/check", "/check?role=ADMIN", "/check?role=NOBODY", "/check?permission=orders:read"] {
            let answer = client.send(Ask::get(path).bearer(token)).await;
            names_nobody(answer.refuses_bearer());
        }
    }
    let answer = client.send(Ask::new(Method::HEAD, "/check")).await;
    names_nobody(answer.is(StatusCode::UNAUTHORIZED, "").challenges());
    let twice = Ask::get("/check").bearer(&session.access).bearer(&session.access);
    let answer = client.send(twice).await;
    names_nobody(answer.refuses(StatusCode::BAD_REQUEST, "Authorization must be sent only once"));
}

/// Another role, or a permission that the role was not given, is refused.
pub async fn the_check_refuses_whoever_lacks_what_is_asked_for<D: Door>(door: D) {
    let (client, session) = open(&door).await;
    for query in [
        "?role=USER",
        "?role=SUPPORT",
        "?permission=orders:read",
        "?role=ADMIN&permission=orders:read",
        "?permission=orders:read&role=SUPPORT",
    ] {
        let answer = check(&client, &session, query).await;
        answer.refuses(StatusCode::FORBIDDEN, "Insufficient permissions").has(&WWW_AUTHENTICATE, &[]);
        names_nobody(&answer);
    }
}

/// What is misspelt lets nobody through, and says what is wrong.
pub async fn the_check_refuses_what_is_misspelt<D: Door>(door: D) {
    let (client, session) = open(&door).await;
    for (query, sentence) in [
        ("?role=", UNKNOWN_ROLE),
        ("?role=admin", UNKNOWN_ROLE),
        ("?role=ADMIN%20", UNKNOWN_ROLE),
        ("?role=ADMINS", UNKNOWN_ROLE),
        ("?role=ROOT&permission=orders:read", UNKNOWN_ROLE),
        ("?permission=", NO_PERMISSION),
        ("?permission=*", NO_PERMISSION),
        ("?permission=Orders:Read", NO_PERMISSION),
        ("?permission=orders:", NO_PERMISSION),
        ("?roles=ADMIN", NOTHING_ELSE),
        ("?Role=ADMIN", NOTHING_ELSE),
        ("?role[]=ADMIN", NOTHING_ELSE),
        ("?role=ADMIN&x=1", NOTHING_ELSE),
        ("?ADMIN", NOTHING_ELSE),
        ("?role=ADMIN&role=ADMIN", "role must not be there twice"),
        ("?role=USER&role=ADMIN", "role must not be there twice"),
        ("?permission=a&permission=a", "permission must not be there twice"),
    ] {
        let answer = check(&client, &session, query).await;
        names_nobody(answer.refuses(StatusCode::BAD_REQUEST, sentence));
    }
}

/// A logout counts at once; a refresh does not: the check rotates nothing, and an access token is
/// good until it expires.
pub async fn the_check_sees_a_logout_at_once<D: Door>(door: D) {
    let (client, session) = open(&door).await;
    let other = client.login().await;
    let renewed = client.refreshed(&session.refresh).await;
    let with_cookies = Ask::get("/check").bearer(&session.access).cookie(&renewed).cookie(&session.refresh);
    passes(&client.send(with_cookies).await, &session);
    client.refresh(&renewed).await.is_refreshed();
    client.logout(&renewed).await.has_status(StatusCode::OK);
    names_nobody(check(&client, &session, "").await.refuses_bearer());
    names_nobody(check(&client, &session, "?role=USER").await.refuses_bearer());
    passes(&check(&client, &other, "").await, &other);
}
