//! One file for each verb: a straight line of awaits, with the judgements made in `decide`.

pub(crate) mod accounts;
mod attempt;
mod bootstrap;
mod check;
mod events;
mod login;
mod logout;
mod me;
pub(crate) mod own;
mod password;
mod refresh;

pub(crate) use bootstrap::{bootstrap, may_bootstrap};
pub(crate) use check::{check, check_heeding, denied};
pub(crate) use events::events;
pub(crate) use login::login;
pub(crate) use logout::logout;
pub(crate) use me::{authenticate_current, authenticate_heeding, me};
pub(crate) use password::change_password;
pub(crate) use refresh::refresh;

use std::time::Duration;

use crate::clock::Timestamp;
use crate::error::Fault;
use crate::id::SessionId;
use crate::model::User;
use crate::parts::Parts;
use crate::secret::{AccessToken, RefreshToken};
use crate::token::Subject;
use crate::verbs::IssuedRefresh;

impl<S> Parts<S> {
    /// An access token for a session of `user`, good until `ends_at` at most.
    fn access_token(
        &self,
        user: &User,
        session_id: SessionId,
        ends_at: Timestamp,
        token_id: [u8; 16],
        now: Timestamp,
    ) -> Result<AccessToken, Fault> {
        let subject = Subject { user_id: user.id, session_id, role: &user.role, ends_at, token_id };
        self.access.issue(&subject, now).ok_or(Fault::Internal("signing an access token failed"))
    }

    /// A refresh token as it is handed out: good for its whole lifetime, or until the session ends.
    fn hand_out(&self, token: RefreshToken, ends_at: Timestamp, now: Timestamp) -> IssuedRefresh {
        let max_age: Duration = self.policy.refresh_ttl.min(ends_at.since(now));
        IssuedRefresh { token, max_age }
    }
}
