//! An extractor for axum handlers.

use auth_core::{Fault, Identity};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::refuse;
use crate::status::Denial;

/// Who is asking, in an axum handler behind [`RequireAuth`](crate::RequireAuth) or
/// [`RequireRole`](crate::RequireRole).
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated(pub Identity);

/// There is no guard in front of the handler: the application's mistake, answered with 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unguarded;

impl<T: Sync> FromRequestParts<T> for Authenticated {
    type Rejection = Unguarded;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, Unguarded> {
        parts.extensions.get::<Identity>().cloned().map(Self).ok_or(Unguarded)
    }
}

impl IntoResponse for Unguarded {
    fn into_response(self) -> Response {
        let fault =
            Fault::Internal("`Authenticated` is used without `RequireAuth` or `RequireRole` in front of it");
        refuse::denied(&Denial::Failed(fault), "extractor").into_response()
    }
}
