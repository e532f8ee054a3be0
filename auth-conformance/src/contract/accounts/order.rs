//! What is judged first where several things are wrong, and the methods and paths.

use http::header::{ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ORIGIN};
use http::{Method, StatusCode};
use serde_json::json;

use super::super::client::{Ask, Client, PASSWORD};
use super::super::{Door, Settings};
use super::places::{NOBODY, PLACES, all, filled, method, that_change};
use super::team::Team;

/// A place refuses every other method and says which it allows, to the byte; nobody has to be
/// logged in for that, and neither site nor id is asked.
pub async fn a_place_allows_exactly_its_methods<D: Door>(door: D) {
    let client = Client::open(&door, Settings::development()).await;
    for (place, allow) in PLACES {
        for ids in [NOBODY, "x"] {
            let path = filled(place, ids, ids);
            for name in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
                if allow.split(", ").any(|allowed| allowed == name) {
                    continue;
                }
                let ask = Ask::new(method(name), &path).with(ORIGIN, "https://evil.example").bearer("x");
                let answer = client.send(ask).await;
                if name == "HEAD" {
                    answer.is(StatusCode::METHOD_NOT_ALLOWED, "");
                } else {
                    answer.refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
                }
                answer.has(&ALLOW, &[allow]).leaves_cookie();
            }
        }
    }
}

/// A path beside these is not found, whoever asks, by any method.
pub async fn a_path_beside_them_is_not_found<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let admin = &team.admin.user_id;
    for path in [
        "/sessions/",
        "//sessions",
        "/Sessions",
        "/sessions/x/y",
        "/sessions/x/",
        "/session",
        "/password/",
        "/password/x",
        "/users/",
        "/Users",
        "/%75sers",
        "/users//sessions",
        &format!("/users/{admin}/"),
        &format!("//users/{admin}"),
        &format!("/users/{admin}/password"),
        &format!("/users/{admin}/Sessions"),
        &format!("/users/{admin}/sessions/"),
        &format!("/users/{admin}/sessions/x/y"),
        "/me/password",
        "/me/sessions",
    ] {
        for name in ["GET", "POST", "PATCH", "DELETE", "PUT"] {
            for ask in [Ask::new(method(name), path), Ask::new(method(name), path).bearer(&team.admin.access)]
            {
                let answer = team.client.send(ask.with(ORIGIN, "https://evil.example")).await;
                answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
            }
        }
        let answer = team.ask(&team.admin, Method::HEAD, path).await;
        answer.is(StatusCode::NOT_FOUND, "").leaves_cookie();
    }
    team.is_live(&team.admin).await;
}

/// Of all that is wrong with a request, the first is told: where it comes from, the token that is
/// there twice, missing or not good, the role, how the body is announced, how large it is, what it
/// says, and last the id.
pub async fn the_first_thing_that_is_wrong_is_the_answer<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let user = team.member("ann@example.com", "USER").await;
    let (strange, taken) = (format!("/users/{NOBODY}"), json!({ "email": "ann@example.com" }));
    let good = json!({ "email": taken["email"], "name": "Ann", "role": "USER", "password": PASSWORD });
    for (method, path) in [(Method::POST, "/users"), (Method::PATCH, &strange), (Method::PATCH, "/users/x")] {
        let ask = || Ask::new(method.clone(), path);
        let large = |ask: Ask| ask.body(vec![b' '; 16 * 1024 + 1]);
        let plain = |ask: Ask| large(ask).with(CONTENT_TYPE, "text/plain");
        let bearer = format!("Bearer {}", team.admin.access);
        let send = |ask: Ask| team.client.send(ask);

        let twice = plain(ask()).and(AUTHORIZATION, &bearer).and(AUTHORIZATION, &bearer);
        let answer = send(twice.clone().with(ORIGIN, "https://evil.example")).await;
        answer.refuses(StatusCode::FORBIDDEN, "Cross-origin request refused");
        send(twice).await.refuses_somehow(StatusCode::BAD_REQUEST);
        let answer = send(plain(ask())).await;
        answer.refuses(StatusCode::UNAUTHORIZED, "Access token required").challenges();
        send(plain(ask().bearer("x"))).await.refuses_bearer();
        let answer = send(plain(ask().bearer(&user.access))).await;
        answer.refuses(StatusCode::FORBIDDEN, "Insufficient permissions");

        let ask = || ask().bearer(&team.admin.access);
        send(plain(ask())).await.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let encoded = large(ask().json("")).with(CONTENT_ENCODING, "gzip");
        send(encoded).await.refuses_somehow(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        send(large(ask().json(""))).await.refuses_somehow(StatusCode::PAYLOAD_TOO_LARGE);
        send(ask().json(r#"{"role":1}"#)).await.refuses_somehow(StatusCode::BAD_REQUEST);
        let answer = send(ask().json(&good.to_string())).await;
        if path == "/users" {
            answer.refuses(StatusCode::CONFLICT, "Email already in use");
        } else {
            answer.refuses(StatusCode::NOT_FOUND, "Not found");
        }
    }
}

/// Who may not ask learns nothing of ids: a strange one gets the same answer as a good one.
pub async fn a_strange_id_is_told_only_to_those_who_may_ask<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let user = team.member("ann@example.com", "USER").await;
    for (method, place) in all().filter(|(_, place)| place.contains('{')) {
        for ids in [(user.user_id.as_str(), user.id()), (NOBODY, NOBODY.to_owned()), ("x", "x".to_owned())] {
            let path = filled(place, ids.0, &ids.1);
            let ask = Ask::new(method.clone(), &path).json("{}");
            team.client.send(ask.clone()).await.has_status(StatusCode::UNAUTHORIZED).challenges();
            team.client.send(ask.clone().bearer("x")).await.has_status(StatusCode::UNAUTHORIZED);
            if place.starts_with("/users") {
                team.client.send(ask.bearer(&user.access)).await.has_status(StatusCode::FORBIDDEN);
            }
        }
    }
    team.is_live(&user).await;
}

/// Two `Authorization` headers are refused everywhere, and nothing is done.
pub async fn two_tokens_change_nothing<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let before = team.admin_account().await;
    for (method, place) in that_change() {
        let path = filled(place, &team.admin.user_id, &team.admin.id());
        let ask = Ask::new(method, &path).json(r#"{"name":"Changed"}"#);
        let ask = ask.bearer(&team.admin.access).bearer(&team.admin.access);
        team.client.send(ask).await.refuses_somehow(StatusCode::BAD_REQUEST);
    }
    assert_eq!(team.admin_account().await, before);
    team.is_live(&team.admin).await;
}

/// A refresh token's cookie is no access token, and a token in the query is none either.
pub async fn only_the_header_carries_a_token<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for (method, place) in all() {
        let path = filled(place, &team.admin.user_id, &team.admin.id());
        let query = format!("{path}?access_token={}", team.admin.access);
        for ask in [
            Ask::new(method.clone(), &path).cookie(&team.admin.refresh),
            Ask::new(method.clone(), &query).json("{}"),
        ] {
            let answer = team.client.send(ask).await;
            answer.has_status(StatusCode::UNAUTHORIZED).challenges().leaves_cookie();
        }
    }
    team.is_live(&team.admin).await;
}
