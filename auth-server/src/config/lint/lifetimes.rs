//! Lifetimes that work, and yet make each other pointless. What cannot work at all is refused by
//! the policy itself.

use std::time::Duration;

use auth_core::Policy;

use super::{Finding, note, warning};

/// Beyond this, an access token outlives what people expect of a logout.
const LONG_ACCESS: Duration = Duration::from_hours(1);

/// A request and its answer take longer than half of this now and then.
const SHORT_GRACE: Duration = Duration::from_secs(2);

/// How long a session may last without a new login (NIST SP 800-63B-4, authentication assurance
/// level 1).
const LONG_SESSION: Duration = Duration::from_hours(30 * 24);

pub(super) fn contradictions(policy: &Policy) -> Vec<Finding> {
    if !policy.flaws().is_empty() {
        return Vec::new();
    }
    let Policy { access_ttl, refresh_ttl, session_max_ttl, reuse_grace, .. } = *policy;
    let shown = |span| humantime::format_duration(span).to_string();
    let mut findings = Vec::new();
    if access_ttl > LONG_ACCESS {
        findings.push(warning(format!(
            "JWT_ACCESS_TTL is {}: for so long a service that only verifies a token believes it, after a logout, a demotion or a new password as well; 15m is usual, and clients refresh by themselves",
            shown(access_ttl)
        )));
    }
    if access_ttl == refresh_ttl {
        findings.push(warning(
            "JWT_ACCESS_TTL is as long as JWT_REFRESH_TTL: a session ends when its first access token does, unless the client refreshes before it has to; make the access token's shorter",
        ));
    }
    if reuse_grace >= access_ttl {
        findings.push(warning(format!(
            "REFRESH_REUSE_GRACE ({}) is not shorter than JWT_ACCESS_TTL ({}): a refresh token that was copied goes on yielding access tokens for longer than one lasts, and nobody notices; make the grace shorter",
            shown(reuse_grace),
            shown(access_ttl)
        )));
    }
    if !reuse_grace.is_zero() && reuse_grace < SHORT_GRACE {
        findings.push(warning(format!(
            "REFRESH_REUSE_GRACE is {}: an answer that takes half of it makes a second tab look like a thief, and logs an honest user out; write 10s, or 0 for clients that never send two at once",
            shown(reuse_grace)
        )));
    }
    if session_max_ttl > LONG_SESSION {
        findings.push(note(format!(
            "SESSION_MAX_TTL is longer than {} days: NIST SP 800-63B-4 asks for a login at least every 30 days",
            (session_max_ttl.as_secs() - 1) / (24 * 60 * 60)
        )));
    }
    findings
}
