//! Guards for the application's own routes: a bearer token becomes an
//! [`Identity`](auth_core::Identity) in the request's extensions, or the request is refused.
//!
//! A guard is of one kind. [`Stateless`] trusts the token until it expires, minutes later:
//! microseconds, and no question to the store. [`Current`] asks the store about session and user,
//! so that a logout, a demotion or a disabled account counts at once. [`Heeding`] stands between the two: it
//! is told of them within some seconds, and asks where it is not. [`Learning`] is for a service that
//! has neither store nor secret: it trusts the token like the first, and asks the issuer for a key that
//! it does not know. What a role permits is said by [`Policy::roles`](auth_core::Policy::roles) of the
//! [`Auth`](auth_core::Auth), or by the [`Verifier`](auth_core::Verifier), that a guard is made of.

mod authority;
mod current;
mod heeding;
mod layers;
mod rule;
mod stateless;

use std::fmt;

pub use authority::Authority;
pub use current::CurrentFuture;
pub use heeding::Heeding;
pub use layers::{OptionalAuth, RequireAuth, RequirePermission, RequireRole};
#[cfg(feature = "axum")]
pub(crate) use rule::RolesInForce;
use rule::Rule;
pub use stateless::StatelessFuture;

/// The kind of guard that trusts an access token until it expires.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stateless;

/// The kind of guard that asks the store whether session, user and role still are what the token
/// says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Current;

/// The kind of guard that trusts an access token until it expires, and waits for the issuer where the
/// token names a key that is not known yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Learning;

/// A service behind a guard; made by [`RequireAuth`], [`OptionalAuth`], [`RequireRole`] and
/// [`RequirePermission`].
pub struct Guarded<I, A, K = Stateless> {
    inner: I,
    rule: Rule<A>,
    kind: K,
}

impl<I: Clone, A: Clone, K: Clone> Clone for Guarded<I, A, K> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), rule: self.rule.clone(), kind: self.kind.clone() }
    }
}

impl<I: fmt::Debug, A, K: fmt::Debug> fmt::Debug for Guarded<I, A, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("inner", &self.inner)
            .field("need", &self.rule.need)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
