//! Whom a guard lets through.

use auth_core::store::SessionStore;
use auth_core::{Auth, Identity, Permission, Refusal, Role, Roles};
use http::{Extensions, HeaderMap, Method, Response};

use crate::body::AuthBody;
use crate::status::Denial;
use crate::{bearer, refuse};

/// Who must be asking, and what they need besides a good access token.
pub(super) struct Rule<S> {
    pub(super) auth: Auth<S>,
    pub(super) need: Need,
}

/// What a guard asks for besides a good access token.
#[derive(Clone, Debug)]
pub(super) enum Need {
    Nothing,
    Role(Role),
    Permission(Permission),
}

/// Who was let through, and by which map of the roles.
pub(super) struct Admitted {
    identity: Identity,
    roles: Roles,
}

/// What the roles may do, in the extensions of a request that a guard has let through. The type
/// is private, so that nobody else's map is taken for it.
#[derive(Clone)]
pub(crate) struct RolesInForce(
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "only the extractor reads it"))]
    pub(crate)  Roles,
);

impl Admitted {
    /// Tells the inner service, and the extractors there.
    pub(super) fn announce(self, extensions: &mut Extensions) {
        extensions.insert(self.identity);
        extensions.insert(RolesInForce(self.roles));
    }
}

impl<S> Clone for Rule<S> {
    fn clone(&self) -> Self {
        Self { auth: self.auth.clone(), need: self.need.clone() }
    }
}

impl<S> Rule<S> {
    /// Judges a request by its token alone.
    pub(super) fn judge(&self, headers: &HeaderMap) -> Result<Admitted, Denial> {
        let identity = self.auth.authenticate(bearer::token(headers)?)?;
        Ok(self.admit(identity)?)
    }

    fn admit(&self, identity: Identity) -> Result<Admitted, Refusal> {
        let roles = &self.auth.policy().roles;
        let judged = match &self.need {
            Need::Nothing => Ok(()),
            Need::Role(role) => identity.require(role),
            Need::Permission(permission) => identity.require_permission(permission, roles),
        };
        judged.inspect_err(|_| self.auth.denied(&identity))?;
        Ok(Admitted { identity, roles: roles.clone() })
    }
}

impl<S: SessionStore> Rule<S> {
    /// Judges a token by what the store says of it now.
    pub(super) async fn judge_now(&self, access_token: &str) -> Result<Admitted, Denial> {
        let identity = self.auth.authenticate_current(access_token).await?;
        Ok(self.admit(identity)?)
    }
}

/// The answer to who is not let through.
pub(super) fn turn_away(denial: &Denial, method: &Method) -> Response<AuthBody> {
    refuse::fit(method, refuse::denied(denial, "guard"))
}
