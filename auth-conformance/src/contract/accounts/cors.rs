//! Accounts and sessions, asked for by a page of a trusted origin.

use http::StatusCode;
use http::header::{HeaderName, ORIGIN};

use super::super::client::{Ask, Client};
use super::super::cors::{APP, preflight};
use super::super::{Door, Settings};
use super::places::{PLACES, all, filled};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A page of a trusted origin may call each route, and read the answer; one of another origin may
/// change nothing, and reads nothing.
pub async fn each_route_is_for_pages_of_trusted_origins<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().with_trusted_origins([APP])).await;
    let session = client.login().await;
    for (method, place) in all() {
        let path = filled(place, &session.user_id, &session.id());
        let ask = Ask::new(method.clone(), &path).with(SEC_FETCH_SITE, "cross-site");
        let answer = client.send(ask.clone().with(ORIGIN, APP)).await;
        answer.has_status(StatusCode::UNAUTHORIZED).is_for_pages_of(APP);
        let answer = client.send(ask.with(ORIGIN, "https://evil.example")).await;
        let only_reads = matches!(method.as_str(), "GET" | "HEAD");
        answer.has_status(if only_reads { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN });
        answer.is_for_no_page();
    }
    let users = client.send(Ask::get("/users").bearer(&session.access).with(ORIGIN, APP)).await;
    users.has_status(StatusCode::OK).is_for_pages_of(APP);
}

/// A preflight of a trusted origin is told the methods of each place.
pub async fn a_preflight_is_told_the_methods_of_each_place<D: Door>(door: D) {
    let client = Client::with_admin(&door, Settings::development().with_trusted_origins([APP])).await;
    let session = client.login().await;
    for (place, methods) in PLACES {
        let path = filled(place, &session.user_id, &session.id());
        client.send(preflight(&path, APP, "DELETE")).await.permits(methods, APP);
        let other = client.send(preflight(&path, "https://evil.example", "DELETE")).await;
        other.refuses(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").is_for_no_page();
    }
}
