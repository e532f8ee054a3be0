//! A client in the same process.

mod answer;
mod ask;
mod jar;

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use auth_core::store::ManagedStore;
use auth_core::{AccessToken, Auth, Clock, Role, SystemClock};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower_service::Service;

use crate::people;

pub use answer::Answer;
pub use ask::Ask;
use jar::{Jar, Scheme};

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// A service, whatever its body is.
type App = dyn Fn(Request<Bytes>) -> Pin<Box<dyn Future<Output = Response<Bytes>> + Send>> + Send + Sync;

/// A browser with a front end in it, on a service in the same process.
///
/// It keeps cookies as a browser does: by `Path`, `Max-Age`, `Expires`, `Domain` and `Secure`; scripts'
/// and other sites' requests are none of its business. And it keeps the access token as a front end
/// does: it takes it from the answers of `/login` and `/refresh`, and sends it as
/// `Authorization: Bearer` with every request, until `/logout`.
///
/// Clones are tabs of one browser; [`another`](Self::another) opens a new one.
///
/// ```
/// use auth_core::MemoryStore;
/// use auth_testing::{Client, PASSWORD, TestKit, first_admin};
/// use auth_tower::AuthRoutes;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let auth = TestKit::new().auth(MemoryStore::new());
/// first_admin(&auth).await;
///
/// let client = Client::new(AuthRoutes::new(auth));
/// let login = json!({"email": "admin@example.com", "password": PASSWORD});
/// let answer = client.post("/api/auth/login").json(&login).await;
/// assert_eq!(answer.json()["user"]["name"], "Admin");
/// assert_eq!(client.get("/api/auth/me").await.json()["role"], "ADMIN");
/// assert_eq!(client.another().get("/api/auth/me").await.text(), r#"{"error":"Access token required"}"#);
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
    scheme: Scheme,
    base_path: String,
    kept: Arc<Mutex<Kept>>,
}

/// What a browser keeps between requests.
#[derive(Default)]
struct Kept {
    jar: Jar,
    access_token: Option<AccessToken>,
}

impl Client {
    /// A client of a service that takes a body of any kind, as `AuthRoutes`, an axum `Router` and a
    /// service behind an `AuthLayer` do.
    pub fn new<V, R>(service: V) -> Self
    where
        V: Service<Request<Full<Bytes>>, Response = Response<R>> + Clone + Send + 'static,
        V::Future: Send,
        V::Error: Into<BoxError>,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        Self::with_body::<Full<Bytes>, V, R>(service)
    }

    /// A client of a service that takes one kind of body, which can be made of bytes, such as
    /// `axum::body::Body`.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use auth_testing::Client;
    /// use axum::body::Body;
    /// use http::{Request, Response};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let echo = tower::service_fn(async |asked: Request<Body>| Ok::<_, Infallible>(Response::new(asked.into_body())));
    /// let client = Client::with_body(echo);
    /// assert_eq!(client.post("/").body("hello").await.text(), "hello");
    /// # }
    /// ```
    pub fn with_body<B, V, R>(service: V) -> Self
    where
        B: From<Bytes> + Send + 'static,
        V: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
        V::Future: Send,
        V::Error: Into<BoxError>,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let service = Mutex::new(service);
        let app = move |request: Request<Bytes>| -> Pin<Box<dyn Future<Output = Response<Bytes>> + Send>> {
            let mut service = service.lock().expect("nothing panics while a service is cloned").clone();
            Box::pin(async move {
                let ready = poll_fn(|context| service.poll_ready(context)).await.map_err(Into::into);
                ready.expect("the service is ready");
                let answered = service.call(request.map(B::from)).await.map_err(Into::into);
                let (head, body) = answered.expect("the service answers").into_parts();
                let body = body.collect().await.map_err(Into::into).expect("the answer's body is whole");
                Response::from_parts(head, body.to_bytes())
            })
        };
        Self {
            app: Arc::new(app),
            clock: Arc::new(SystemClock),
            scheme: Scheme::Https,
            base_path: "/api/auth".to_owned(),
            kept: Arc::default(),
        }
    }

    /// Lets cookies go by this clock. [`TestKit::client`](crate::TestKit::client) has done so already.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Asks over plain HTTP: then `Secure` cookies are neither kept nor sent.
    #[must_use]
    pub fn over_http(self) -> Self {
        Self { scheme: Scheme::Http, ..self }
    }

    /// Says where the routes are; by default they are at `/api/auth`.
    #[must_use]
    pub fn with_base_path(self, base_path: &str) -> Self {
        Self { base_path: base_path.to_owned(), ..self }
    }

    /// Another browser on the same service: without cookies, without an access token.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { kept: Arc::default(), ..self.clone() }
    }

    /// Another browser, in which somebody with this role has just signed in over HTTP. Who they are, and
    /// where the panics are, is as in [`signed_in_as`](crate::signed_in_as).
    pub async fn signed_in_as<S: ManagedStore>(&self, auth: &Auth<S>, role: impl Into<Role>) -> Self {
        let user = people::somebody(auth, role.into()).await;
        let client = self.another();
        client.login(user.email.as_str(), people::PASSWORD).await.has_status(200);
        client
    }

    /// `POST /login`.
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.auth(Method::POST, "/login").json(&json!({"email": email, "password": password})).await
    }

    /// `POST /refresh`, with the cookie.
    pub async fn refresh(&self) -> Answer {
        self.auth(Method::POST, "/refresh").await
    }

    /// `POST /logout`, with the cookie.
    pub async fn logout(&self) -> Answer {
        self.auth(Method::POST, "/logout").await
    }

    /// `GET /me`.
    pub async fn me(&self) -> Answer {
        self.auth(Method::GET, "/me").await
    }

    /// `GET`, of a path with or without a query.
    pub fn get(&self, path: &str) -> Ask {
        self.request(Method::GET, path)
    }

    /// `POST`.
    pub fn post(&self, path: &str) -> Ask {
        self.request(Method::POST, path)
    }

    /// `PUT`.
    pub fn put(&self, path: &str) -> Ask {
        self.request(Method::PUT, path)
    }

    /// `PATCH`.
    pub fn patch(&self, path: &str) -> Ask {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Ask {
        self.request(Method::DELETE, path)
    }

    /// Any method.
    pub fn request(&self, method: Method, path: &str) -> Ask {
        Ask::new(self.clone(), method, path)
    }

    /// The access token that is sent with each request, if there is one.
    pub fn access_token(&self) -> Option<AccessToken> {
        self.kept().access_token.clone()
    }

    /// Forgets the access token, as a page that is loaded anew does. The cookies stay.
    pub fn reload(&self) {
        self.kept().access_token = None;
    }

    /// The value of a cookie that the browser would send to this path now.
    pub fn cookie(&self, name: &str, path: &str) -> Option<String> {
        let now = self.clock.now();
        self.kept().jar.find(name, path, self.scheme, now).map(str::to_owned)
    }

    fn auth(&self, method: Method, route: &str) -> Ask {
        self.request(method, &format!("{}{route}", self.base_path))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("nothing panics while the browser's memory is open")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_path", &self.base_path).finish_non_exhaustive()
    }
}
