//! The extractor of who is in one of several roles.

use auth_core::{Identity, RoleSet};
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{NotPermitted, announced};

/// Who is asking and in which role, in an axum handler for one or several roles.
///
/// The roles are those of an enum made by [`roles!`](auth_core::roles), so the handler can `match` on the
/// second field and the compiler sees that none is forgotten. A selection is an enum of its own,
/// `roles! { enum Staff of AppRole { … } }`. Any other role is
/// `403 {"error":"Insufficient permissions"}`.
///
/// It stands behind any of the guards, like [`Authenticated`](crate::Authenticated), and judges the role
/// that the guard has found: that of the token, or, behind a `.current()` guard, the role as it is now.
///
/// ```
/// use auth_core::{Auth, MemoryStore, Policy, Roles};
/// use auth_tower::{InRole, RequireAuth};
/// use axum::Router;
/// use axum::routing::get;
///
/// auth_core::roles! {
///     pub enum AppRole { Admin = "ADMIN", User = "USER", Support = "SUPPORT" }
/// }
/// auth_core::roles! {
///     pub enum Staff of AppRole { Admin, Support }
/// }
///
/// async fn tickets(InRole(who, role): InRole<Staff>) -> String {
///     match role {
///         Staff::Admin => "all tickets".to_owned(),
///         Staff::Support => format!("tickets of {}", who.user_id),
///     }
/// }
///
/// let auth = Auth::builder(MemoryStore::new())
///     .policy(Policy { roles: Roles::of::<AppRole>(), ..Policy::default() })
/// #   .random_secrets()
///     .build()?;
/// let app: Router =
///     Router::new().route("/api/tickets", get(tickets)).route_layer(RequireAuth::new(auth).current());
/// # let _ = app;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InRole<R: RoleSet>(pub Identity, pub R);

impl<T: Sync, R: RoleSet> FromRequestParts<T> for InRole<R> {
    type Rejection = NotPermitted;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, NotPermitted> {
        let (who, _) = announced::somebody(parts)?;
        let role = R::ALL.iter().copied().find(|role| who.require(*role).is_ok());
        role.map(|role| Self(who.clone(), role)).ok_or(NotPermitted::Insufficient)
    }
}
