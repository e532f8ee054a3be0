//! The origins whose pages may call these routes besides their own.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// The exact origins of front ends that live somewhere else than these routes.
///
/// A page of a listed origin passes the cross-site rule, and gets CORS answers with credentials;
/// a page of any other gets neither. See
/// [`AuthRoutes::with_trusted_origins`](crate::AuthRoutes::with_trusted_origins).
///
/// An origin is compared to the byte with what a browser sends (the serialisation of the HTML and
/// URL standards), so it must be written like that: scheme, host in lower case, internationalised
/// names in Punycode, and the port where it is not the scheme's own, which is taken off.
///
/// # Same site, or no cookie
///
/// The refresh token's cookie is `SameSite=Strict`: a browser sends it along only where page and
/// routes are of one *site*, that is, of one scheme and one registrable domain.
/// `https://app.example.com` and `https://auth.example.com` are, and so are two ports of
/// `localhost`. A page of `https://example.net` that is listed here may log in and call whatever
/// takes an access token, but its `/refresh` and `/logout` come without the cookie and are answered
/// with 401. Such a front end belongs behind a proxy of its own origin.
///
/// ```
/// use auth_tower::TrustedOrigins;
///
/// let origins = TrustedOrigins::parse("https://app.example.com, http://localhost:3000")?;
/// assert_eq!(origins.to_string(), "https://app.example.com, http://localhost:3000");
/// assert!(TrustedOrigins::parse("https://*.example.com").is_err());
/// # Ok::<(), auth_tower::InvalidOrigin>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TrustedOrigins(Arc<[Box<str>]>);

/// The text is no origin that a browser would send, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidOrigin {
    /// There is nothing between two commas, or nothing at all.
    Empty,
    /// `*`, or one in a host name: every page of the world, or of someone else's subdomain.
    Wildcard,
    /// `null`, which pages of no origin share, in sandboxed frames and local files.
    Null,
    /// Neither `https://` nor `http://` in front.
    Scheme,
    /// A slash, a query or a fragment behind the host: an origin has no path.
    Path,
    /// A user name or password before the host.
    UserInfo,
    /// The host has capital letters; browsers send it in lower case.
    Case,
    /// The host has letters beyond ASCII; browsers send it in Punycode, `xn--…`.
    NotPunycode,
    /// The host is no name or address as browsers write it.
    Host,
    /// What follows the host is no port as browsers write it, from 1 to 65535.
    Port,
}

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "which is empty",
            Self::Wildcard => "which has a wildcard, and only exact origins can be trusted",
            Self::Null => "which is the origin of any page that has none",
            Self::Scheme => "which begins with neither https:// nor http://",
            Self::Path => {
                "which has something behind the host, and an origin has no path and no slash at its end"
            }
            Self::UserInfo => "which has a user name in it",
            Self::Case => "which has capital letters, and browsers send lower case",
            Self::NotPunycode => "which has letters beyond ASCII, and browsers send Punycode (xn--…)",
            Self::Host => "whose host is no name or address as browsers write it",
            Self::Port => "whose port is no number from 1 to 65535 as browsers write it",
        })
    }
}

impl Error for InvalidOrigin {}

impl TrustedOrigins {
    /// Reads a list with commas between its origins. A text of nothing but space is an empty list.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] says what is wrong with the first one that is none.
    pub fn parse(list: &str) -> Result<Self, InvalidOrigin> {
        if list.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        list.split(',').try_fold(Self::default(), |origins, origin| origins.with(origin))
    }

    /// Adds one origin.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] says what is wrong with it.
    pub fn with(self, origin: &str) -> Result<Self, InvalidOrigin> {
        let origin = as_sent(origin.trim_ascii())?;
        if self.contains(origin) {
            return Ok(self);
        }
        Ok(Self(self.0.iter().cloned().chain([origin.into()]).collect()))
    }

    /// Whether this value of an `Origin` header is on the list, to the byte.
    pub fn contains(&self, origin: &str) -> bool {
        self.iter().any(|listed| listed == origin)
    }

    /// Whether no origin is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The origins, as browsers send them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|origin| &**origin)
    }
}

impl fmt::Display for TrustedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl fmt::Debug for TrustedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The origin without its scheme's own port, which browsers leave out.
fn as_sent(origin: &str) -> Result<&str, InvalidOrigin> {
    match origin {
        "" => return Err(InvalidOrigin::Empty),
        "null" => return Err(InvalidOrigin::Null),
        _ if origin.contains('*') => return Err(InvalidOrigin::Wildcard),
        _ => {}
    }
    let (place, usual) = match origin.split_once("://") {
        Some(("https", place)) => (place, 443),
        Some(("http", place)) => (place, 80),
        _ => return Err(InvalidOrigin::Scheme),
    };
    if place.contains(['/', '\\', '?', '#']) {
        return Err(InvalidOrigin::Path);
    }
    if place.contains('@') {
        return Err(InvalidOrigin::UserInfo);
    }
    if !place.is_ascii() {
        return Err(InvalidOrigin::NotPunycode);
    }
    if place.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(InvalidOrigin::Case);
    }
    // The brackets of an IPv6 address keep its colons apart from the port's.
    let host_ends = match place.find(']') {
        Some(bracket) => bracket + 1,
        None => place.find(':').unwrap_or(place.len()),
    };
    let (host, rest) = place.split_at(host_ends);
    if !is_host(host) {
        return Err(InvalidOrigin::Host);
    }
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Ok(origin),
        Some(digits) if port(digits) == Some(usual) => Ok(&origin[..origin.len() - rest.len()]),
        Some(digits) if port(digits).is_some() => Ok(origin),
        _ => Err(InvalidOrigin::Port),
    }
}

fn port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

/// Whether a browser would write this host, which is in lower case, like that.
fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inside.parse().is_ok_and(|address| as_browsers_write(address) == inside);
    }
    let labels = || host.split('.');
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    // What ends in a number is an IPv4 address to a browser, or nothing (URL standard §4.3).
    let is_number = |label: &str| {
        let hex = label.strip_prefix("0x");
        hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            || label.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_address = labels().next_back().is_some_and(is_number);
    host.len() <= 253 && labels().all(is_label) && (!is_address || host.parse::<Ipv4Addr>().is_ok())
}

/// An IPv6 address as the URL standard serialises it: never with an IPv4 address in its tail.
fn as_browsers_write(address: Ipv6Addr) -> String {
    let written = address.to_string();
    match (written.rsplit_once(':'), address.segments()) {
        (Some((head, tail)), [.., high, low]) if tail.contains('.') => format!("{head}:{high:x}:{low:x}"),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn an_origin_is_listed_as_browsers_send_it() {
        for (written, sent) in [
            ("https://app.example.com", "https://app.example.com"),
            (" https://app.example.com\t", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            ("http://app.example.com:80", "http://app.example.com"),
            ("http://app.example.com:443", "http://app.example.com:443"),
            ("https://app.example.com:8443", "https://app.example.com:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
            ("https://[::ffff:c000:207]", "https://[::ffff:c000:207]"),
            ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
            ("https://my_app.example.com", "https://my_app.example.com"),
        ] {
            let origins = TrustedOrigins::parse(written).expect(written);
            assert_eq!(origins.to_string(), sent, "{written}");
            assert!(origins.contains(sent));
            let browser = Url::parse(written.trim_ascii()).expect(written);
            assert_eq!(browser.origin().ascii_serialization(), sent, "{written}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused_with_its_reason() {
        use InvalidOrigin::{Case, Empty, Host, NotPunycode, Null, Path, Port, Scheme, UserInfo, Wildcard};
        for (written, flaw) in [
            (",", Empty),
            ("https://a.com,", Empty),
            ("https://a.com,,https://b.com", Empty),
            ("*", Wildcard),
            ("https://*.a.com", Wildcard),
            ("https://a.com:*", Wildcard),
            ("null", Null),
            ("a.com", Scheme),
            ("//a.com", Scheme),
            ("HTTPS://a.com", Scheme),
            ("ftp://a.com", Scheme),
            ("chrome-extension://abc", Scheme),
            ("https:a.com", Scheme),
            ("https://a.com/", Path),
            ("https://a.com/app", Path),
            ("https://a.com?x", Path),
            ("https://a.com#x", Path),
            ("https://a.com\\x", Path),
            ("https://user@a.com", UserInfo),
            ("https://user:secret@a.com", UserInfo),
            ("https://A.com", Case),
            ("https://[2001:DB8::1]", Case),
            ("https://münchen.example", NotPunycode),
            ("https://", Host),
            ("https://:443", Host),
            ("https://a..com", Host),
            ("https://a.com.", Host),
            ("https://.a.com", Host),
            ("https://a com", Host),
            ("https://a.com https://b.com", Path),
            ("https://a%2ecom", Host),
            ("http://127.0.0.01", Host),
            ("http://127.1", Host),
            ("http://2130706433", Host),
            ("http://0x7f000001", Host),
            ("http://256.0.0.1", Host),
            ("http://[::1", Host),
            ("http://::1", Host),
            ("http://[0:0:0:0:0:0:0:1]", Host),
            ("http://[::ffff:192.0.2.7]", Host),
            ("http://[fe80::1%25eth0]", Host),
            ("https://a.com:", Port),
            ("https://a.com:0", Port),
            ("https://a.com:0443", Port),
            ("https://a.com:+443", Port),
            ("https://a.com:65536", Port),
            ("https://a.com:443:443", Port),
            ("http://[::1]3000", Port),
        ] {
            assert_eq!(TrustedOrigins::parse(written), Err(flaw), "{written}");
        }
    }

    #[test]
    fn a_list_may_be_empty_and_names_each_once() {
        for nothing in ["", "  "] {
            assert!(TrustedOrigins::parse(nothing).is_ok_and(|origins| origins.is_empty()));
        }
        let twice = TrustedOrigins::parse("https://a.com,https://a.com:443, http://a.com").expect("origins");
        assert_eq!(twice.iter().collect::<Vec<_>>(), ["https://a.com", "http://a.com"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), tail in "[\\[\\]a-z0-9:.@/%*-]{0,30}") {
            let _ = TrustedOrigins::parse(&text);
            let _ = TrustedOrigins::parse(&format!("https://{tail}"));
        }

        /// The other way round need not hold: what nobody needs may be refused.
        #[test]
        fn what_is_accepted_is_what_a_browser_would_send(
            scheme in "https?",
            host in "([a-z0-9_.-]{1,12}|\\[[0-9a-f:.]{2,16}\\]|[0-9x.]{1,12})",
            port in "(:[0-9]{1,5})?",
        ) {
            // Whether Punycode decodes is not looked at: what does not, no browser sends.
            prop_assume!(!host.contains("xn--"));
            let written = format!("{scheme}://{host}{port}");
            if let Ok(origins) = TrustedOrigins::parse(&written) {
                let sent = Url::parse(&written).map(|url| url.origin().ascii_serialization());
                prop_assert_eq!(Ok(origins.to_string()), sent, "{}", written);
            }
        }
    }
}
