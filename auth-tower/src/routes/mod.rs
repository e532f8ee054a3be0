//! The five endpoints, the check for proxies, and accounts and sessions beside them, as a service of their own.
//!
//! A request is judged in this order, and the first thing that is wrong is the answer:
//!
//! 1. the path (404), then the method (405), or, where it is a preflight of a trusted origin, what
//!    that is told (204);
//! 2. for everything but GET and HEAD, the cross-site rule (403);
//! 3. the headers: `Content-Encoding` and `Content-Type` where there is a body to be read as JSON
//!    (415), then the cookie or `Authorization` being there twice (400);
//! 4. the body: its size (413), then what it says (400);
//! 5. what it asks: the token or cookie that is missing (401), and all that the core judges.
//!
//! While bootstrap is closed, its answer is 403 whatever the body says, as long as it keeps to the
//! size limit: there is nothing to be learnt from a body that nobody will use. Where it asks for a
//! token, `X-Bootstrap-Token` is looked at before the other headers: there twice (400), missing or
//! another one (401, whatever the body says, and whether or not there is a user already).
//!
//! The check reads `Authorization` and nothing else of the head: there twice (400), missing (401);
//! then its query, where a parameter that it does not know is refused as well (400): one that is
//! misspelt would let everyone through. Whether there is such a role is told to those who are known.
//!
//! What asks for accounts or sessions is judged in another order, because who asks matters most;
//! strangers learn nothing of bodies and ids:
//!
//! 1. path, method and cross-site rule as above;
//! 2. `Authorization`: there twice (400), missing (401);
//! 3. who is asking, by the store, as they are now (401), and whether they may (403);
//! 4. for POST and PATCH the headers of the body (415); but for GET and HEAD its size (413); what
//!    it and the query say (400);
//! 5. whether the ids in the path are ids at all (404), and all that the core judges.

mod accounts;
mod bootstrap;
mod check;
mod document;
mod endpoint;
mod fields;
mod keys;
mod media;
mod names;
mod nested;
#[cfg(feature = "openapi")]
mod openapi;
mod parse;
mod place;
mod query;
mod reply;
mod route;
mod service;
mod time;
mod wire;

use std::fmt;

use auth_core::store::{EventStore, ManagedStore};
use auth_core::{Auth, Revocations};
use http::Request;

use crate::base_path::BasePath;
use crate::cookie::{Cookie, Transport};
use crate::cors::{Cors, CorsHeaders};
use crate::proxies::TrustedProxies;
use crate::trusted_origins::TrustedOrigins;

#[cfg(feature = "openapi")]
pub use openapi::OpenApi;
pub use service::RoutesFuture;

use accounts::Desk;
use document::Document;
use place::{Extent, Place};

/// The routes of an [`Auth`], as a [`tower_service::Service`] without an inner one.
///
/// It takes requests with any body and never fails: whatever happens is an answer. What it does
/// not know is `404 {"error":"Not found"}`; to answer the base path inside an application that
/// has other paths, see [`AuthLayer`](crate::AuthLayer), or mount it in a router with
/// [`nested`](Self::nested).
///
/// ```
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::AuthRoutes;
/// use bytes::Bytes;
/// use http::{Request, StatusCode};
/// use http_body_util::Empty;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = Auth::builder(MemoryStore::new())
///     .random_secrets()
///     .build()?;
///
/// let routes = AuthRoutes::new(auth);
/// let response = routes.oneshot(Request::get("/api/auth/me").body(Empty::<Bytes>::new())?).await?;
/// assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
/// # Ok(()) }
/// ```
pub struct AuthRoutes<S> {
    auth: Auth<S>,
    accounts: Option<Desk<S>>,
    /// What the check heeds, where it does not ask the store each time.
    revocations: Option<Revocations>,
    cookie: Cookie,
    document: Document,
    seen: Seen,
    well_known: WellKnown,
    origins: TrustedOrigins,
    proxies: TrustedProxies,
}

/// Which part of a path reaches the routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// All of it.
    Whole,
    /// What follows the base path: a router has taken that off.
    Rest,
}

/// Whether the keys are also answered where everyone looks for them first (RFC 8615).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WellKnown {
    Left,
    Answered,
}

impl<S> AuthRoutes<S> {
    /// The five endpoints and the check under `/api/auth`, with a `Secure` cookie.
    pub fn new(auth: Auth<S>) -> Self {
        let cookie = Cookie { path: BasePath::default(), transport: Transport::Secure };
        Self {
            auth,
            accounts: None,
            revocations: None,
            cookie,
            document: Document::default(),
            seen: Seen::Whole,
            well_known: WellKnown::Left,
            origins: TrustedOrigins::default(),
            proxies: TrustedProxies::default(),
        }
    }

    /// Answers for accounts and sessions as well: `/sessions`, `/password` and `PATCH /me` to
    /// whoever is logged in, `/users` to admins. Without it their paths are 404.
    ///
    /// ```
    /// use auth_core::{Auth, MemoryStore};
    /// use auth_tower::AuthRoutes;
    /// use bytes::Bytes;
    /// use http::{Request, StatusCode};
    /// use http_body_util::Empty;
    /// use tower::ServiceExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::builder(MemoryStore::new())
    /// #     .random_secrets()
    /// #     .build()?;
    /// let request = || Request::get("/api/auth/users").body(Empty::<Bytes>::new());
    ///
    /// let routes = AuthRoutes::new(auth);
    /// assert_eq!(routes.clone().oneshot(request()?).await?.status(), StatusCode::NOT_FOUND);
    /// let routes = routes.with_accounts();
    /// assert_eq!(routes.oneshot(request()?).await?.status(), StatusCode::UNAUTHORIZED);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_accounts(mut self) -> Self
    where
        S: ManagedStore,
    {
        self.accounts = Some(Desk::new());
        self.described()
    }

    /// Answers for events as well, `GET /audit`, to admins; and for all that
    /// [`with_accounts`](Self::with_accounts) does. Without it the path is 404.
    ///
    /// Whoever builds the [`Auth`] sees to it that its events reach the store: see
    /// [`EventSink`](auth_core::EventSink).
    #[must_use]
    pub fn with_events(mut self) -> Self
    where
        S: ManagedStore + EventStore,
    {
        self.accounts = Some(Desk::with_events());
        self.described()
    }

    /// Has the check answer by what `revocations` know, and ask the store only where they are unsure of the
    /// token or have not been told its user's address; see [`Auth::check_heeding`]. Without it, the check
    /// asks each time. All other routes do so anyway.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use auth_core::{Auth, MemoryStore, RevocationDelay};
    /// use auth_tower::AuthRoutes;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
    /// let revocations = auth.revocations(RevocationDelay::Within(Duration::from_secs(5)));
    /// let routes = AuthRoutes::new(auth).heeding(&revocations); // and somebody has to follow them
    /// # let _ = routes;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn heeding(mut self, revocations: &Revocations) -> Self {
        self.revocations = Some(revocations.clone());
        self
    }

    /// Answers `/.well-known/jwks.json` as well, with the public keys that are at `/jwks.json` below the
    /// base path: the one place outside of it.
    ///
    /// A router that takes the base path off does not pass it on. Mount it there as a route of its
    /// own, of routes that are not [`nested`](Self::nested).
    ///
    /// ```
    /// use auth_core::{Auth, MemoryStore, OsEntropy, SigningAlgorithm, SigningKey};
    /// use auth_tower::AuthRoutes;
    /// use bytes::Bytes;
    /// use http::{Request, StatusCode};
    /// use http_body_util::Empty;
    /// use tower::ServiceExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
    /// let auth = Auth::builder(MemoryStore::new()).signing_key(key).random_refresh_secret().build()?;
    ///
    /// let routes = AuthRoutes::new(auth).with_well_known_keys();
    /// let keys = Request::get("/.well-known/jwks.json").body(Empty::<Bytes>::new())?;
    /// assert_eq!(routes.oneshot(keys).await?.status(), StatusCode::OK);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_well_known_keys(mut self) -> Self {
        self.well_known = WellKnown::Answered;
        self
    }

    /// Answers under another base path; the cookie's `Path` follows it.
    #[must_use]
    pub fn with_base_path(mut self, base_path: BasePath) -> Self {
        self.cookie.path = base_path;
        self.described()
    }

    /// Lets pages of these origins call the routes, besides those of the routes' own.
    ///
    /// They pass the cross-site rule, and each answer to them, be it a success, a refusal or an
    /// accident, has the CORS headers with which a browser lets them read it. Preflights from them
    /// are answered. Everyone else is answered as before, without any CORS header; that an answer
    /// depends on who asks is said by `Vary: Origin` on all of them.
    ///
    /// It is about these routes alone: an application's own routes, and a guard on them, are the
    /// business of the application's own CORS layer.
    ///
    /// ```
    /// # use auth_core::{Auth, MemoryStore};
    /// use auth_tower::{AuthRoutes, TrustedOrigins};
    /// use bytes::Bytes;
    /// use http::Request;
    /// use http_body_util::Empty;
    /// use tower::ServiceExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::builder(MemoryStore::new())
    /// #     .random_secrets()
    /// #     .build()?;
    /// let origins = TrustedOrigins::parse("https://app.example.com")?;
    /// let routes = AuthRoutes::new(auth).with_trusted_origins(origins);
    ///
    /// let me = Request::get("/api/auth/me").header("origin", "https://app.example.com");
    /// let response = routes.oneshot(me.body(Empty::<Bytes>::new())?).await?;
    /// assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_trusted_origins(mut self, origins: TrustedOrigins) -> Self {
        self.origins = origins;
        self
    }

    /// Believes these proxies where they say from which address a request comes. Without it, a
    /// request comes from the [`ClientAddress`](crate::ClientAddress) of its connection.
    #[must_use]
    pub fn with_trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Leaves `Secure` off the cookie, for development over plain HTTP: anyone on the way can then
    /// read the refresh token.
    #[must_use]
    pub fn insecure_cookies(mut self) -> Self {
        self.cookie.transport = Transport::Any;
        self.described()
    }

    /// For a router that takes the base path off before it passes a request on, as axum's
    /// `nest_service` does: `/login` is matched in place of `/api/auth/login`.
    ///
    /// The cookie's `Path` still is the base path, so it has to be the one the router mounts
    /// these routes under. axum takes one slash too many off `/api/auth//login`; with the feature
    /// `axum` that is seen, and is 404 like any other path that is not matched to the byte.
    #[must_use]
    pub fn nested(mut self) -> Self {
        self.seen = Seen::Rest;
        self
    }

    /// Serves what these routes are, as OpenAPI 3.1, at `/openapi.json` below the base path, to
    /// anyone. Without it the path is 404.
    ///
    /// It says what they answer for, whichever is called first: this, or what adds to them.
    #[cfg(feature = "openapi")]
    #[must_use]
    pub fn with_openapi(mut self, about: OpenApi) -> Self {
        self.document = Document::of(about, |about| self.document(about));
        self
    }

    /// The OpenAPI document of these routes, where they serve one: as JSON with line breaks, for
    /// people and files.
    #[cfg(feature = "openapi")]
    pub fn openapi(&self) -> Option<String> {
        let about = self.document.about()?;
        Some(openapi::pretty(about, self.extent(), self.auth.policy(), &self.cookie))
    }

    #[cfg(feature = "openapi")]
    fn document(&self, about: &OpenApi) -> bytes::Bytes {
        openapi::bytes(about, self.extent(), self.auth.policy(), &self.cookie)
    }

    /// The same, with a document that says what they are now.
    #[cfg(feature = "openapi")]
    fn described(mut self) -> Self {
        self.document = self.document.again(|about| self.document(about));
        self
    }

    #[cfg(not(feature = "openapi"))]
    fn described(self) -> Self {
        self
    }

    /// The base path: where to mount these routes.
    pub fn base_path(&self) -> &BasePath {
        &self.cookie.path
    }

    /// What the answer to this request has to say of CORS. The routes say it on each of their own;
    /// this is for whoever answers in their place. Beside the base path it is nothing.
    pub fn cors_headers<B>(&self, request: &Request<B>) -> CorsHeaders {
        let is_ours = self.rest(request).is_some();
        CorsHeaders::new(if is_ours { Cors::of(request.headers(), &self.origins) } else { Cors::Off })
    }

    /// Which path below the base path this request leads to, as the OpenAPI document writes
    /// it: `/users/{id}` and not the id, so that it can be the name of a figure or a span. `None` where
    /// nothing is; whether the method fits is another matter.
    ///
    /// ```
    /// # use auth_core::{Auth, MemoryStore};
    /// use auth_tower::AuthRoutes;
    /// use http::Request;
    ///
    /// let routes = AuthRoutes::new(Auth::builder(MemoryStore::new()).random_secrets().build()?).with_accounts();
    /// let user = Request::get("/api/auth/users/018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f").body(())?;
    /// assert_eq!(routes.template(&user), Some("/users/{id}"));
    /// assert_eq!(routes.template(&Request::get("/api/auth/nowhere").body(())?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn template<B>(&self, request: &Request<B>) -> Option<&'static str> {
        let rest = self.rest(request).filter(|rest| self.has(rest))?;
        Place::find(rest, self.extent()).map(Place::template)
    }

    /// Whether something can be here: the document is where it was asked for.
    fn has(&self, rest: &str) -> bool {
        self.document.bytes().is_some() || Place::find(rest, self.extent()) != Some(Place::Document)
    }

    fn extent(&self) -> Extent {
        self.accounts.map_or(Extent::Endpoints, Desk::extent)
    }

    /// The same, for someone who sees whole paths.
    pub(crate) fn whole(mut self) -> Self {
        self.seen = Seen::Whole;
        self
    }

    /// What follows the base path, if this request is one of ours; that says which endpoint is
    /// meant.
    pub(crate) fn rest<'r, B>(&self, request: &'r Request<B>) -> Option<&'r str> {
        let path = request.uri().path();
        match self.seen {
            Seen::Whole if self.well_known == WellKnown::Answered && path == keys::WELL_KNOWN => {
                Some(keys::PATH)
            }
            Seen::Whole => self.cookie.path.rest(path),
            Seen::Rest => Some(path).filter(|rest| !nested::lost_a_slash(request.extensions(), rest)),
        }
    }
}

impl<S> Clone for AuthRoutes<S> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            accounts: self.accounts,
            revocations: self.revocations.clone(),
            cookie: self.cookie.clone(),
            document: self.document.clone(),
            seen: self.seen,
            well_known: self.well_known,
            origins: self.origins.clone(),
            proxies: self.proxies.clone(),
        }
    }
}

impl<S> fmt::Debug for AuthRoutes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthRoutes")
            .field("extent", &self.extent())
            .field("revocations", &self.revocations)
            .field("cookie", &self.cookie)
            .field("seen", &self.seen)
            .field("origins", &self.origins)
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}
