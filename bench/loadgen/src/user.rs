//! Somebody with a connection, an account, a token and a cookie, who looks at every answer.

use std::collections::VecDeque;
use std::io::Write as _;
use std::mem;
use std::rc::Rc;

use serde_json::Value;

use crate::arguments::Arguments;
use crate::connection::{Answer, Connection, Failure};

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Login,
    Refresh,
    Me,
    Get,
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Me => "me",
            Self::Get => "get",
        }
    }
}

pub(crate) struct User {
    arguments: Rc<Arguments>,
    connection: Connection,
    request: Vec<u8>,
    number: usize,
    logins: usize,
    session: Session,
    /// Those that wait for their turn.
    others: VecDeque<Session>,
}

/// Whose it is, and the tokens.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

const COOKIE: &str = "refresh_token";
/// With so many accounts between one login and the next, nobody soon meets another's account.
const STRIDE: usize = 997;

impl User {
    pub(crate) fn new(arguments: &Rc<Arguments>, number: usize) -> Self {
        Self {
            arguments: Rc::clone(arguments),
            connection: Connection::new(arguments.server),
            request: Vec::with_capacity(2048),
            number,
            logins: 0,
            session: Session { access_token: arguments.bearer.clone(), ..Session::default() },
            others: VecDeque::new(),
        }
    }

    /// Somebody who has these sessions, and asks with one after the other.
    pub(crate) fn with(arguments: &Rc<Arguments>, number: usize, sessions: VecDeque<Session>) -> Self {
        let mut user = Self { others: sessions, ..Self::new(arguments, number) };
        user.session = user.others.pop_front().unwrap_or_default();
        user
    }

    /// Gives the sessions back.
    pub(crate) fn into_sessions(self) -> impl Iterator<Item = Session> {
        self.others.into_iter().chain([self.session])
    }

    /// Refreshes each session once, so that there is an access token for it.
    pub(crate) async fn refresh_all(&mut self) -> Result<(), Failure> {
        for _ in 0..=self.others.len() {
            self.act(Action::Refresh).await?;
        }
        Ok(())
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    pub(crate) async fn act(&mut self, action: Action) -> Result<(), Failure> {
        if let Some(next) = self.others.pop_front() {
            self.others.push_back(mem::replace(&mut self.session, next));
        }
        match action {
            Action::Login => self.login().await,
            Action::Refresh => self.refresh().await,
            Action::Me => self.me().await,
            Action::Get => self.get().await,
        }
    }

    pub(crate) async fn login(&mut self) -> Result<(), Failure> {
        let account = (self.number + self.logins * STRIDE) % self.arguments.accounts;
        self.logins += 1;
        self.session.email = self.arguments.email.replace("{}", &account.to_string());
        let body = serde_json::json!({ "email": self.session.email, "password": self.arguments.password });
        self.write("POST /api/auth/login", &[], Some(&body.to_string()));
        let answer = self.send().await?;
        let body = json(&answer)?;
        if body["user"]["email"] != self.session.email.as_str() {
            return Err(Failure::Wrong("a login as somebody else"));
        }
        self.keep(&answer, &body)
    }

    async fn refresh(&mut self) -> Result<(), Failure> {
        let cookie = format!("Cookie: {COOKIE}={}\r\n", self.session.refresh_token);
        self.write("POST /api/auth/refresh", &[&cookie], Some(""));
        let answer = self.send().await?;
        let body = json(&answer)?;
        let before = self.session.refresh_token.clone();
        self.keep(&answer, &body)?;
        if self.session.refresh_token == before {
            Err(Failure::Wrong("a cookie that was not rotated"))
        } else {
            Ok(())
        }
    }

    async fn me(&mut self) -> Result<(), Failure> {
        let bearer = format!("Authorization: Bearer {}\r\n", self.session.access_token);
        self.write("GET /api/auth/me", &[&bearer], None);
        let answer = self.send().await?;
        let mut parts = answer.body.windows(self.session.email.len());
        let is_mine = parts.any(|part| part == self.session.email.as_bytes());
        if is_mine { Ok(()) } else { Err(Failure::Wrong("the data of somebody else")) }
    }

    async fn get(&mut self) -> Result<(), Failure> {
        let line = format!("GET {}", self.arguments.path);
        let bearer = format!("Authorization: Bearer {}\r\n", self.session.access_token);
        let headers: &[&str] = if self.session.access_token.is_empty() { &[] } else { &[&bearer] };
        self.write(&line, headers, None);
        self.send().await.map(drop)
    }

    fn write(&mut self, line: &str, headers: &[&str], body: Option<&str>) {
        self.request.clear();
        let out = &mut self.request;
        let server = self.arguments.server;
        write!(out, "{line} HTTP/1.1\r\nHost: {server}\r\nAccept: application/json\r\n")
            .and_then(|()| headers.iter().try_for_each(|header| out.write_all(header.as_bytes())))
            .and_then(|()| match body {
                None => write!(out, "\r\n"),
                Some("") => write!(out, "Content-Length: 0\r\n\r\n"),
                Some(body) => {
                    let length = body.len();
                    write!(out, "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
                }
            })
            .expect("memory can be written to");
    }

    async fn send(&mut self) -> Result<Answer, Failure> {
        let answer = self.connection.send(&self.request).await?;
        if answer.status == 200 {
            return Ok(answer);
        }
        let body = String::from_utf8_lossy(&answer.body).chars().take(160).collect();
        Err(Failure::Refused { status: answer.status, body })
    }

    fn keep(&mut self, answer: &Answer, body: &Value) -> Result<(), Failure> {
        let access = body["accessToken"].as_str().ok_or(Failure::Wrong("an answer without a token"))?;
        let value = |cookie: &String| {
            let (value, _) = cookie.strip_prefix(COOKIE)?.strip_prefix('=')?.split_once(';')?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        let refresh = answer.cookies.iter().find_map(value);
        self.session.refresh_token = refresh.ok_or(Failure::Wrong("an answer without a cookie"))?;
        access.clone_into(&mut self.session.access_token);
        Ok(())
    }
}

fn json(answer: &Answer) -> Result<Value, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure::Wrong("an answer that is no JSON"))
}
