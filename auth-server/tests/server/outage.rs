//! Postgres goes away, and comes back.

use std::time::{Duration, Instant};

use test_postgres::Cluster;

use crate::process::Server;

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_nobody_is_logged_out_and_then_all_goes_on() {
    let Some(cluster) = Cluster::launch() else { return };
    let server = Server::start(&cluster.url());
    let client = server.client();
    assert_eq!(client.bootstrap().await.status, 201);
    let login = client.login().await;
    let (access, cookie) = (login.access_token(), login.cookie().unwrap());

    cluster.stop();
    let gone = Instant::now();
    let (at_login, at_refresh, at_logout, at_me, at_bootstrap, ready) = tokio::join!(
        client.login(),
        client.refresh(&cookie),
        client.logout(&cookie),
        client.me(&access),
        client.bootstrap(),
        client.get("/readyz"),
    );
    for answer in [at_login, at_refresh, at_logout, at_me, at_bootstrap, ready] {
        answer.is_unavailable();
    }
    assert!(gone.elapsed() < Duration::from_secs(15), "answered, and in time");
    client.get("/healthz").await.is(200, r#"{"status":"ok"}"#);

    cluster.start();
    let back = Instant::now();
    while client.get("/readyz").await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(5), "ready within five seconds");
    }
    assert_eq!(client.me(&access).await.status, 200);
    let refreshed = client.refresh(&cookie).await;
    assert_eq!(refreshed.status, 200);
    assert_eq!(client.login().await.status, 200);
    assert!(back.elapsed() < Duration::from_secs(5), "at work within five seconds");
    client.logout(&refreshed.cookie().unwrap()).await.is(200, r#"{"message":"Logged out successfully"}"#);
    client.bootstrap().await.is(409, r#"{"error":"Admin user already exists"}"#);
}
