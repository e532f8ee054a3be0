//! The extractor of who may do one thing.

use std::marker::PhantomData;

use auth_core::{Identity, NamedPermission};
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{NotPermitted, announced};

/// Who is asking, in an axum handler that takes a permission: their role has it.
///
/// It stands behind any of the guards, like [`Authenticated`](crate::Authenticated), and judges the role that the guard has
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
pub struct Permitted<P: NamedPermission>(pub Identity, pub PhantomData<P>);

impl<T: Sync, P: NamedPermission> FromRequestParts<T> for Permitted<P> {
    type Rejection = NotPermitted;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, NotPermitted> {
        let (who, roles) = announced::somebody(parts)?;
        if roles.permits(&who.role, &P::PERMISSION) {
            Ok(Self(who.clone(), PhantomData))
        } else {
            Err(NotPermitted::Insufficient)
        }
    }
}
