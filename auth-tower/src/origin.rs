//! The cross-site rule: may the page that a browser sends this request from change anything here?
//!
//! `Sec-Fetch-Site` is the browser's own word and cannot be set by a page, so where it is present
//! it decides. An older browser sends `Origin` with every request that could change something,
//! which must then name the host that the request went to. A client that sends neither is no
//! browser, carries no one else's cookies, and is allowed. A page of an origin that is trusted by
//! name passes, whatever the browser says of its site.

use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Uri};

use crate::status::Rejection;
use crate::trusted_origins::TrustedOrigins;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that another site's page had a browser send.
///
/// A header that is there twice, or is not ASCII, is refused: no browser sends such a thing.
pub(crate) fn check(headers: &HeaderMap, uri: &Uri, trusted: &TrustedOrigins) -> Result<(), Rejection> {
    let allowed = match (sent(headers, &SEC_FETCH_SITE), sent(headers, &ORIGIN)) {
        (Sent::Never | Sent::Once(_), Sent::Once(origin)) if trusted.contains(origin) => true,
        (Sent::Once(site), _) => site == "same-origin" || site == "none",
        (Sent::Never, Sent::Never) => true,
        (Sent::Never, Sent::Once(origin)) => match sent(headers, &HOST) {
            Sent::Once(host) => same_place(origin, host),
            // HTTP/2 names the host in the request's target.
            Sent::Never => uri.authority().is_some_and(|host| same_place(origin, host.as_str())),
            Sent::Badly => false,
        },
        (Sent::Badly, _) | (Sent::Never, Sent::Badly) => false,
    };
    if allowed { Ok(()) } else { Err(Rejection::CrossOrigin) }
}

enum Sent<'h> {
    Never,
    Once(&'h str),
    Badly,
}

fn sent<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Sent<'h> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Sent::Never,
        (Some(value), None) => value.to_str().map_or(Sent::Badly, Sent::Once),
        (Some(_), Some(_)) => Sent::Badly,
    }
}

/// Whether an origin (RFC 6454 §6.2) has the host and port of a `Host` header (RFC 9110 §7.2).
///
/// `Host` does not tell the scheme, and behind a proxy that ends TLS the server does not know it
/// either: a port that is left out is the one of the origin's scheme.
fn same_place(origin: &str, host: &str) -> bool {
    let Some((scheme, place)) = origin.split_once("://") else { return false };
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        // `null`, extensions, apps: nothing that a `Host` could be compared with.
        _ => return false,
    };
    let (Some(ours), Some(theirs)) = (host_and_port(host), host_and_port(place)) else { return false };
    ours.0.eq_ignore_ascii_case(theirs.0) && ours.1.unwrap_or(usual) == theirs.1.unwrap_or(usual)
}

fn host_and_port(place: &str) -> Option<(&str, Option<u16>)> {
    // The brackets of an IPv6 address keep its colons apart from the port's.
    let name_ends =
        if place.starts_with('[') { place.find(']')? + 1 } else { place.find(':').unwrap_or(place.len()) };
    let (name, port) = place.split_at(name_ends);
    let inside = name.strip_prefix('[').map_or(name, |name| name.trim_end_matches(']'));
    let colons_fit = name.starts_with('[') || !inside.contains(':');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:".contains(&b);
    if inside.is_empty() || !colons_fit || !inside.bytes().all(plain) {
        return None;
    }
    match port.strip_prefix(':') {
        None if port.is_empty() => Some((name, None)),
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some((name, Some(digits.parse().ok()?)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn judged(headers: &[(&'static str, &str)], uri: &str) -> bool {
        judged_by(&TrustedOrigins::default(), headers, uri)
    }

    fn judged_by(trusted: &TrustedOrigins, headers: &[(&'static str, &str)], uri: &str) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
                (HeaderName::from_static(name), value)
            })
            .collect();
        check(&headers, &uri.parse().expect("a target"), trusted).is_ok()
    }

    #[test]
    fn the_browsers_own_word_decides() {
        for (site, allowed) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("Same-Origin", false),
            ("same-origin, none", false),
            ("", false),
            ("ä", false),
        ] {
            assert_eq!(judged(&[("sec-fetch-site", site)], "/"), allowed, "{site}");
            // Behind a proxy that rewrites Host, the browser still knows where it sent the request.
            let beside = [("sec-fetch-site", site), ("origin", "https://a.com"), ("host", "internal")];
            assert_eq!(judged(&beside, "/"), allowed, "{site}");
        }
        assert!(!judged(&[("sec-fetch-site", "none"), ("sec-fetch-site", "none")], "/"));
    }

    #[test]
    fn an_origin_must_name_the_host() {
        for (origin, host, allowed) in [
            ("https://a.com", "a.com", true),
            ("http://a.com", "a.com", true),
            ("https://A.com", "a.COM", true),
            ("https://a.com:443", "a.com", true),
            ("https://a.com", "a.com:443", true),
            ("http://a.com", "a.com:80", true),
            ("http://localhost:3000", "localhost:3000", true),
            ("http://[::1]:3000", "[::1]:3000", true),
            ("http://[::1]", "[::1]", true),
            ("http://localhost:3000", "localhost:4000", false),
            ("http://localhost", "localhost:4000", false),
            ("https://a.com", "a.com:80", false),
            ("https://a.com", "b.com", false),
            ("https://a.com.evil.com", "a.com", false),
            ("https://evil.com", "a.com", false),
            ("https://sub.a.com", "a.com", false),
            ("https://a.com@evil.com", "a.com", false),
            ("https://a.com/", "a.com", false),
            ("https://a.com https://b.com", "a.com", false),
            ("https://a.com:", "a.com", false),
            ("https://a.com:+443", "a.com", false),
            ("https://a.com:99999", "a.com:99999", false),
            ("http://[::1", "[::1", false),
            ("http://::1", "::1", false),
            ("chrome-extension://a.com", "a.com", false),
            ("a.com", "a.com", false),
            ("null", "null", false),
            ("https://", "", false),
            ("", "", false),
            ("https://ä.com", "ä.com", false),
        ] {
            assert_eq!(judged(&[("origin", origin), ("host", host)], "/"), allowed, "{origin} to {host}");
        }
    }

    #[test]
    fn without_host_the_requests_target_names_it() {
        assert!(judged(&[("origin", "https://a.com")], "https://a.com/login"));
        assert!(!judged(&[("origin", "https://b.com")], "https://a.com/login"));
        assert!(!judged(&[("origin", "https://a.com")], "/login"));
    }

    #[test]
    fn a_header_sent_twice_is_no_browsers() {
        assert!(!judged(&[("origin", "http://a.com"), ("origin", "http://a.com"), ("host", "a.com")], "/"));
        assert!(!judged(&[("origin", "http://a.com"), ("host", "a.com"), ("host", "a.com")], "/"));
    }

    #[test]
    fn a_trusted_origin_passes_from_any_site_and_no_other_does() {
        let trusted = TrustedOrigins::parse("https://app.example.com").expect("an origin");
        let from = |origin: &str, more: &[(&'static str, &str)]| {
            let headers = [("origin", origin), ("host", "a.com")].into_iter().chain(more.iter().copied());
            judged_by(&trusted, &headers.collect::<Vec<_>>(), "/")
        };
        for site in ["cross-site", "same-site", "same-origin", "none", "nonsense"] {
            assert!(from("https://app.example.com", &[("sec-fetch-site", site)]), "{site}");
        }
        assert!(from("https://app.example.com", &[]));
        assert!(from("https://a.com", &[]), "the same origin still passes");
        assert!(!from("http://app.example.com", &[]));
        assert!(!from("https://other.example.com", &[("sec-fetch-site", "same-site")]));
        assert!(!from("https://app.example.com", &[("origin", "https://app.example.com")]));
        let site = ("sec-fetch-site", "cross-site");
        assert!(!from("https://app.example.com", &[site, site]), "no browser says it twice");
        assert!(!judged_by(&trusted, &[site], "/"), "a site alone names no origin");
    }

    #[test]
    fn neither_header_is_no_browser() {
        assert!(judged(&[("host", "a.com")], "/"));
        assert!(judged(&[], "/"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(origin in any::<String>(), host in any::<String>()) {
            same_place(&origin, &host);
            same_place(&format!("http://{origin}"), &host);
        }

        #[test]
        fn a_page_of_the_same_host_and_port_may(host in "[a-z0-9.-]{1,20}", port in prop::option::of(any::<u16>())) {
            let place = port.map_or(host.clone(), |port| format!("{host}:{port}"));
            for scheme in ["http", "https"] {
                let origin = format!("{scheme}://{place}");
                prop_assert!(same_place(&origin, &place));
                let elsewhere = format!("x{place}");
                prop_assert!(!same_place(&origin, &elsewhere));
            }
        }
    }
}
