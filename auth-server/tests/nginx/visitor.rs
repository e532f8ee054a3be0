//! Whoever asks, header by header as they write them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::client::{EMAIL, PASSWORD};

/// Someone at an address of their own, which is not the proxy's.
pub(crate) struct Visitor {
    proxy: SocketAddr,
    token: Option<String>,
    cookie: Option<String>,
}

pub(crate) const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// What came back, in whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Visitor {
    /// Someone who is not logged in.
    pub(crate) fn new(proxy: SocketAddr) -> Self {
        Self { proxy, token: None, cookie: None }
    }

    /// Someone who has logged in through the proxy.
    pub(crate) async fn logged_in(proxy: SocketAddr, email: &str) -> Self {
        let mut visitor = Self::new(proxy);
        let login = visitor.post("/api/auth/login", &json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(login.status, 200, "{login:?}");
        visitor.keep(&login);
        visitor
    }

    /// The first admin, who is created on the way.
    pub(crate) async fn admin(proxy: SocketAddr) -> Self {
        let admin = json!({ "email": EMAIL, "password": PASSWORD, "name": "Admin" });
        assert_eq!(Self::new(proxy).post("/api/auth/bootstrap", &admin).await.status, 201);
        Self::logged_in(proxy, EMAIL).await
    }

    /// Refreshes, and goes on with what came.
    pub(crate) async fn refresh(&mut self) -> Answer {
        let answer = self.send("POST", "/api/auth/refresh", &self.cookie_header(), "").await;
        self.keep(&answer);
        answer
    }

    pub(crate) async fn logout(&self) -> Answer {
        self.send("POST", "/api/auth/logout", &self.cookie_header(), "").await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, "").await
    }

    /// Asks with these lines in the head as well.
    pub(crate) async fn get_with(&self, path: &str, lines: &str) -> Answer {
        self.send("GET", path, lines, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "Content-Type: application/json\r\n", &body.to_string()).await
    }

    /// Sends a request with these lines in its head, besides the token, where there is one.
    pub(crate) async fn send(&self, method: &str, path: &str, lines: &str, body: &str) -> Answer {
        let bearer = self.token.iter().map(|token| format!("Authorization: Bearer {token}\r\n"));
        let bearer: String = bearer.collect();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nUser-Agent: visitor\r\n\
             Content-Length: {length}\r\n{bearer}{lines}\r\n{body}"
        );
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(HOME, 0)).unwrap();
        let mut stream = socket.connect(self.proxy).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        Answer::read(&answer)
    }

    fn keep(&mut self, answer: &Answer) {
        self.token = answer.json()["accessToken"].as_str().map(str::to_owned);
        let cookies = answer.all("set-cookie").filter_map(|cookie| cookie.strip_prefix("refresh_token="));
        self.cookie = cookies.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).next();
    }

    fn cookie_header(&self) -> String {
        format!("Cookie: refresh_token={}\r\n", self.cookie.as_deref().unwrap())
    }
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let field = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self { status, headers: lines.map(field).collect(), body: body.to_owned() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("JSON in {self:?}"))
    }

    /// All values of a header.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Asserts a refusal: its status, its whole body, and its headers.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, sentence: &str, more: &[(&str, &str)]) {
        assert_eq!(self.body, format!(r#"{{"error":"{sentence}"}}"#), "{self:?}");
        assert_eq!(self.status, status, "{self:?}");
        let ours = [
            "content-type",
            "cache-control",
            "x-content-type-options",
            "www-authenticate",
            "retry-after",
            "location",
            "set-cookie",
        ];
        let said: Vec<_> =
            ours.into_iter().flat_map(|name| self.all(name).map(move |value| (name, value))).collect();
        let always = [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ];
        assert_eq!(said, [&always, more].concat(), "{self:?}");
    }
}
