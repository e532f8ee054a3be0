//! The guards as layers: what each of them asks for.

use std::fmt;

use auth_core::{Auth, Permission, Revocations, Role};
use tower_layer::Layer;

use super::rule::{Need, Rule};
use super::{Authority, Current, Guarded, Heeding, Stateless};

/// Lets through who is logged in, and says who it is.
///
/// The inner service finds an [`Identity`](auth_core::Identity) in the request's extensions. A
/// request without a bearer token is `401 {"error":"Access token required"}`, one with a token
/// that is not good `401 {"error":"Invalid or expired token"}`. A browser's CORS preflight carries
/// no token, so a CORS layer belongs outside of a guard.
///
/// ```
/// use std::convert::Infallible;
///
/// use auth_core::{Auth, Identity, MemoryStore};
/// use auth_tower::RequireAuth;
/// use bytes::Bytes;
/// use http::{Request, Response, StatusCode};
/// use http_body_util::{Empty, Full};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// let orders = service_fn(async |request: Request<Empty<Bytes>>| {
///     let identity = request.extensions().get::<Identity>().expect("the guard has put it there");
///     let text = format!("orders of {}", identity.user_id);
///     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text))))
/// });
/// let guarded = ServiceBuilder::new().layer(RequireAuth::new(auth)).service(orders);
///
/// let response = guarded.oneshot(Request::get("/api/orders").body(Empty::new())?).await?;
/// assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
/// # Ok(()) }
/// ```
pub struct RequireAuth<A, K = Stateless> {
    rule: Rule<A>,
    kind: K,
}

impl<A: Authority> RequireAuth<A, A::Kind> {
    /// Lets through whoever has a good access token.
    pub fn new(authority: A) -> Self {
        Self { rule: Rule { authority, need: Need::Nothing }, kind: A::Kind::default() }
    }
}

impl<S> RequireAuth<Auth<S>> {
    /// Asks the store as well, so that a logout or a disabled account counts at once.
    ///
    /// The inner service then has to be `Clone`, because it waits while the store is asked. A
    /// store that does not answer is 503: nobody gets in unseen, and nobody is logged out.
    #[must_use]
    pub fn current(self) -> RequireAuth<Auth<S>, Current> {
        RequireAuth { rule: self.rule, kind: Current }
    }
}

/// Lets everyone through, and says who it is where they sent a token.
///
/// For routes that anonymous callers may use too. Without a bearer token the inner service finds no
/// [`Identity`](auth_core::Identity) in the request's extensions. A token that is sent has to be good:
/// one that is not is `401 {"error":"Invalid or expired token"}`, because a client that has just lost
/// its session would otherwise go on as a stranger and never refresh.
///
/// ```
/// use std::convert::Infallible;
///
/// use auth_core::{Auth, Identity, MemoryStore};
/// use auth_tower::OptionalAuth;
/// use bytes::Bytes;
/// use http::{Request, Response, StatusCode};
/// use http_body_util::{Empty, Full};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// let prices = service_fn(async |request: Request<Empty<Bytes>>| {
///     let text = match request.extensions().get::<Identity>() {
///         Some(identity) => format!("prices for {}", identity.user_id),
///         None => "prices for everyone".to_owned(),
///     };
///     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text))))
/// });
/// let open = ServiceBuilder::new().layer(OptionalAuth::new(auth)).service(prices);
///
/// let nobody = Request::get("/api/prices").body(Empty::new())?;
/// assert_eq!(open.clone().oneshot(nobody).await?.status(), StatusCode::OK);
/// let bad = Request::get("/api/prices").header("authorization", "Bearer x").body(Empty::new())?;
/// assert_eq!(open.oneshot(bad).await?.status(), StatusCode::UNAUTHORIZED);
/// # Ok(()) }
/// ```
pub struct OptionalAuth<A, K = Stateless> {
    rule: Rule<A>,
    kind: K,
}

impl<A: Authority> OptionalAuth<A, A::Kind> {
    /// Lets through whoever has a good access token, and whoever sends none.
    pub fn new(authority: A) -> Self {
        Self { rule: Rule { authority, need: Need::NoToken }, kind: A::Kind::default() }
    }
}

impl<S> OptionalAuth<Auth<S>> {
    /// Asks the store as well about a token that is sent, so that a logout or a disabled account
    /// counts at once.
    ///
    /// The inner service then has to be `Clone`, because it waits while the store is asked. A
    /// store that does not answer is 503: nobody gets in unseen, and nobody is logged out.
    #[must_use]
    pub fn current(self) -> OptionalAuth<Auth<S>, Current> {
        OptionalAuth { rule: self.rule, kind: Current }
    }
}

/// Lets through who is logged in and has one role; this one layer suffices.
///
/// Besides what [`RequireAuth`] does, another role is `403 {"error":"Insufficient permissions"}`.
///
/// ```
/// use auth_core::{Auth, MemoryStore, Role};
/// use auth_tower::RequireRole;
///
/// # let auth = Auth::builder(MemoryStore::new())
/// #     .random_secrets()
/// #     .build()?;
/// // Trusts the role in the token, for as long as that is good:
/// let admins = RequireRole::new(auth.clone(), Role::ADMIN);
/// // Asks the store, so that a demotion counts at once:
/// let admins_now = RequireRole::new(auth, Role::ADMIN).current();
/// # let _ = (admins, admins_now);
/// # Ok::<(), auth_core::BuildError>(())
/// ```
pub struct RequireRole<A, K = Stateless> {
    rule: Rule<A>,
    kind: K,
}

impl<A: Authority> RequireRole<A, A::Kind> {
    /// Lets through whoever has a good access token and `role`: a [`Role`], or a variant of an enum
    /// made by [`roles!`](auth_core::roles).
    pub fn new(authority: A, role: impl Into<Role>) -> Self {
        Self { rule: Rule { authority, need: Need::Role(role.into()) }, kind: A::Kind::default() }
    }
}

impl<S> RequireRole<Auth<S>> {
    /// Asks the store as well, so that a demotion, a logout or a disabled account counts at once.
    ///
    /// The inner service then has to be `Clone`, because it waits while the store is asked. A
    /// store that does not answer is 503: nobody gets in unseen, and nobody is logged out.
    #[must_use]
    pub fn current(self) -> RequireRole<Auth<S>, Current> {
        RequireRole { rule: self.rule, kind: Current }
    }
}

/// Lets through who is logged in and has a role that permits one thing; this one layer suffices.
///
/// Besides what [`RequireAuth`] does, a role that does not permit it is
/// `403 {"error":"Insufficient permissions"}`. Which role permits what stands in
/// [`Policy::roles`](auth_core::Policy::roles), and nothing is permitted that does not stand there,
/// to `ADMIN` either.
///
/// ```
/// use auth_core::{Auth, MemoryStore, Policy, Role, Roles};
/// use auth_tower::RequirePermission;
///
/// auth_core::permissions! {
///     pub mod can { ReadOrders = "orders:read" }
/// }
///
/// let roles = Roles::default().with(Role::ADMIN, [can::ReadOrders]);
/// let auth = Auth::builder(MemoryStore::new())
///     .policy(Policy { roles, ..Policy::default() })
/// #   .random_secrets()
///     .build()?;
/// // Trusts the role in the token, for as long as that is good:
/// let readers = RequirePermission::new(auth.clone(), can::ReadOrders);
/// // Asks the store, so that a demotion counts at once:
/// let readers_now = RequirePermission::new(auth, can::ReadOrders).current();
/// # let _ = (readers, readers_now);
/// # Ok::<(), auth_core::BuildError>(())
/// ```
pub struct RequirePermission<A, K = Stateless> {
    rule: Rule<A>,
    kind: K,
}

impl<A: Authority> RequirePermission<A, A::Kind> {
    /// Lets through whoever has a good access token and a role that permits `permission`.
    pub fn new(authority: A, permission: impl Into<Permission>) -> Self {
        Self { rule: Rule { authority, need: Need::Permission(permission.into()) }, kind: A::Kind::default() }
    }
}

impl<S> RequirePermission<Auth<S>> {
    /// Asks the store as well, so that a demotion, a logout or a disabled account counts at once.
    ///
    /// The inner service then has to be `Clone`, because it waits while the store is asked. A
    /// store that does not answer is 503: nobody gets in unseen, and nobody is logged out.
    #[must_use]
    pub fn current(self) -> RequirePermission<Auth<S>, Current> {
        RequirePermission { rule: self.rule, kind: Current }
    }
}

macro_rules! guard {
    ($layer:ident) => {
        impl<S> $layer<Auth<S>> {
            /// Heeds what has been revoked, within the delay of `revocations`: asks the store only about
            /// users who have just changed, and about everyone where nothing has been heard for that long.
            ///
            /// The inner service then has to be `Clone`, because it may have to wait while the store is asked.
            /// A store that is asked and does not answer is 503.
            #[must_use]
            pub fn heeding(self, revocations: &Revocations) -> $layer<Auth<S>, Heeding> {
                $layer { rule: self.rule, kind: Heeding::new(revocations) }
            }
        }

        impl<I, A: Clone, K: Clone> Layer<I> for $layer<A, K> {
            type Service = Guarded<I, A, K>;

            fn layer(&self, inner: I) -> Guarded<I, A, K> {
                Guarded { inner, rule: self.rule.clone(), kind: self.kind.clone() }
            }
        }

        impl<A: Clone, K: Clone> Clone for $layer<A, K> {
            fn clone(&self) -> Self {
                Self { rule: self.rule.clone(), kind: self.kind.clone() }
            }
        }

        impl<A, K: fmt::Debug> fmt::Debug for $layer<A, K> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($layer))
                    .field("need", &self.rule.need)
                    .field("kind", &self.kind)
                    .finish_non_exhaustive()
            }
        }
    };
}

guard!(OptionalAuth);
guard!(RequireAuth);
guard!(RequireRole);
guard!(RequirePermission);
