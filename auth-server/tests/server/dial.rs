//! `REVOCATION_DELAY`, over two servers on one database: how soon a check at one hears of what was ended at
//! the other.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use test_postgres::Cluster;
use tokio::time::sleep;

use crate::client::{Answer, Client, EMAIL};
use crate::metrics::{Figures, LISTEN};
use crate::process::{Server, Store};

const REFUSED: &str = r#"{"error":"Invalid or expired token"}"#;

/// What `1s` says.
const DELAY: Duration = Duration::from_secs(1);

/// Between two questions, of which the second may be answered otherwise.
const PAUSE: Duration = Duration::from_millis(20);

/// Longer than anything here takes; whoever waits for it has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Two servers on one database, and somebody who has logged in at one and passes the check of the other.
struct Two {
    servers: [Server; 2],
    token: String,
    cookie: String,
}

impl Two {
    async fn over(database: &str, variables: &[(&str, &str)]) -> Self {
        let variables = [&[LISTEN, ("NODE_ENV", "test")], variables].concat();
        let servers = [(); 2].map(|()| Server::start_with(database, &variables));
        servers[0].client().bootstrap().await;
        let login = servers[0].client().login().await;
        let two = Self { servers, token: login.access_token(), cookie: login.cookie().unwrap() };
        let passed = two.check().await;
        assert_eq!((passed.status, passed.body.as_str()), (204, ""));
        assert_eq!(passed.header("x-auth-user-id"), login.json()["user"]["id"].as_str());
        assert_eq!(
            (passed.header("x-auth-email"), passed.header("x-auth-role")),
            (Some(EMAIL), Some("ADMIN"))
        );
        two
    }

    fn other(&self) -> Client {
        self.servers[1].client()
    }

    /// The check at the other server.
    async fn check(&self) -> Answer {
        self.other().check(&self.token).await
    }

    /// What the other server tells of the dial, once it is as expected.
    async fn tells(&self, is_so: impl Fn(&Figures) -> bool) -> Figures {
        let begun = Instant::now();
        loop {
            let figures = Figures::of(&self.servers[1]).await;
            if is_so(&figures) {
                return figures;
            }
            assert!(begun.elapsed() < PATIENCE, "it never comes to this");
            sleep(PAUSE).await;
        }
    }

    /// Ends the session at the one server.
    async fn log_out(&self) {
        assert_eq!(self.servers[0].client().logout(&self.cookie).await.status, 200);
    }
}

fn both() -> impl Iterator<Item = Store> {
    [Some(Store::sqlite()), Store::postgres()].into_iter().flatten()
}

/// What a server says of the dial when it listens.
fn announced(log: &[String]) -> Vec<Value> {
    let events = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let listening = events.filter(|event| event["message"] == "listening");
    listening.map(|event| event["revocation_delay"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_delay_an_ended_session_is_refused_at_once() {
    for (store, variables) in both().zip([&[][..], &[("REVOCATION_DELAY", "0")]]) {
        let two = Two::over(&store.url(), variables).await;
        two.log_out().await;
        two.check().await.is(401, REFUSED);
        two.tells(|_| true).await.are(&[
            ("auth_revocation_delay_seconds", 0.0),
            ("auth_revocation_age_seconds", f64::INFINITY),
            ("auth_revocation_entries", 0.0),
            ("auth_revocation_asking", 1.0),
        ]);
        let [_, other] = two.servers;
        assert_eq!(announced(&other.stop()), ["0"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_delay_an_ended_session_is_refused_within_it() {
    for store in both() {
        let two = Two::over(&store.url(), &[("REVOCATION_DELAY", "1s")]).await;
        two.log_out().await;
        // The store, which is asked here, knows at once.
        two.other().me(&two.token).await.is(401, REFUSED);
        let ended = Instant::now();
        loop {
            let is_over = ended.elapsed() >= DELAY;
            let answer = two.check().await;
            if answer.status == 401 {
                answer.is(401, REFUSED);
                break;
            }
            assert_eq!((answer.status, is_over), (204, false), "it has to be known after the delay");
            sleep(PAUSE).await;
        }
        two.tells(|figures| figures.value("auth_revocation_entries") == Some(1.0))
            .await
            .are(&[("auth_revocation_delay_seconds", 1.0)]);
        two.check().await.is(401, REFUSED);
        let [_, other] = two.servers;
        assert_eq!(announced(&other.stop()), ["1s"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_delay_a_check_asks_nobody() {
    for store in both() {
        // What was read at the start is read again after a third of it.
        let two = Two::over(&store.url(), &[("REVOCATION_DELAY", "14m")]).await;
        let figures = two.tells(|figures| figures.value("auth_revocation_asking") == Some(0.0)).await;
        figures.are(&[("auth_revocation_delay_seconds", 840.0), ("auth_revocation_entries", 0.0)]);
        assert!(figures.value("auth_revocation_age_seconds").is_some_and(|age| (0.0..280.0).contains(&age)));
        assert_eq!(two.check().await.status, 204);
        two.log_out().await;
        two.other().me(&two.token).await.is(401, REFUSED);
        let passed = two.check().await;
        assert_eq!((passed.status, passed.header("x-auth-email")), (204, Some(EMAIL)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_dial_off_a_token_is_believed_until_it_expires() {
    for store in both() {
        let two = Two::over(&store.url(), &[("REVOCATION_DELAY", "off"), ("JWT_ACCESS_TTL", "5s")]).await;
        let expires_at = expiry(&two.token);
        two.log_out().await;
        let mut believed = 0;
        loop {
            let asked_at = now();
            let answer = two.check().await;
            if answer.status == 401 {
                assert!(now() >= expires_at, "it is good for longer");
                answer.is(401, REFUSED);
                break;
            }
            assert_eq!((answer.status, asked_at < expires_at), (204, true));
            believed += 1;
            sleep(PAUSE).await;
        }
        assert!(believed > 0);
        two.tells(|_| true).await.are(&[
            ("auth_revocation_delay_seconds", f64::INFINITY),
            ("auth_revocation_age_seconds", f64::INFINITY),
            ("auth_revocation_asking", 0.0),
        ]);
        let [_, other] = two.servers;
        assert_eq!(announced(&other.stop()), ["off"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_a_check_answers_for_the_delay_and_its_silence_and_its_return_are_told_once()
 {
    const TURNS: [&str; 2] =
        ["what has been revoked could not be read", "what has been revoked can be read again"];
    let Some(cluster) = Cluster::launch() else { return };
    let two = Two::over(&cluster.url(), &[("REVOCATION_DELAY", "1s")]).await;
    two.tells(|figures| figures.value("auth_revocation_asking") == Some(0.0)).await;
    cluster.stop();
    let gone = Instant::now();
    let mut unavailable = 0;
    // Long enough for several readings that fail.
    while unavailable < 100 {
        let is_over = gone.elapsed() >= DELAY;
        let answer = two.check().await;
        if answer.status == 503 {
            answer.is_unavailable();
            unavailable += 1;
        } else {
            assert_eq!(
                (answer.status, is_over),
                (204, false),
                "nobody is logged out, and nobody gets in unseen"
            );
        }
        assert!(gone.elapsed() < PATIENCE, "{unavailable}");
        sleep(PAUSE).await;
    }
    two.tells(|figures| figures.value("auth_revocation_asking") == Some(1.0)).await;
    cluster.start();
    two.tells(|figures| figures.value("auth_revocation_asking") == Some(0.0)).await;
    assert_eq!(two.check().await.status, 204);
    let [_, other] = two.servers;
    let log = other.stop();
    for turn in TURNS {
        assert_eq!(log.iter().filter(|line| line.contains(turn)).count(), 1, "{turn}");
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// When a token says that it expires, since 1970.
fn expiry(token: &str) -> Duration {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    Duration::from_secs(claims["exp"].as_u64().unwrap())
}
