//! The five endpoints: their paths and their methods.

use http::Method;

use crate::status::Rejection;

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
    /// The endpoint at `rest`, which is what follows the base path. It is matched to the byte: no
    /// slash at the end, no percent-decoding, no other case.
    pub(super) fn find(rest: &str, method: &Method) -> Result<Self, Rejection> {
        let endpoint = match rest {
            "/login" => Self::Login,
            "/refresh" => Self::Refresh,
            "/logout" => Self::Logout,
            "/me" => Self::Me,
            "/bootstrap" => Self::Bootstrap,
            _ => return Err(Rejection::NotFound),
        };
        if endpoint.takes(method) {
            Ok(endpoint)
        } else {
            Err(Rejection::MethodNotAllowed(endpoint.methods()))
        }
    }

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

    fn takes(self, method: &Method) -> bool {
        match self {
            Self::Me => method == Method::GET || method == Method::HEAD,
            Self::Login | Self::Refresh | Self::Logout | Self::Bootstrap => method == Method::POST,
        }
    }

    /// The methods, as `Allow` lists them.
    fn methods(self) -> &'static str {
        match self {
            Self::Me => "GET, HEAD",
            Self::Login | Self::Refresh | Self::Logout | Self::Bootstrap => "POST",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_to_the_byte() {
        assert_eq!(Endpoint::find("/login", &Method::POST), Ok(Endpoint::Login));
        for other in
            ["", "/", "/login/", "//login", "/Login", "/%6cogin", "login", "/login/x", "/login ", "*"]
        {
            assert_eq!(Endpoint::find(other, &Method::POST), Err(Rejection::NotFound), "{other}");
        }
    }

    #[test]
    fn every_endpoint_says_its_methods() {
        for (path, good, methods) in [
            ("/login", &[Method::POST][..], "POST"),
            ("/refresh", &[Method::POST], "POST"),
            ("/logout", &[Method::POST], "POST"),
            ("/bootstrap", &[Method::POST], "POST"),
            ("/me", &[Method::GET, Method::HEAD], "GET, HEAD"),
        ] {
            for method in [
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
                Method::OPTIONS,
                Method::TRACE,
                Method::CONNECT,
                Method::from_bytes(b"post").expect("a method"),
            ] {
                let found = Endpoint::find(path, &method);
                if good.contains(&method) {
                    assert!(found.is_ok(), "{method} {path}");
                } else {
                    assert_eq!(found, Err(Rejection::MethodNotAllowed(methods)), "{method} {path}");
                }
            }
        }
    }
}
