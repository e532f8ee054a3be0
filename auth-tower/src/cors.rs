//! What a browser is told about who may read an answer: CORS, as the Fetch standard has it.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONTENT_TYPE, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use crate::body::AuthBody;
use crate::trusted_origins::TrustedOrigins;

/// The headers of a request that a page may set.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, x-bootstrap-token");

/// The headers of an answer that a page may read, besides those that it always may.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("location, retry-after, www-authenticate");

/// For how many seconds a browser may remember what a preflight was told.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Who is asking, as far as CORS goes, and so what the answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cors {
    /// No origin is trusted, so nothing is ever said.
    Off,
    /// Not a page of a trusted origin. The answer says that to others it would be another one, so
    /// that no cache gives them this.
    Stranger,
    /// A page of this origin, which is trusted.
    Trusted(HeaderValue),
}

impl Cors {
    /// Who sent a request with these headers.
    pub(crate) fn of(headers: &HeaderMap, trusted: &TrustedOrigins) -> Self {
        if trusted.is_empty() {
            return Self::Off;
        }
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(only), None) if only.to_str().is_ok_and(|origin| trusted.contains(origin)) => {
                Self::Trusted(only.clone())
            }
            _ => Self::Stranger,
        }
    }

    /// The answer to a preflight for a path that has these methods, if this request is one and a
    /// trusted origin asks.
    pub(crate) fn preflight<B>(
        &self,
        request: &Request<B>,
        methods: &'static str,
    ) -> Option<Response<AuthBody>> {
        let asks = request.method() == Method::OPTIONS
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        matches!(self, Self::Trusted(_)).then_some(()).filter(|()| asks)?;
        let mut response = Response::new(AuthBody::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        headers.insert(
            VARY,
            HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        );
        Some(response)
    }

    /// Says it on an answer, be it a success, a refusal or an accident. What the answer already
    /// varies by stays.
    pub(crate) fn mark(self, headers: &mut HeaderMap) {
        if self != Self::Off {
            headers.entry(VARY).or_insert(HeaderValue::from_static("Origin"));
        }
        if let Self::Trusted(origin) = self {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(origins: &[&str], trusted: &str) -> Cors {
        let value = |origin: &&str| HeaderValue::from_bytes(origin.as_bytes()).expect("a header value");
        let headers = origins.iter().map(|origin| (ORIGIN, value(origin))).collect();
        Cors::of(&headers, &TrustedOrigins::parse(trusted).expect("origins"))
    }

    #[test]
    fn an_origin_is_trusted_to_the_byte_and_sent_once() {
        let trusted = "https://app.example.com";
        assert_eq!(asking(&[trusted], ""), Cors::Off);
        assert_eq!(asking(&[trusted], trusted), Cors::Trusted(HeaderValue::from_static(trusted)));
        for others in [
            &[][..],
            &[""],
            &["null"],
            &["https://APP.example.com"],
            &["https://app.example.com:443"],
            &["https://app.example.com "],
            &["https://äpp.example.com"],
            &[trusted, trusted],
            &[trusted, "https://evil.example"],
        ] {
            assert_eq!(asking(others, trusted), Cors::Stranger, "{others:?}");
        }
    }
}
