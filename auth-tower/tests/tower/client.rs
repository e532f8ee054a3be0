//! From where a login came, as the list of sessions shows it.

use std::net::IpAddr;

use auth_core::MemoryStore;
use auth_tower::{AuthRoutes, ClientAddress, TrustedProxies};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::common::{self, CREDENTIALS, call, post};

/// Logs in by this request, and says what is kept of it.
async fn kept(login: Request<Full<Bytes>>) -> (Option<String>, Option<IpAddr>) {
    kept_behind("", login).await
}

/// The same, where these proxies are trusted.
async fn kept_behind(proxies: &str, login: Request<Full<Bytes>>) -> (Option<String>, Option<IpAddr>) {
    let auth = common::auth(MemoryStore::new());
    let proxies = TrustedProxies::parse(proxies).unwrap();
    let routes = AuthRoutes::new(auth.clone()).with_trusted_proxies(proxies);
    assert_eq!(call(&routes, post("/api/auth/bootstrap", CREDENTIALS)).await.status, 201);
    let answer = call(&routes, login).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.body.split('"').nth(3).unwrap();
    let sessions = auth.sessions(&auth.authenticate(token).unwrap()).await.unwrap();
    let client = sessions.into_iter().next().unwrap().client;
    (client.user_agent.map(|agent| agent.as_str().to_owned()), client.ip_address)
}

fn login() -> Request<Full<Bytes>> {
    post("/api/auth/login", CREDENTIALS)
}

#[tokio::test]
async fn a_login_keeps_its_agent_and_the_address_the_server_saw() {
    let mut request = login();
    request.headers_mut().insert("user-agent", "curl/8.5".parse().unwrap());
    request.extensions_mut().insert(ClientAddress("::ffff:192.0.2.7".parse().unwrap()));
    assert_eq!(kept(request).await, (Some("curl/8.5".to_owned()), "192.0.2.7".parse().ok()));
}

#[tokio::test]
async fn what_nobody_said_is_unknown() {
    assert_eq!(kept(login()).await, (None, None));
}

#[tokio::test]
async fn without_a_trusted_proxy_no_header_names_an_address() {
    let mut request = login();
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"] {
        request.headers_mut().insert(name, "192.0.2.7".parse().unwrap());
    }
    assert_eq!(kept(request).await, (None, None));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn in_axum_the_address_of_the_connection_is_known_already() {
    use std::net::SocketAddr;

    use axum::Router;
    use axum::extract::ConnectInfo;
    use tower::Layer;

    let auth = common::auth(MemoryStore::new());
    common::log_in(&auth).await;
    let app = Router::new().nest_service("/api/auth", AuthRoutes::new(auth.clone()).nested());
    // What `into_make_service_with_connect_info` does for each connection.
    let peer: SocketAddr = "192.0.2.7:50000".parse().unwrap();
    let app = axum::Extension(ConnectInfo(peer)).layer(app);
    let answer = call(&app, login()).await;
    let who = auth.authenticate(answer.body.split('"').nth(3).unwrap()).unwrap();
    let sessions = auth.sessions(&who).await.unwrap();
    let latest = sessions.iter().find(|session| session.id == who.session_id).unwrap();
    assert_eq!(latest.client.ip_address, "192.0.2.7".parse().ok());
}

#[tokio::test]
async fn a_trusted_proxy_names_the_address_and_nobody_else_does() {
    for (peer, expected) in [("10.0.0.1", "192.0.2.7"), ("198.51.100.9", "198.51.100.9")] {
        let mut request = login();
        request.headers_mut().insert("x-forwarded-for", "6.6.6.6, 192.0.2.7".parse().unwrap());
        request.extensions_mut().insert(ClientAddress(peer.parse().unwrap()));
        assert_eq!(kept_behind("10.0.0.0/8", request).await.1, expected.parse().ok(), "{peer}");
    }
    let mut from_nowhere = login();
    from_nowhere.headers_mut().insert("x-forwarded-for", "192.0.2.7".parse().unwrap());
    assert_eq!(kept_behind("10.0.0.0/8", from_nowhere).await.1, None);
}
