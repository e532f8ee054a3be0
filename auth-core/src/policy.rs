//! How long things last and what is open: the numbers an embedder may choose.

use std::time::Duration;

use crate::roles::Roles;
use crate::throttle::ThrottlePolicy;

/// The rules of one installation. The default is the safe one.
///
/// ```
/// use auth_core::{Bootstrap, Policy};
///
/// let policy = Policy { bootstrap: Bootstrap::Open, ..Policy::default() };
/// assert!(policy.flaws().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an access token is good; 15 minutes. Whole seconds, at least one.
    pub access_ttl: Duration,
    /// How long a session lasts after its last refresh; 7 days.
    pub refresh_ttl: Duration,
    /// How long a session lasts after its login, however often it is refreshed; 30 days.
    pub session_max_ttl: Duration,
    /// How long after a rotation the current refresh token answers with itself and its
    /// predecessor with an access token; 10 seconds, at most five minutes. It has to be twice as
    /// long as a request and its answer may be under way. Zero rotates on every refresh, and is
    /// for clients that never send two at once.
    pub reuse_grace: Duration,
    /// Whether the predecessor of the current refresh token is good after the grace as well.
    pub late_retry: LateRetry,
    /// The most live sessions of one user; 50. One login more ends the oldest.
    pub session_limit: u32,
    /// How many wrong passwords are too many.
    pub throttle: ThrottlePolicy,
    /// Whether the first user may be created by whoever calls first; closed.
    pub bootstrap: Bootstrap,
    /// The fewest code points a new password may have; 8, and never below 8
    /// (NIST SP 800-63B-4 §3.1.1.2 asks 15 where the password is the only factor).
    pub password_min_length: usize,
    /// The `iss` of access tokens, matched exactly.
    pub issuer: String,
    /// The `aud` of access tokens, matched exactly.
    pub audience: String,
    /// Which roles there are, and what each may do; `ADMIN` and `USER`, without permissions.
    pub roles: Roles,
}

/// What the predecessor of the current refresh token means after the grace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LateRetry {
    /// The answer was lost, because a closed laptop lid outlasts any window: rotate once more.
    #[default]
    Allowed,
    /// Reuse: the session ends. Strict, and logs honest users out now and then.
    Reuse,
}

/// Whether `bootstrap` answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bootstrap {
    /// The first caller becomes the first admin.
    Open,
    /// Nobody does.
    #[default]
    Closed,
}

/// A number in a [`Policy`] that cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFlaw {
    /// `access_ttl` is not a whole number of seconds from one second to one day.
    #[error("the access token's lifetime must be whole seconds, from 1s to 1day")]
    AccessTtl,
    /// `refresh_ttl` is not a whole number of seconds, or shorter than `access_ttl`.
    #[error("the refresh token's lifetime must be whole seconds, and not shorter than the access token's")]
    RefreshTtl,
    /// `session_max_ttl` is shorter than `refresh_ttl`, or longer than ten years.
    #[error(
        "the session's longest lifetime must not be shorter than the refresh token's, nor longer than ten years"
    )]
    SessionMaxTtl,
    /// `reuse_grace` is longer than five minutes, or not shorter than `refresh_ttl`.
    #[error("the reuse grace must be at most five minutes, and shorter than the refresh token's lifetime")]
    ReuseGrace,
    /// `session_limit` is outside 1 to 1000.
    #[error("the most sessions of one user must be 1 to 1000")]
    SessionLimit,
    /// A number of `throttle` is outside what it may be.
    #[error(
        "the free failures must be 1 to the most, the most at most 100, the waits 1s to 1day and not falling, and the failures of an address at least 1 a minute"
    )]
    Throttle,
    /// `password_min_length` is outside 8 to 128.
    #[error("the shortest password must be 8 to 128 characters")]
    PasswordMinLength,
    /// `issuer` is empty.
    #[error("the issuer must not be empty")]
    Issuer,
    /// `audience` is empty.
    #[error("the audience must not be empty")]
    Audience,
}

const DAY: Duration = Duration::from_hours(24);

impl Default for Policy {
    fn default() -> Self {
        Self {
            access_ttl: Duration::from_mins(15),
            refresh_ttl: 7 * DAY,
            session_max_ttl: 30 * DAY,
            reuse_grace: Duration::from_secs(10),
            late_retry: LateRetry::default(),
            session_limit: 50,
            throttle: ThrottlePolicy::default(),
            bootstrap: Bootstrap::default(),
            password_min_length: 8,
            issuer: "auth-server".to_owned(),
            audience: "api".to_owned(),
            roles: Roles::default(),
        }
    }
}

impl Policy {
    /// Everything that cannot work, in one go; empty where all is well.
    pub fn flaws(&self) -> Vec<PolicyFlaw> {
        let whole = |span: Duration| span.subsec_nanos() == 0 && !span.is_zero();
        let checks = [
            (whole(self.access_ttl) && self.access_ttl <= DAY, PolicyFlaw::AccessTtl),
            (whole(self.refresh_ttl) && self.refresh_ttl >= self.access_ttl, PolicyFlaw::RefreshTtl),
            (
                self.session_max_ttl >= self.refresh_ttl && self.session_max_ttl <= 3_653 * DAY,
                PolicyFlaw::SessionMaxTtl,
            ),
            (
                self.reuse_grace < self.refresh_ttl && self.reuse_grace <= Duration::from_mins(5),
                PolicyFlaw::ReuseGrace,
            ),
            ((1..=1_000).contains(&self.session_limit), PolicyFlaw::SessionLimit),
            (self.throttle.is_sound(), PolicyFlaw::Throttle),
            ((8..=128).contains(&self.password_min_length), PolicyFlaw::PasswordMinLength),
            (!self.issuer.is_empty(), PolicyFlaw::Issuer),
            (!self.audience.is_empty(), PolicyFlaw::Audience),
        ];
        checks.into_iter().filter(|(good, _)| !good).map(|(_, flaw)| flaw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_closed_and_without_a_flaw() {
        let policy = Policy::default();
        assert_eq!(policy.flaws(), []);
        assert_eq!(policy.bootstrap, Bootstrap::Closed);
    }

    #[test]
    fn every_flaw_is_told_in_one_go() {
        let hopeless = Policy {
            access_ttl: Duration::ZERO,
            refresh_ttl: Duration::from_millis(1),
            session_max_ttl: Duration::ZERO,
            reuse_grace: Duration::from_secs(1),
            session_limit: 0,
            throttle: ThrottlePolicy { free: 0, ..ThrottlePolicy::default() },
            password_min_length: 7,
            issuer: String::new(),
            audience: String::new(),
            ..Policy::default()
        };
        assert_eq!(hopeless.flaws().len(), 9);
    }
}
