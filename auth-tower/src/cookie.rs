//! The `refresh_token` cookie, and the `auth_device` cookie beside it: read exactly, written exactly.
//!
//! It is read by hand because the usual jars take the last of two cookies, strip quotes and decode
//! percent signs: three ways to judge another value than the one that was sent. The crate `cookie`
//! writes it, with its attributes in the order that the contract quotes.

use std::time::Duration;

use ::cookie::SameSite;
use auth_core::{DeviceToken, IssuedDevice, IssuedRefresh, RefreshToken};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::base_path::BasePath;
use crate::status::Rejection;

/// The name of the cookie for the refresh token.
pub(crate) const REFRESH: &str = "refresh_token";

/// The name of the cookie by which an account knows a browser. It opens no door, and a browser
/// sends it to `/login` alone.
pub(crate) const DEVICE: &str = "auth_device";

/// The refresh token that a request presents, if it presents one.
///
/// A value that is not UTF-8 comes back with replacement characters in it, which no token has, so
/// that it gets the answer of any other mangled token.
pub(crate) fn presented(headers: &HeaderMap) -> Result<Option<RefreshToken>, Rejection> {
    let value = only_value(headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes), REFRESH)?;
    Ok(value.map(|bytes| RefreshToken::new(String::from_utf8_lossy(bytes))))
}

/// The device token that a request presents, if it presents one. Two of them are as good as none:
/// a browser that is not known waits as everybody does, and nobody is refused because of it.
pub(crate) fn device(headers: &HeaderMap) -> Option<DeviceToken> {
    let value = only_value(headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes), DEVICE).ok()??;
    str::from_utf8(value).ok().map(DeviceToken::new)
}

/// The bytes behind `<name>=` in all `Cookie` headers of a request; two of them are one too
/// many, because there is no telling which the browser means (RFC 6265 §4.2.2).
fn only_value<'h>(
    headers: impl Iterator<Item = &'h [u8]>,
    name: &str,
) -> Result<Option<&'h [u8]>, Rejection> {
    let pairs = headers.flat_map(|header| header.split(|&byte| byte == b';'));
    let mut values = pairs.filter_map(|pair| value_of(pair, name));
    let first = values.next();
    if values.next().is_some() { Err(Rejection::RepeatedCookie) } else { Ok(first) }
}

/// The value of a `name=value` pair, if the name is ours to the byte.
fn value_of<'h>(pair: &'h [u8], name: &str) -> Option<&'h [u8]> {
    trim(pair).strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

/// Without the optional white space of RFC 9110 §5.6.3 around it: spaces and tabs.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// How the cookie is written: the same attributes when it is set and when it is cleared, else a
/// browser would keep the old one beside the new.
#[derive(Clone, Debug)]
pub(crate) struct Cookie {
    pub(crate) path: BasePath,
    pub(crate) transport: Transport,
}

/// Over which connections a browser may send the cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    /// TLS only: the attribute `Secure`.
    #[default]
    Secure,
    /// Plain HTTP as well, for development.
    Any,
}

impl Cookie {
    /// The header that hands out a refresh token.
    pub(crate) fn hand_out(&self, refresh: &IssuedRefresh) -> HeaderValue {
        self.header(REFRESH, refresh.token.expose(), self.path.as_str(), refresh.max_age)
    }

    /// The header that hands out a device token.
    pub(crate) fn remember(&self, device: &IssuedDevice) -> HeaderValue {
        self.header(DEVICE, device.token.expose(), &format!("{}/login", self.path), device.max_age)
    }

    /// The header that makes a browser forget it.
    pub(crate) fn clear(&self) -> HeaderValue {
        self.header(REFRESH, "", self.path.as_str(), Duration::ZERO)
    }

    fn header(&self, name: &str, value: &str, path: &str, max_age: Duration) -> HeaderValue {
        let seconds = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        let text = ::cookie::Cookie::build((name, value))
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.transport == Transport::Secure)
            .path(path)
            .max_age(::cookie::time::Duration::seconds(seconds))
            .to_string();
        let mut header =
            HeaderValue::try_from(text).expect("a base64url token and a checked path are header text");
        // Whoever logs headers then logs "Sensitive" in place of the token.
        header.set_sensitive(true);
        header
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'h>(headers: &[&'h str]) -> Result<Option<&'h [u8]>, Rejection> {
        only_value(headers.iter().map(|header| header.as_bytes()), REFRESH)
    }

    #[test]
    fn the_value_is_taken_byte_for_byte() {
        for (header, value) in [
            ("refresh_token=abc", "abc"),
            ("a=1; refresh_token=abc; b=2", "abc"),
            ("a=1;refresh_token=abc;b=2", "abc"),
            (" \t refresh_token=abc \t ", "abc"),
            ("refresh_token=\"abc\"", "\"abc\""),
            ("refresh_token=a%20b", "a%20b"),
            ("refresh_token=a=b==", "a=b=="),
            ("refresh_token= abc", " abc"),
            ("refresh_token=a,b", "a,b"),
            ("refresh_token=", ""),
        ] {
            assert_eq!(read(&[header]), Ok(Some(value.as_bytes())), "{header}");
        }
    }

    #[test]
    fn another_name_is_another_cookie() {
        for header in [
            "",
            ";",
            "refresh_token",
            "Refresh_Token=a",
            "REFRESH_TOKEN=a",
            "refresh_token =a",
            "xrefresh_token=a",
            "refresh_tokens=a",
            "__Host-refresh_token=a",
            "$refresh_token=a",
            "a=refresh_token=b",
            "refresh%5Ftoken=a",
        ] {
            assert_eq!(read(&[header]), Ok(None), "{header}");
        }
    }

    #[test]
    fn two_of_that_name_are_refused_wherever_they_stand() {
        for headers in [
            &["refresh_token=a; refresh_token=b"][..],
            &["refresh_token=a; refresh_token=a"],
            &["refresh_token=a", "refresh_token=b"],
            &["x=1; refresh_token=a", "y=2", "refresh_token="],
        ] {
            assert_eq!(read(headers), Err(Rejection::RepeatedCookie), "{headers:?}");
        }
    }

    #[test]
    fn it_is_written_as_the_contract_says() {
        let mut cookie = Cookie { path: BasePath::default(), transport: Transport::Any };
        let refresh =
            IssuedRefresh { token: RefreshToken::new("AbC_-9"), max_age: Duration::from_millis(604_800_999) };
        let set = cookie.hand_out(&refresh);
        assert_eq!(set, "refresh_token=AbC_-9; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=604800");
        assert!(!format!("{set:?}").contains("AbC"), "{set:?}");
        assert_eq!(cookie.clear(), "refresh_token=; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=0");

        cookie.transport = Transport::Secure;
        cookie.path = BasePath::parse("/auth").expect("a base path");
        assert_eq!(
            cookie.clear(),
            "refresh_token=; HttpOnly; SameSite=Strict; Secure; Path=/auth; Max-Age=0"
        );
    }

    #[test]
    fn the_cookie_of_a_device_goes_to_the_login_alone() {
        let cookie = Cookie { path: BasePath::default(), transport: Transport::Secure };
        let device =
            IssuedDevice { token: DeviceToken::new("AbC_-9"), max_age: Duration::from_hours(24 * 400) };
        let set = cookie.remember(&device);
        assert_eq!(
            set,
            "auth_device=AbC_-9; HttpOnly; SameSite=Strict; Secure; Path=/api/auth/login; Max-Age=34560000"
        );
        assert!(!format!("{set:?}").contains("AbC"), "{set:?}");
    }

    #[test]
    fn two_devices_are_as_good_as_none() {
        let told = |values: &[&'static str]| {
            let values = values.iter().map(|value| (COOKIE, HeaderValue::from_static(value)));
            device(&values.collect()).map(|device| device.expose().to_owned())
        };
        assert_eq!(told(&["refresh_token=a; auth_device=b"]).as_deref(), Some("b"));
        assert_eq!(told(&["auth_device=b", "refresh_token=a", "auth_device=b"]), None);
        assert_eq!(told(&["xauth_device=b; Auth_Device=c"]), None);
    }

    /// The same rule once more, in the plainest words: no iterator, no early way out.
    fn oracle(headers: &[Vec<u8>]) -> Result<Option<Vec<u8>>, Rejection> {
        let mut found = Vec::new();
        for header in headers {
            let mut pairs = vec![Vec::new()];
            for &byte in header {
                if byte == b';' {
                    pairs.push(Vec::new());
                } else {
                    pairs.last_mut().expect("it starts with one").push(byte);
                }
            }
            for mut pair in pairs {
                while pair.first().is_some_and(|b| *b == b' ' || *b == b'\t') {
                    pair.remove(0);
                }
                while pair.last().is_some_and(|b| *b == b' ' || *b == b'\t') {
                    pair.pop();
                }
                if let Some(at) = pair.iter().position(|b| *b == b'=')
                    && &pair[..at] == b"refresh_token"
                {
                    found.push(pair[at + 1..].to_vec());
                }
            }
        }
        if found.len() > 1 { Err(Rejection::RepeatedCookie) } else { Ok(found.pop()) }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_the_oracle_agrees(
            headers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
        ) {
            let read = only_value(headers.iter().map(Vec::as_slice), REFRESH).map(|value| value.map(<[u8]>::to_vec));
            prop_assert_eq!(read, oracle(&headers));
        }

        #[test]
        fn the_oracle_agrees_on_what_looks_like_cookies(
            headers in prop::collection::vec("(refresh_token|a|=|;| |\t|b){0,12}", 0..3),
        ) {
            let headers: Vec<_> = headers.into_iter().map(String::into_bytes).collect();
            let read = only_value(headers.iter().map(Vec::as_slice), REFRESH).map(|value| value.map(<[u8]>::to_vec));
            prop_assert_eq!(read, oracle(&headers));
        }
    }
}
