//! Where an issuer publishes its keys.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

/// The URL of an issuer's keys.
///
/// It has to be `https`, because whoever can change the answer on its way can log in as anybody. Plain
/// `http` is taken on this machine alone.
///
/// ```
/// use auth_jwks::JwksUrl;
///
/// assert!(JwksUrl::parse("https://auth.example.com/.well-known/jwks.json").is_ok());
/// assert!(JwksUrl::parse("http://127.0.0.1:4000/.well-known/jwks.json").is_ok());
/// assert!(JwksUrl::parse("http://auth.example.com/.well-known/jwks.json").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct JwksUrl(Uri);

/// Why a text is not taken for the URL of an issuer's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwksUrl {
    /// It is no URL with a host, or one with a user name.
    #[error("it is not a URL such as https://auth.example.com/.well-known/jwks.json")]
    Malformed,
    /// It is plain `http`, and of another machine.
    #[error("it must begin with https, because whoever can change keys on their way can log in as anybody")]
    Insecure,
}

impl JwksUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`InvalidJwksUrl`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidJwksUrl> {
        let url = Self::insecure_parse(text)?;
        if url.is_https() || url.is_of_this_machine() { Ok(url) } else { Err(InvalidJwksUrl::Insecure) }
    }

    /// Reads a URL that may be plain `http`, for a network in which nobody can change what is on its
    /// way.
    ///
    /// # Errors
    ///
    /// [`InvalidJwksUrl::Malformed`] where it is no URL.
    pub fn insecure_parse(text: &str) -> Result<Self, InvalidJwksUrl> {
        let url: Uri = text.parse().map_err(|_| InvalidJwksUrl::Malformed)?;
        let authority = url.authority().ok_or(InvalidJwksUrl::Malformed)?.as_str();
        let is_web = matches!(url.scheme_str(), Some("http" | "https"));
        if is_web && !authority.contains('@') && !url.host().unwrap_or_default().is_empty() {
            Ok(Self(url))
        } else {
            Err(InvalidJwksUrl::Malformed)
        }
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    fn is_of_this_machine(&self) -> bool {
        let host = self.0.host().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for JwksUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for JwksUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JwksUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in [
            "https://auth.example.com/.well-known/jwks.json",
            "https://auth.example.com:8443/api/auth/jwks.json?v=1",
            "http://127.0.0.1:4000/jwks.json",
            "http://[::1]:4000/jwks.json",
            "http://localhost/jwks.json",
        ] {
            assert_eq!(JwksUrl::parse(good).expect("it is good").to_string(), good);
        }
        for bad in [
            "http://auth.example.com/jwks.json",
            "http://localhost.example.com/jwks.json",
            "http://127.0.0.1.example.com/jwks.json",
            "http://10.0.0.7/jwks.json",
        ] {
            assert_eq!(JwksUrl::parse(bad), Err(InvalidJwksUrl::Insecure), "{bad}");
            assert!(JwksUrl::insecure_parse(bad).is_ok(), "{bad}");
        }
        for bad in [
            "",
            "/jwks.json",
            "auth.example.com",
            "ftp://auth.example.com/",
            "https://",
            "https:///jwks.json",
            "https://user@auth.example.com/",
            "https://user:secret@auth.example.com/",
            "https://auth.example.com/ ",
        ] {
            assert_eq!(JwksUrl::parse(bad), Err(InvalidJwksUrl::Malformed), "{bad}");
        }
    }
}
