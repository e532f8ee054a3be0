//! An honest visitor, who is a stranger with bad intentions every tenth time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use test_postgres::Cluster;

use crate::connection::{Connection, From, Tally, request};
use crate::hostile::Stranger;
use crate::lot::Lots;

const PASSWORD: &str = "correct horse battery staple";

/// Less than a session lasts at most: until then it is nobody's fault but the server's if it ends.
const SAFE_AGE: Duration = Duration::from_secs(38);

/// Less than an access token lasts.
const FRESH: Duration = Duration::from_secs(18);

/// Between two requests: the server is to be worn, not to be overrun.
const PAUSE: Duration = Duration::from_millis(15);

pub(crate) struct Visitor {
    number: u32,
    lots: Lots,
    tally: Arc<Tally>,
    connection: Connection,
    stranger: Stranger,
    session: Option<Session>,
}

struct Session {
    cookie: String,
    token: String,
    begun: Instant,
    refreshed: Instant,
}

impl Visitor {
    /// Creates the first account by bootstrap, and those of all visitors as its copies.
    pub(crate) async fn found(address: SocketAddr, cluster: &Cluster, visitors: u32) {
        let admin = json!({"email": "admin@example.com", "password": PASSWORD, "name": "Admin"});
        let answer = Connection::new(address, From::Home).send(post("/api/auth/bootstrap", &admin)).await;
        assert_eq!(answer.status(), 201);
        cluster.execute(&[&format!(
            "INSERT INTO users (id, email, name, name_folded, role, password_hash, created_at) \
             SELECT gen_random_uuid(), 'visitor' || number || '@example.com', name, name_folded, 'USER', \
                    password_hash, created_at \
             FROM users, generate_series(0, {visitors} - 1) AS number"
        )]);
    }

    pub(crate) fn new(number: u32, address: SocketAddr, tally: Arc<Tally>) -> Self {
        Self {
            number,
            lots: Lots::new(number + 1),
            connection: Connection::new(address, From::Home),
            stranger: Stranger::new(address, Arc::clone(&tally)),
            tally,
            session: None,
        }
    }

    /// 1 % log in, 8 % refresh, 90 % ask, 1 % log out; beside that the stranger.
    pub(crate) async fn stay(mut self) {
        loop {
            if self.lots.draw(10) == 0 {
                self.stranger.act(&mut self.lots).await;
            } else {
                self.visit().await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn visit(&mut self) {
        let lot = self.lots.draw(100);
        match self.session.take_if(|session| session.begun.elapsed() < SAFE_AGE) {
            Some(_) if lot == 0 => self.login().await,
            Some(session) if lot == 1 => self.logout(session).await,
            Some(session) if lot < 10 || session.refreshed.elapsed() > FRESH => self.refresh(session).await,
            Some(session) => self.ask(session).await,
            None => self.login().await,
        }
    }

    async fn login(&mut self) {
        let who = format!("visitor{}@example.com", self.number);
        let answer = self.send(post("/api/auth/login", &json!({"email": who, "password": PASSWORD}))).await;
        if let Some((body, cookie)) = served(&answer) {
            let now = Instant::now();
            let token = body["accessToken"].as_str().unwrap().to_owned();
            self.session = Some(Session { cookie: cookie.unwrap(), token, begun: now, refreshed: now });
        }
    }

    async fn refresh(&mut self, mut session: Session) {
        let answer = self.send(with_cookie("/api/auth/refresh", &session.cookie)).await;
        if let Some((body, cookie)) = served(&answer) {
            session.cookie = cookie.expect("every refresh rotates");
            body["accessToken"].as_str().unwrap().clone_into(&mut session.token);
            session.refreshed = Instant::now();
        }
        self.session = Some(session);
    }

    async fn ask(&mut self, session: Session) {
        let bearer = format!("Bearer {}", session.token);
        let ask = request(Method::GET, "/api/auth/me").header("authorization", bearer);
        let answer = self.send(ask.body(Bytes::new()).unwrap()).await;
        served(&answer);
        self.session = Some(session);
    }

    async fn logout(&mut self, session: Session) {
        let answer = self.send(with_cookie("/api/auth/logout", &session.cookie)).await;
        served(&answer);
    }

    async fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.connection.send(request).await;
        self.tally.count("honest", answer.status().as_u16());
        answer
    }
}

/// The body and the cookie of a right answer; nothing where the server is too busy. Any other
/// answer to the honest is wrong.
fn served(answer: &Response<Bytes>) -> Option<(Value, Option<String>)> {
    if answer.status() == 503 {
        return None;
    }
    assert_eq!(answer.status(), 200, "{answer:?}");
    let cookie = answer.headers().get("set-cookie").map(|cookie| {
        let value = cookie.to_str().unwrap().strip_prefix("refresh_token=").unwrap();
        value.split(';').next().unwrap().to_owned()
    });
    Some((serde_json::from_slice(answer.body()).unwrap(), cookie))
}

fn post(path: &str, body: &Value) -> Request<Bytes> {
    let request = request(Method::POST, path).header("content-type", "application/json");
    request.body(body.to_string().into()).unwrap()
}

fn with_cookie(path: &str, cookie: &str) -> Request<Bytes> {
    let request = request(Method::POST, path).header("cookie", format!("refresh_token={cookie}"));
    request.body(Bytes::new()).unwrap()
}
