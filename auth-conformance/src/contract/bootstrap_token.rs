//! `POST /bootstrap` where it asks for a token.

use http::{HeaderName, StatusCode};

use super::answer::Answer;
use super::client::{ADMIN, Ask, CREATED, Client};
use super::{Door, Settings};

const X_BOOTSTRAP_TOKEN: HeaderName = HeaderName::from_static("x-bootstrap-token");
const TOKEN: &str = Settings::BOOTSTRAP_TOKEN;

fn bootstrap() -> Ask {
    Ask::post("/bootstrap").json(ADMIN)
}

async fn guarded<D: Door>(door: &D) -> Client<D::App> {
    Client::open(door, Settings::production().with_bootstrap_open().with_bootstrap_token()).await
}

fn is_required(answer: &Answer) {
    answer.refuses(StatusCode::UNAUTHORIZED, "Bootstrap token required").challenges().leaves_cookie();
}

/// Nobody is the first admin without the token, to the byte; with it, once.
pub async fn the_first_admin_needs_the_token<D: Door>(door: D) {
    let client = guarded(&door).await;
    is_required(&client.send(bootstrap()).await);
    let longer = format!("{TOKEN}x");
    let twice = TOKEN.repeat(2);
    for other in [
        "",
        "x",
        &TOKEN[1..],
        &TOKEN[..TOKEN.len() - 1],
        &longer,
        &twice,
        &TOKEN.to_lowercase(),
        Settings::ACCESS_SECRET,
        "Bearer w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA",
        "\"w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA\"",
        "w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5Gcä",
    ] {
        is_required(&client.send(bootstrap().with(X_BOOTSTRAP_TOKEN, other)).await);
    }
    // It is looked for in its header alone.
    is_required(&client.send(bootstrap().bearer(TOKEN)).await);
    let with_token = || bootstrap().with(X_BOOTSTRAP_TOKEN, TOKEN);
    client.send(with_token()).await.is(StatusCode::CREATED, CREATED).leaves_cookie();
    let again = client.send(with_token()).await;
    again.refuses(StatusCode::CONFLICT, "Admin user already exists").leaves_cookie();
    client.login().await;
}

/// Whoever has not the token learns neither what is wrong with the body nor whether there is a
/// user; only the size limit comes first.
pub async fn a_stranger_learns_nothing_of_bodies_and_users<D: Door>(door: D) {
    let client = guarded(&door).await;
    for round in ["no user", "a user"] {
        for ask in [
            Ask::post("/bootstrap"),
            Ask::post("/bootstrap").body("x"),
            Ask::post("/bootstrap").json("x"),
            Ask::post("/bootstrap").json("{}"),
            Ask::post("/bootstrap").json(r#"{"email":"nobody","password":"x","name":""}"#),
            bootstrap(),
        ] {
            is_required(&client.send(ask.clone()).await);
            is_required(&client.send(ask.with(X_BOOTSTRAP_TOKEN, "x")).await);
        }
        let large = client.send(Ask::post("/bootstrap").json(&"x".repeat(16 * 1024 + 1))).await;
        large.refuses_somehow(StatusCode::PAYLOAD_TOO_LARGE);
        let answer = client.send(bootstrap().with(X_BOOTSTRAP_TOKEN, TOKEN)).await;
        let expected = if round == "no user" { StatusCode::CREATED } else { StatusCode::CONFLICT };
        answer.has_status(expected);
    }
}

/// With the token, a body is judged as ever.
pub async fn with_the_token_a_mistake_is_named<D: Door>(door: D) {
    let client = guarded(&door).await;
    let with_token = |ask: Ask| ask.with(X_BOOTSTRAP_TOKEN, TOKEN);
    let ask = with_token(Ask::post("/bootstrap").body(ADMIN));
    client.send(ask).await.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    client.send(with_token(Ask::post("/bootstrap").json("{}"))).await.blames("email");
    client.send(with_token(bootstrap())).await.is(StatusCode::CREATED, CREATED);
}

/// Two tokens are one too many, even if they are the same; where bootstrap is closed, nothing is
/// said of them.
pub async fn two_bootstrap_tokens_are_refused<D: Door>(door: D) {
    let twice = || bootstrap().and(X_BOOTSTRAP_TOKEN, TOKEN).and(X_BOOTSTRAP_TOKEN, TOKEN);
    let client = guarded(&door).await;
    client.send(twice()).await.blames("X-Bootstrap-Token");
    client.send(bootstrap().with(X_BOOTSTRAP_TOKEN, TOKEN)).await.is(StatusCode::CREATED, CREATED);
    let client = Client::open(&door, Settings::production().with_bootstrap_token()).await;
    for ask in [twice(), bootstrap(), bootstrap().with(X_BOOTSTRAP_TOKEN, TOKEN)] {
        client.send(ask).await.refuses(StatusCode::FORBIDDEN, "Bootstrap is disabled").leaves_cookie();
    }
}

/// Where no token was configured, none is asked for.
pub async fn a_token_that_nobody_asked_for_is_ignored<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    client.send(bootstrap().with(X_BOOTSTRAP_TOKEN, "x")).await.is(StatusCode::CREATED, CREATED);
    client.login().await;
}
