//! The public keys, at their two places.

use bytes::Bytes;
use http::Method;

use crate::client::{SERVERS_OWN, request};
use crate::process::{Server, Store};

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_published_below_the_base_path_and_where_everyone_looks_first() {
    let store = Store::sqlite();
    let server = Server::start_with(&store.url(), &[("NODE_ENV", "test")]);
    let client = server.client();
    for place in ["/.well-known/jwks.json", "/api/auth/jwks.json"] {
        let answer = client.send(request(Method::GET, place).body(Bytes::new()).unwrap()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"keys":[]}"#), "{place}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        for (name, value) in SERVERS_OWN {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
    }
    let elsewhere = request(Method::GET, "/.well-known/openid-configuration").body(Bytes::new()).unwrap();
    client.send(elsewhere).await.is(404, r#"{"error":"Not found"}"#);
}
