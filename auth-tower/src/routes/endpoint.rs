//! The five endpoints.

/// Which of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Login,
    Refresh,
    Logout,
    Me,
    Bootstrap,
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
        }
    }
}
