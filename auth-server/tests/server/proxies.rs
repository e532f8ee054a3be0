//! Proxies in front: from where a login comes.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::client::{Client, EMAIL, PASSWORD, post, request};
use crate::process::{Server, Store};

fn with(mut request: Request<Bytes>, headers: &[(&'static str, &str)]) -> Request<Bytes> {
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

/// Logs in with these headers, and says from which address the list of sessions has it.
async fn seen_address(client: &Client, headers: &[(&'static str, &str)]) -> Value {
    let login = post("/api/auth/login", &json!({ "email": EMAIL, "password": PASSWORD }));
    let token = client.send(with(login, headers)).await.access_token();
    let sessions =
        request(Method::GET, "/api/auth/sessions").header(AUTHORIZATION, format!("Bearer {token}"));
    let sessions = client.send(sessions.body(Bytes::new()).unwrap()).await.json();
    let mut listed = sessions["sessions"].as_array().unwrap().iter();
    let current = listed.find(|session| session["current"] == true);
    current.unwrap()["ipAddress"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_from_where_a_login_comes() {
    let (here, there) = ("127.0.0.1", "192.0.2.7");
    for (proxies, expected) in [("127.0.0.0/8,10.0.0.0/8", there), ("10.0.0.0/8", here), ("", here)] {
        let store = Store::sqlite();
        let variables = [("NODE_ENV", "test"), ("TRUSTED_PROXIES", proxies)];
        let server = Server::start_with(&store.url(), &variables);
        let client = server.client();
        assert_eq!(client.bootstrap().await.status, 201);
        assert_eq!(seen_address(&client, &[]).await, here, "{proxies}");
        for headers in [
            &[("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.0.0.1")][..],
            &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.7")],
            &[("forwarded", "for=6.6.6.6, for=\"192.0.2.7:4711\";proto=https")],
        ] {
            assert_eq!(seen_address(&client, headers).await, expected, "{proxies} {headers:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_count_for_the_address_that_the_proxy_tells() {
    let store = Store::sqlite();
    let variables =
        [("NODE_ENV", "test"), ("TRUSTED_PROXIES", "127.0.0.1"), ("LOGIN_FAILURES_PER_MINUTE", "3")];
    let server = Server::start_with(&store.url(), &variables);
    let client = server.client();
    assert_eq!(client.bootstrap().await.status, 201);
    let login = |email: &str, from: &str| {
        let login = post("/api/auth/login", &json!({ "email": email, "password": PASSWORD }));
        client.send(with(login, &[("x-forwarded-for", from)]))
    };
    for (nth, status) in [401, 401, 401, 429].into_iter().enumerate() {
        assert_eq!(login(&format!("user{nth}@example.com"), "192.0.2.7").await.status, status);
    }
    let refused = login(EMAIL, "6.6.6.6, 192.0.2.7").await;
    assert_eq!(refused.status, 429);
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(login(EMAIL, "192.0.2.8").await.status, 200);
}
