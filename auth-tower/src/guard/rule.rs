//! Whom a guard lets through.

use auth_core::store::SessionStore;
use auth_core::{AccessToken, Auth, Identity, Permission, Refusal, Revocations, Role, Roles, Verifier};
use http::{Extensions, HeaderMap, Method, Response};

use crate::body::AuthBody;
use crate::status::{Denial, Rejection};
use crate::{bearer, refuse};

use super::Authority;

/// Who must be asking, and what they need besides a good access token.
#[derive(Clone)]
pub(super) struct Rule<A> {
    pub(super) authority: A,
    pub(super) need: Need,
}

/// What a guard asks for besides a good access token.
#[derive(Clone, Debug)]
pub(super) enum Need {
    /// Not even a token; but one that is sent has to be good.
    NoToken,
    Nothing,
    Role(Role),
    Permission(Permission),
}

/// Who was let through, if they said who they are, and by which map of the roles.
pub(super) struct Admitted {
    identity: Option<Identity>,
    roles: Roles,
}

/// What the roles may do, in the extensions of a request that a guard has let through, whether it
/// knows who is asking or not. The type is private, so that nobody else's map is taken for it.
#[derive(Clone)]
pub(crate) struct RolesInForce(
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "only the extractor reads it"))]
    pub(crate)  Roles,
);

impl Admitted {
    /// Tells the inner service, and the extractors there.
    pub(super) fn announce(self, extensions: &mut Extensions) {
        if let Some(identity) = self.identity {
            extensions.insert(identity);
        }
        extensions.insert(RolesInForce(self.roles));
    }
}

impl<A: Authority> Rule<A> {
    /// Judges a request by its token alone.
    pub(super) fn judge(&self, headers: &HeaderMap) -> Result<Admitted, Denial> {
        match self.presented(headers)? {
            Some(access_token) => Ok(self.admit(self.authority.judge(access_token)?)?),
            None => Ok(self.admit_nobody()),
        }
    }

    /// The token to be judged; `None` where none was sent and none is needed.
    pub(super) fn presented<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a str>, Rejection> {
        match self.need {
            Need::NoToken => bearer::offered(headers),
            Need::Nothing | Need::Role(_) | Need::Permission(_) => bearer::token(headers).map(Some),
        }
    }

    fn admit_nobody(&self) -> Admitted {
        Admitted { identity: None, roles: self.authority.roles().clone() }
    }

    fn admit(&self, identity: Identity) -> Result<Admitted, Refusal> {
        let roles = self.authority.roles();
        let judged = match &self.need {
            Need::NoToken | Need::Nothing => Ok(()),
            Need::Role(role) => identity.require(role),
            Need::Permission(permission) => identity.require_permission(permission, roles),
        };
        judged.inspect_err(|_| self.authority.denied(&identity))?;
        Ok(Admitted { identity: Some(identity), roles: roles.clone() })
    }
}

impl<S> Rule<Auth<S>> {
    /// Judges a request by its token and by what is known of revocations; `None` where only the store
    /// can tell.
    pub(super) fn judge_heeding(
        &self,
        headers: &HeaderMap,
        revocations: &Revocations,
    ) -> Result<Option<Admitted>, Denial> {
        let Some(access_token) = self.presented(headers)? else { return Ok(Some(self.admit_nobody())) };
        let sure = self.authority.authenticate_if_sure(access_token, revocations)?;
        Ok(sure.map(|who| self.admit(who)).transpose()?)
    }
}

impl<S: SessionStore> Rule<Auth<S>> {
    /// Judges what was presented by what the store says of it now.
    pub(super) async fn judge_now(&self, access_token: Option<AccessToken>) -> Result<Admitted, Denial> {
        match access_token {
            Some(token) => Ok(self.admit(self.authority.authenticate_current(token.expose()).await?)?),
            None => Ok(self.admit_nobody()),
        }
    }
}

impl Rule<Verifier> {
    /// Judges what was presented, after asking the issuer for its key where that is a new one.
    pub(super) async fn judge_learning(&self, access_token: Option<AccessToken>) -> Result<Admitted, Denial> {
        match access_token {
            Some(token) => Ok(self.admit(self.authority.verify_learning(token.expose()).await?)?),
            None => Ok(self.admit_nobody()),
        }
    }
}

/// The answer to who is not let through.
pub(super) fn turn_away(denial: &Denial, method: &Method) -> Response<AuthBody> {
    refuse::fit(method, refuse::denied(denial, "guard"))
}
