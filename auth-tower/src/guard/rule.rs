//! Whom a guard lets through.

use auth_core::store::SessionStore;
use auth_core::{Auth, Identity, Refusal, Role};
use http::{HeaderMap, Method, Response};

use crate::body::AuthBody;
use crate::status::Denial;
use crate::{bearer, refuse};

/// Who must be asking, and in which role, if in a certain one.
pub(super) struct Rule<S> {
    pub(super) auth: Auth<S>,
    pub(super) role: Option<Role>,
}

impl<S> Clone for Rule<S> {
    fn clone(&self) -> Self {
        Self { auth: self.auth.clone(), role: self.role.clone() }
    }
}

impl<S> Rule<S> {
    /// Judges a request by its token alone.
    pub(super) fn judge(&self, headers: &HeaderMap) -> Result<Identity, Denial> {
        let identity = self.auth.authenticate(bearer::token(headers)?)?;
        Ok(self.role_fits(identity)?)
    }

    fn role_fits(&self, identity: Identity) -> Result<Identity, Refusal> {
        if let Some(role) = &self.role {
            identity.require(role)?;
        }
        Ok(identity)
    }
}

impl<S: SessionStore> Rule<S> {
    /// Judges a token by what the store says of it now.
    pub(super) async fn judge_now(&self, access_token: &str) -> Result<Identity, Denial> {
        let identity = self.auth.authenticate_current(access_token).await?;
        Ok(self.role_fits(identity)?)
    }
}

/// The answer to who is not let through.
pub(super) fn turn_away(denial: &Denial, method: &Method) -> Response<AuthBody> {
    refuse::fit(method, refuse::denied(denial, "guard"))
}
