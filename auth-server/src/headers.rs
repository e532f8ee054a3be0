//! What every answer of the server tells a browser about itself.
//!
//! An answer is data for a program that asked for it. So it is no page, belongs in no frame, is no
//! other type than it says, and nobody keeps a copy. Another site's page reads it through CORS or
//! not at all: `Cross-Origin-Resource-Policy` is about requests without CORS (Fetch §3.7), those of
//! an `<img>` say, and takes nothing away from an origin that the routes trust.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Mode;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const ALWAYS: [(HeaderName, &str); 7] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Two years of TLS. Whether the domains below it have TLS as well is for the operator to say, in
/// the proxy.
const TWO_YEARS: &str = "max-age=63072000";

/// Adds what is missing; what a route has set, stays.
pub fn complete(headers: &mut HeaderMap, mode: Mode) {
    let in_production = mode.is_production().then_some((STRICT_TRANSPORT_SECURITY, TWO_YEARS));
    for (name, value) in ALWAYS.into_iter().chain(in_production) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_stays_and_what_is_missing_is_added() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        complete(&mut headers, Mode::Development);
        assert_eq!(headers[CACHE_CONTROL], "max-age=60");
        assert_eq!(headers.len(), ALWAYS.len());
        complete(&mut headers, Mode::Development);
        assert_eq!(headers.len(), ALWAYS.len(), "nothing is there twice");
    }

    #[test]
    fn only_production_promises_tls() {
        for (mode, promise) in
            [(Mode::Production, Some("max-age=63072000")), (Mode::Development, None), (Mode::Test, None)]
        {
            let mut headers = HeaderMap::new();
            complete(&mut headers, mode);
            assert_eq!(
                headers.get(STRICT_TRANSPORT_SECURITY).map(HeaderValue::as_bytes),
                promise.map(str::as_bytes)
            );
        }
    }
}
