//! The extractor of who is asking.

use auth_core::Identity;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use super::{NotAuthenticated, Unguarded, announced};

/// Who is asking, in an axum handler behind [`RequireAuth`](crate::RequireAuth) or
/// another guard: the extractor of an [`Identity`].
///
/// It wraps the identity because Rust lets no crate but axum's or the type's own teach axum to
/// extract a type, and `auth_core`, whose type it is, knows no HTTP.
///
/// It takes what the guard has found out and checks nothing itself. Without a guard in front of the
/// handler, the answer is 500 and the log says why: a 401 would look like a client's mistake, and
/// the route that nobody can reach would be found late. `axum::Extension<Identity>` is the same
/// without this crate's feature `axum`; its 500 is axum's own plain text.
///
/// ```
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::{Authenticated, RequireAuth};
/// use axum::Router;
/// use axum::routing::get;
///
/// async fn orders(Authenticated(who): Authenticated) -> String {
///     format!("orders of {}", who.user_id)
/// }
///
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// let app: Router = Router::new().route("/api/orders", get(orders)).route_layer(RequireAuth::new(auth));
/// # let _ = app;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
///
/// `Option<Authenticated>` is for handlers behind [`OptionalAuth`](crate::OptionalAuth): `None` where
/// no token was sent. One that is not good never gets as far as the handler. Behind the same
/// guard, a handler that takes `Authenticated` answers those who sent none with
/// `401 {"error":"Access token required"}`.
///
/// ```
/// use auth_core::{Auth, MemoryStore};
/// use auth_tower::{Authenticated, OptionalAuth};
/// use axum::Router;
/// use axum::routing::get;
///
/// async fn prices(who: Option<Authenticated>) -> String {
///     match who {
///         Some(Authenticated(who)) => format!("prices for {}", who.user_id),
///         None => "prices for everyone".to_owned(),
///     }
/// }
///
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// let app: Router = Router::new().route("/api/prices", get(prices)).route_layer(OptionalAuth::new(auth));
/// # let _ = app;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated(pub Identity);

impl<T: Sync> FromRequestParts<T> for Authenticated {
    type Rejection = NotAuthenticated;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, NotAuthenticated> {
        announced::anyone(parts)?.cloned().map(Self).ok_or(NotAuthenticated::TokenRequired)
    }
}

impl<T: Sync> OptionalFromRequestParts<T> for Authenticated {
    type Rejection = Unguarded;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Option<Self>, Unguarded> {
        Ok(announced::anyone(parts)?.cloned().map(Self))
    }
}
