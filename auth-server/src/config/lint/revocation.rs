//! The dial between trusting an access token and asking about it, where it is turned too far.

use auth_core::{Policy, RevocationDelay};

use super::{Finding, warning};

/// A delay that no token lives to see is none, and whoever never hears of a logout should know.
pub(super) fn too_late(delay: RevocationDelay, policy: &Policy) -> Option<Finding> {
    let lifetime = humantime::format_duration(policy.access_ttl);
    match delay {
        RevocationDelay::Off => Some(warning(format!(
            "REVOCATION_DELAY is off: the check lets through whoever was logged out, demoted or disabled until their access token expires, for up to {lifetime}; with 5s it hears of that, and asks the database hardly more often"
        ))),
        RevocationDelay::Within(delay) => (policy.flaws().is_empty() && delay >= policy.access_ttl).then(|| {
            warning(format!(
                "REVOCATION_DELAY ({}) is not shorter than JWT_ACCESS_TTL ({lifetime}): a token has expired before it would have to be refused; write a shorter one, such as 5s, or 0",
                humantime::format_duration(delay)
            ))
        }),
    }
}
