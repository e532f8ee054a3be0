//! Twenty honest browsers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{Client, with_cookie};
use crate::ledger::{Ledger, Outcome};
use crate::secrets::Secrets;

const BROWSERS: usize = 20;

/// Between two requests of one browser, so that twenty of them leave the machine some air.
const PAUSE: Duration = Duration::from_millis(10);

/// Where the servers listen; whoever restarts one says so here.
pub(crate) type Addresses = Arc<Mutex<Vec<Client>>>;

/// A client that keeps no list of secrets: hundreds of tokens a second pass by here.
pub(crate) fn forgetful(client: &Client) -> Client {
    Client { address: client.address, secrets: Secrets::default() }
}

/// Browsers that refresh and ask who they are, without end.
pub(crate) struct Crowd {
    browsers: JoinSet<String>,
    ledger: Ledger,
    over: Arc<AtomicBool>,
}

impl Crowd {
    /// Logs everybody in.
    pub(crate) async fn gather(servers: &Addresses) -> Self {
        let client = servers.lock().unwrap()[0].clone();
        assert_eq!(client.bootstrap().await.status, 201);
        let (ledger, over) = (Ledger::default(), Arc::new(AtomicBool::new(false)));
        let mut logins = JoinSet::new();
        for _ in 0..BROWSERS {
            let client = client.clone();
            logins.spawn(async move { client.login().await });
        }
        let mut browsers = JoinSet::new();
        for (number, login) in logins.join_all().await.into_iter().enumerate() {
            assert_eq!(login.status, 200, "{}", login.body);
            let browser = Browser {
                number,
                cookie: login.cookie().unwrap(),
                token: login.access_token(),
                servers: Arc::clone(servers),
                ledger: ledger.clone(),
            };
            browsers.spawn(browser.browse(Arc::clone(&over)));
        }
        Self { browsers, ledger, over }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns when everybody has been served anew; panics where somebody is not.
    pub(crate) async fn until_all_are_served(&mut self) {
        let since = Instant::now();
        while self.ledger.served_since(since) < BROWSERS {
            // Nobody leaves before it is over, but by a panic.
            if let Some(left) = self.browsers.try_join_next() {
                panic!("somebody left: {left:?}");
            }
            let counts = self.ledger.counts();
            assert!(since.elapsed() < Duration::from_secs(30), "somebody is not served: {counts:?}");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets everybody finish what they are at; the cookies they hold.
    pub(crate) async fn leave(self) -> Vec<String> {
        self.over.store(true, Ordering::Relaxed);
        self.browsers.join_all().await
    }
}

struct Browser {
    number: usize,
    cookie: String,
    token: String,
    servers: Addresses,
    ledger: Ledger,
}

impl Browser {
    /// Two refreshes, then a question; where there was no answer, the same again.
    async fn browse(mut self, over: Arc<AtomicBool>) -> String {
        let mut answered = 0;
        for turn in self.number.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let server = {
                let servers = self.servers.lock().unwrap();
                servers[turn % servers.len()].clone()
            };
            let asked = Instant::now();
            let outcome =
                if answered % 3 == 2 { self.ask(&server).await } else { self.refresh(&server).await };
            self.ledger.note(self.number, outcome, asked);
            answered += usize::from(outcome == Outcome::Right);
            sleep(PAUSE).await;
        }
        self.cookie
    }

    async fn refresh(&mut self, server: &Client) -> Outcome {
        let answer = server.try_send(with_cookie("/api/auth/refresh", &self.cookie)).await;
        let Some(answer) = right(&answer) else { return wrong(&answer) };
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let value = cookie.to_str().unwrap().strip_prefix("refresh_token=").unwrap();
            value.split(';').next().unwrap().clone_into(&mut self.cookie);
            assert!(!self.cookie.is_empty(), "the cookie was cleared");
        }
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        body["accessToken"].as_str().unwrap().clone_into(&mut self.token);
        Outcome::Right
    }

    async fn ask(&self, server: &Client) -> Outcome {
        let request = Request::get("/api/auth/me").header("host", "localhost");
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let answer = server.try_send(request.body(Bytes::new()).unwrap()).await;
        let Some(answer) = right(&answer) else { return wrong(&answer) };
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["email"], crate::client::EMAIL);
        Outcome::Right
    }
}

type Attempt = Result<Response<Bytes>, String>;

fn right(answer: &Attempt) -> Option<&Response<Bytes>> {
    answer.as_ref().ok().filter(|answer| answer.status() == 200)
}

/// What else an answer may be; a refusal, a fault of ours and a cleared cookie are none of that.
fn wrong(answer: &Attempt) -> Outcome {
    let Ok(answer) = answer else { return Outcome::Broken };
    assert_eq!(answer.status(), 503, "{answer:?}");
    assert_eq!(answer.body(), r#"{"error":"Service unavailable"}"#);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(answer.headers().get("set-cookie"), None);
    Outcome::Unavailable
}
