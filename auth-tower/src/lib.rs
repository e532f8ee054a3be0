//! [`auth_core`] over HTTP: the `/api/auth` endpoints as a tower service, and guards for an
//! application's own routes.
//!
//! [`AuthRoutes`] answers the five endpoints that logging in and staying so needs, and the check by
//! which a proxy asks whether to let a request through; with
//! [`with_accounts`](AuthRoutes::with_accounts) also those of sessions, passwords and accounts.
//!
//! It takes any request body and needs no framework and no async runtime.
//!
//! # In axum
//!
//! A router that takes the base path off wants the routes [`nested`](AuthRoutes::nested):
//!
//! ```
//! use auth_core::{Auth, Bootstrap, Identity, MemoryStore, Policy, Role};
//! use auth_tower::{AuthRoutes, RequireAuth, RequireRole};
//! use axum::routing::get;
//! use axum::{Extension, Router};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::builder(MemoryStore::new())
//!     .random_secrets()
//!     .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
//!     .build()?;
//!
//! async fn orders(Extension(who): Extension<Identity>) -> String {
//!     format!("orders of {}", who.user_id)
//! }
//!
//! let orders = get(orders).route_layer(RequireAuth::new(auth.clone()));
//! let report = get(async || "for admins").route_layer(RequireRole::new(auth.clone(), Role::ADMIN).current());
//! let app: Router = Router::new()
//!     .route("/api/orders", orders)
//!     .route("/api/admin/report", report)
//!     .nest_service("/api/auth", AuthRoutes::new(auth).nested());
//! # let _ = app;
//! # Ok(()) }
//! ```
//!
//! With the feature `axum` (`features = ["axum"]`), a handler may take `Authenticated` in place of
//! `Extension<Identity>`, `Permitted<…>` to say which permission it takes, `InRole<…>` to say which roles,
//! or `Option<Authenticated>` behind [`OptionalAuth`] where nobody has to be logged in.
//!
//! # In any tower service
//!
//! [`AuthLayer`] answers the base path and passes everything else through untouched; its
//! documentation has an example with `ServiceBuilder`. [`AuthRoutes`] alone is a service too, for
//! plain hyper.
//!
//! # In tonic
//!
//! With the feature `grpc`, `GrpcRefusals` around a guard turns its refusals into gRPC's statuses.
//!
//! # From where people log in
//!
//! The list of sessions shows what a login's `User-Agent` said and the address it came from, where
//! the server tells it: put a [`ClientAddress`] into each request's extensions, or, in axum with
//! the feature `axum`, serve with `into_make_service_with_connect_info::<SocketAddr>()`. Behind a
//! proxy that is the proxy's; name it with [`with_trusted_proxies`](AuthRoutes::with_trusted_proxies),
//! and its `X-Forwarded-For` or `Forwarded` is believed.
//!
//! # From another origin
//!
//! Pages of other origins are refused, and none of them can read an answer. A front end that lives
//! elsewhere is named with [`with_trusted_origins`](AuthRoutes::with_trusted_origins).
//!
//! # What it answers
//!
//! Every answer of the routes, and every refusal of a guard, is JSON with `Content-Type:
//! application/json`, `Cache-Control: no-store` and `X-Content-Type-Options: nosniff`, except
//! that public keys may be kept for five minutes; every error is `{"error":"<one sentence>"}`. The module `status` is the table of them all, the module
//! `routes` says in which order a request is judged.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_path;
mod bearer;
mod body;
mod client;
mod cookie;
mod cors;
#[cfg(feature = "axum")]
mod extract;
#[cfg(feature = "grpc")]
mod grpc;
mod guard;
mod mount;
mod origin;
mod proxies;
mod refuse;
mod routes;
mod status;
mod trusted_origins;

pub use base_path::{BasePath, InvalidBasePath};
pub use body::{AuthBody, LayerBody};
pub use client::ClientAddress;
pub use cors::CorsHeaders;
#[cfg(feature = "axum")]
pub use extract::{Authenticated, InRole, NotAuthenticated, NotPermitted, Permitted, Unguarded};
#[cfg(feature = "grpc")]
pub use grpc::{GrpcFuture, GrpcRefusals, GrpcRefused};
pub use guard::{
    Authority, Current, CurrentFuture, Guarded, Heeding, Learning, OptionalAuth, RequireAuth,
    RequirePermission, RequireRole, Stateless, StatelessFuture,
};
pub use mount::{AuthLayer, Mount, MountFuture};
pub use proxies::{InvalidProxy, TrustedProxies};
#[cfg(feature = "openapi")]
pub use routes::OpenApi;
pub use routes::{AuthRoutes, RoutesFuture};
pub use trusted_origins::{InvalidOrigin, TrustedOrigins};
