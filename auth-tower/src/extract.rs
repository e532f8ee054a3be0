//! Extractors for axum handlers: who is asking, and that they may.

use std::marker::PhantomData;

use auth_core::{Fault, Identity, NamedPermission, Refusal};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::guard::RolesInForce;
use crate::refuse;
use crate::status::Denial;

/// Who is asking, in an axum handler behind [`RequireAuth`](crate::RequireAuth) or
/// another guard.
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

/// Who is asking, in an axum handler that takes a permission: their role has it.
///
/// It stands behind any of the guards, like [`Authenticated`], and judges the role that the guard has
/// found: that of the token, or, behind a `.current()` guard, the role as it is now. Where the
/// role does not permit it, the answer is `403 {"error":"Insufficient permissions"}`.
///
/// ```
/// use auth_core::{Auth, MemoryStore, Policy, Role, Roles};
/// use auth_tower::{Permitted, RequireAuth};
/// use axum::Router;
/// use axum::routing::get;
///
/// auth_core::permissions! {
///     pub mod can { ReadOrders = "orders:read", WriteOrders = "orders:write" }
/// }
///
/// async fn orders(Permitted(who, _): Permitted<can::ReadOrders>) -> String {
///     format!("orders of {}", who.user_id)
/// }
///
/// async fn order(_: Permitted<can::WriteOrders>) -> &'static str {
///     "ordered"
/// }
///
/// let roles = Roles::default()
///     .with(Role::ADMIN, [can::ReadOrders, can::WriteOrders])
///     .with(Role::USER, [can::ReadOrders]);
/// let auth = Auth::builder(MemoryStore::new())
///     .policy(Policy { roles, ..Policy::default() })
/// #   .random_secrets()
///     .build()?;
/// let app: Router =
///     Router::new().route("/api/orders", get(orders).post(order)).route_layer(RequireAuth::new(auth).current());
/// # let _ = app;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permitted<P>(pub Identity, pub PhantomData<P>);

/// There is no guard in front of the handler: the application's mistake, answered with 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unguarded;

/// Why [`Permitted`] keeps a request from its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPermitted {
    /// The role does not permit it: 403.
    Insufficient,
    /// Nobody has asked who it is.
    Unguarded(Unguarded),
}

impl<T: Sync> FromRequestParts<T> for Authenticated {
    type Rejection = Unguarded;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, Unguarded> {
        parts.extensions.get::<Identity>().cloned().map(Self).ok_or(Unguarded)
    }
}

impl<T: Sync, P: NamedPermission> FromRequestParts<T> for Permitted<P> {
    type Rejection = NotPermitted;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, NotPermitted> {
        let Some(RolesInForce(roles)) = parts.extensions.get() else {
            return Err(NotPermitted::Unguarded(Unguarded));
        };
        let Some(who) = parts.extensions.get::<Identity>() else {
            return Err(NotPermitted::Unguarded(Unguarded));
        };
        if roles.permits(&who.role, &P::PERMISSION) {
            Ok(Self(who.clone(), PhantomData))
        } else {
            Err(NotPermitted::Insufficient)
        }
    }
}

impl IntoResponse for Unguarded {
    fn into_response(self) -> Response {
        let fault = Fault::Internal(
            "`Authenticated` or `Permitted` is used without `RequireAuth`, `RequireRole` or `RequirePermission` in front of it",
        );
        refuse::denied(&Denial::Failed(fault), "extractor").into_response()
    }
}

impl IntoResponse for NotPermitted {
    fn into_response(self) -> Response {
        match self {
            Self::Insufficient => {
                refuse::denied(&Denial::Refused(Refusal::InsufficientRole), "extractor").into_response()
            }
            Self::Unguarded(unguarded) => unguarded.into_response(),
        }
    }
}
