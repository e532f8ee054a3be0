//! The question over a real socket, and the answers that are not taken.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth_core::{Fault, Jwks, KeySource, OsEntropy, SigningAlgorithm, SigningKey};
use auth_jwks::{JwksUrl, RemoteKeys};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// An issuer on a free port, which answers every request with the same thing.
struct Issuer {
    url: JwksUrl,
    asked: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<http::request::Parts>>>,
}

impl Issuer {
    async fn answering(answer: Response<Full<Bytes>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let url = format!("http://127.0.0.1:{port}/.well-known/jwks.json?v=1");
        let issuer = Self {
            url: JwksUrl::parse(&url).expect("it is of this machine"),
            asked: Arc::default(),
            heads: Arc::default(),
        };
        let (asked, heads) = (Arc::clone(&issuer.asked), Arc::clone(&issuer.heads));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, heads, answer) = (Arc::clone(&asked), Arc::clone(&heads), answer.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    asked.fetch_add(1, Ordering::SeqCst);
                    heads.lock().expect("nobody panics with this").push(request.into_parts().0);
                    let answer = answer.clone();
                    async move { Ok::<_, Infallible>(answer) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        issuer
    }

    /// What comes of asking it for a key.
    async fn tells(&self, key_id: &str) -> (Result<(), Fault>, Jwks) {
        let keys = RemoteKeys::start(self.url.clone()).expect("there is a runtime");
        let outcome = keys.learn(key_id).await;
        (outcome, keys.known())
    }
}

fn key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::Es256, &OsEntropy).expect("randomness")
}

fn published(key: &SigningKey) -> String {
    Jwks::from_iter([key.public().clone()]).to_json()
}

#[tokio::test]
async fn keys_are_fetched_over_http() {
    let key = key();
    let issuer = Issuer::answering(Response::new(Full::from(published(&key)))).await;
    let (outcome, known) = issuer.tells(key.key_id()).await;
    outcome.expect("the issuer answers");
    assert!(known.contains(key.key_id()));
    let heads = issuer.heads.lock().expect("nobody panics with this");
    let [head] = &heads[..] else { panic!("it was asked once: {heads:?}") };
    assert_eq!((head.method.as_str(), head.uri.to_string().as_str()), ("GET", "/.well-known/jwks.json?v=1"));
    assert_eq!(head.headers["accept"], "application/jwk-set+json, application/json");
    assert!(!head.headers.contains_key("authorization") && !head.headers.contains_key("cookie"));
}

#[tokio::test]
async fn what_is_not_a_200_with_a_set_of_keys_is_a_fault() {
    let key = key();
    let set = published(&key);
    let answer = |status: u16, body: String| {
        Response::builder().status(status).body(Full::from(body)).expect("a response")
    };
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(Jwks::MAX_BYTES));
    for bad in [
        answer(404, set.clone()),
        answer(500, set.clone()),
        answer(204, String::new()),
        answer(203, set.clone()),
        answer(200, "<html>".to_owned()),
        answer(200, "[]".to_owned()),
        answer(200, large),
    ] {
        let told = format!("{bad:?}");
        let (outcome, known) = Issuer::answering(bad).await.tells(key.key_id()).await;
        assert!(matches!(outcome, Err(Fault::Keys(_))), "{told}: {outcome:?}");
        assert!(known.is_empty(), "{told}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let key = key();
    let elsewhere = Issuer::answering(Response::new(Full::from(published(&key)))).await;
    for status in [301, 302, 303, 307, 308] {
        let redirect = Response::builder()
            .status(status)
            .header("location", elsewhere.url.to_string())
            .body(Full::default())
            .expect("a response");
        let (outcome, known) = Issuer::answering(redirect).await.tells(key.key_id()).await;
        assert!(matches!(outcome, Err(Fault::Keys(_))), "{status}: {outcome:?}");
        assert!(known.is_empty());
    }
    assert_eq!(elsewhere.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_issuer_that_is_not_there_is_a_fault_and_no_refusal() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = free.local_addr().expect("it has an address").port();
    drop(free);
    let url = JwksUrl::parse(&format!("http://127.0.0.1:{port}/jwks.json")).expect("it is of this machine");
    let keys = RemoteKeys::start(url).expect("there is a runtime");
    assert!(matches!(keys.learn("a").await, Err(Fault::Keys(_))));
}
