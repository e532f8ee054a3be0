//! Two servers on one Postgres are one system.

use std::thread;

use serde_json::json;

use crate::client::post;
use crate::process::{Server, Store};

const REFUSED: &str = r#"{"error":"Invalid or expired token"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_known_to_both_and_so_is_its_reuse() {
    let Some(store) = Store::postgres() else { return };
    let (one, other) = (Server::start(&store.url()), Server::start(&store.url()));
    let (one, other) = (one.client(), other.client());
    assert_eq!(one.bootstrap().await.status, 201);
    let login = one.login().await;
    assert_eq!(login.status, 200);
    let first = login.cookie().unwrap();

    // Each server carries on where the other left off.
    assert_eq!(other.me(&login.access_token()).await.status, 200);
    let second = other.refresh(&first).await.cookie().unwrap();
    let third = one.refresh(&second).await.cookie().unwrap();

    // What was spent at one is spent at the other, and what ended at one has ended at both.
    one.refresh(&first).await.is(401, REFUSED);
    for server in [&one, &other] {
        server.refresh(&third).await.is(401, REFUSED);
        server.me(&login.access_token()).await.is(401, REFUSED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_may_start_at_once_on_an_empty_database() {
    let Some(store) = Store::postgres() else { return };
    let url = store.url();
    let servers: Vec<_> = thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| Server::start(&url))).collect();
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    for server in &servers {
        server.client().get("/readyz").await.is(200, r#"{"status":"ready"}"#);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_bootstraps_at_both_have_one_winner() {
    let Some(store) = Store::postgres() else { return };
    let servers = [Server::start(&store.url()), Server::start(&store.url())];
    let attempts: Vec<_> = (0..50)
        .map(|number| {
            let client = servers[number % 2].client();
            let email = format!("admin{number}@example.com");
            let admin = json!({"email": email, "password": "correct horse battery staple", "name": "Admin"});
            tokio::spawn(async move { client.send(post("/api/auth/bootstrap", &admin)).await })
        })
        .collect();
    let mut created = 0;
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        if answer.status == 201 {
            answer.is(201, r#"{"message":"Admin user created successfully"}"#);
            created += 1;
        } else {
            answer.is(409, r#"{"error":"Admin user already exists"}"#);
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_both_count_together() {
    let Some(store) = Store::postgres() else { return };
    let servers = [Server::start(&store.url()), Server::start(&store.url())];
    let clients = [servers[0].client(), servers[1].client()];
    assert_eq!(clients[0].bootstrap().await.status, 201);
    let guess = json!({ "email": crate::client::EMAIL, "password": "not this one" });
    let mut guesses = tokio::task::JoinSet::new();
    for nth in 0..40 {
        let (client, guess) = (clients[nth % 2].clone(), guess.clone());
        guesses.spawn(async move { client.post("/api/auth/login", &guess).await.status });
    }
    let answers = guesses.join_all().await;
    let looked_at = answers.iter().filter(|status| **status == 401).count();
    assert!((5..=7).contains(&looked_at), "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 40 - looked_at, "{answers:?}");
}
