//! A test kit for applications with [`auth_core`]: everything that a test wants to hold in its hand.
//!
//! A dev-dependency:
//!
//! ```toml
//! [dev-dependencies]
//! auth-testing = "0.1"
//! ```
//!
//! [`TestKit`] builds an [`Auth`](auth_core::Auth) on a clock that stands still until it is moved
//! ([`TestClock`]), on entropy that counts ([`CountingEntropy`]), so that two runs give the same tokens,
//! and with hashes that cost next to nothing ([`cheap_hashing`]).
//!
//! # Linked in
//!
//! [`signed_in_as`] creates somebody with a role and logs them in:
//!
//! ```
//! use std::time::Duration;
//!
//! use auth_core::{MemoryStore, Role};
//! use auth_testing::{TestKit, signed_in_as};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let kit = TestKit::new();
//! let auth = kit.auth(MemoryStore::new());
//! let ann = signed_in_as(&auth, Role::USER).await;
//! assert_eq!(ann.identity.role, Role::USER);
//!
//! kit.clock().advance(Duration::from_mins(15));
//! assert!(auth.authenticate(ann.access_token.expose()).is_err(), "an access token lasts 15 minutes");
//! # }
//! ```
//!
//! # Over HTTP, in process
//!
//! [`Client`] calls any tower service, such as an axum `Router` or `auth_tower::AuthRoutes`. It keeps
//! cookies as a browser does, and the access token as a front end does:
//!
//! ```
//! use auth_core::{MemoryStore, Role};
//! use auth_testing::TestKit;
//! use auth_tower::{AuthRoutes, Authenticated, RequireAuth};
//! use axum::{Router, routing::get};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let kit = TestKit::new();
//! let auth = kit.auth(MemoryStore::new());
//! let orders = |Authenticated(who): Authenticated| async move { format!("orders of {}", who.role) };
//! let app = Router::new()
//!     .route("/api/orders", get(orders).layer(RequireAuth::new(auth.clone())))
//!     .nest_service("/api/auth", AuthRoutes::new(auth.clone()).nested());
//!
//! let stranger = kit.client(app);
//! assert_eq!(stranger.get("/api/orders").await.status(), 401);
//!
//! let ann = stranger.signed_in_as(&auth, Role::USER).await;
//! let answer = ann.get("/api/orders").await;
//! assert_eq!((answer.status().as_u16(), answer.text()), (200, "orders of USER"));
//!
//! ann.logout().await.has_status(200);
//! assert_eq!(ann.refresh().await.status(), 401);
//! # }
//! ```
//!
//! # Not outside of tests
//!
//! With known secrets and entropy that counts, whoever reads this crate can sign in as anyone. So
//! whatever is worthless as protection panics in a build without debug assertions, which a release
//! is, whoever linked it there and why. Tests and benches that are to run optimised say
//! `features = ["insecure-in-release"]`, and nothing else can.

mod client;
mod clock;
mod entropy;
mod hashing;
mod kit;
mod only_in_tests;
mod people;

pub use client::{Answer, Ask, Client};
pub use clock::TestClock;
pub use entropy::CountingEntropy;
pub use hashing::cheap_hashing;
pub use kit::TestKit;
pub use people::{PASSWORD, SignedIn, first_admin, signed_in_as};
