//! Who is asking, as far as a request tells.

use std::fmt;
use std::net::IpAddr;

/// The request that something is asked by: for the list of sessions, for the events, and for the
/// limit of wrong passwords from one address.
///
/// All of it is what a request says of itself. The address alone decides something, so it must come
/// from the connection, or from a proxy that is trusted.
///
/// ```
/// use auth_core::{Client, UserAgent};
///
/// let client = Client {
///     user_agent: UserAgent::new("curl/8.5"),
///     ip_address: "192.0.2.7".parse().ok(),
///     ..Client::default()
/// };
/// assert_eq!(client.user_agent.as_ref().map(UserAgent::as_str), Some("curl/8.5"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// What the `User-Agent` header said.
    pub user_agent: Option<UserAgent>,
    /// The address that the request came from.
    pub ip_address: Option<IpAddr>,
    /// The id of the request, by which its other traces are found.
    pub request_id: Option<RequestId>,
}

/// The id of a request: 1 to 64 characters of printable ASCII.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The most characters that an id may have.
    pub const MAX_CHARS: usize = 64;

    /// Takes `text` as it is; `None` where it is empty, too long, or holds anything but printable
    /// ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a client calls itself: 1 to 256 characters, none of them a control character.
#[derive(Clone, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// The most characters that are kept.
    pub const MAX_CHARS: usize = 256;

    /// Keeps what can be shown of `text`: without control characters, trimmed, and cut where it
    /// is too long. `None` where nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let shown: String = text.chars().filter(|c| !c.is_control()).collect();
        let cut: String = shown.trim().chars().take(Self::MAX_CHARS).collect();
        let kept = cut.trim_end();
        (!kept.is_empty()).then(|| Self(kept.to_owned()))
    }

    /// The text as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> Option<String> {
        UserAgent::new(text).map(|agent| agent.0)
    }

    #[test]
    fn only_what_can_be_shown_is_kept() {
        assert_eq!(kept(" Mozilla/5.0 (X11)\r\n\0 ").as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(kept(" \t\n"), None);
        assert_eq!(kept(&"🦊".repeat(300)), Some("🦊".repeat(256)));
    }

    #[test]
    fn the_id_of_a_request_is_taken_as_it_is_or_not_at_all() {
        let taken = |text: &str| RequestId::new(text).map(|id| id.0);
        assert_eq!(taken("0197-af").as_deref(), Some("0197-af"));
        for bad in ["", "a b", "a\n", "ä", &"a".repeat(65)] {
            assert_eq!(taken(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_kept_is_kept_as_it_is(text in any::<String>()) {
            if let Some(agent) = kept(&text) {
                prop_assert_eq!(kept(&agent), Some(agent));
            }
        }
    }
}
