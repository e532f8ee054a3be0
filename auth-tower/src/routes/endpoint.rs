//! The five endpoints, and the check for proxies.

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Login,
    Refresh,
    Logout,
    Me,
    Bootstrap,
    Check,
}

impl Endpoint {
    /// The word for logs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::Me => "me",
            Self::Bootstrap => "bootstrap",
            Self::Check => "check",
        }
    }
}
