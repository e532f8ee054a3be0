//! Whether a body is announced as what can be read: JSON, in UTF-8, not compressed.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::status::Rejection;

/// Refuses a body that is announced as anything else.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Rejection> {
    if !headers.get_all(CONTENT_ENCODING).iter().all(|value| is_identity(value.as_bytes())) {
        return Err(Rejection::Encoded);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return Err(Rejection::NotJsonType) };
    if is_json(only.as_bytes()) { Ok(()) } else { Err(Rejection::NotJsonType) }
}

fn is_identity(value: &[u8]) -> bool {
    value.split(|&byte| byte == b',').all(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// Reads a media type (RFC 9110 §8.3.1): `application/json` in any case, with any parameters but
/// another charset.
fn is_json(value: &[u8]) -> bool {
    let mut parts = split_outside_quotes(value);
    let media_type = parts.next().unwrap_or_default().trim_ascii();
    media_type.eq_ignore_ascii_case(b"application/json") && parts.all(is_harmless)
}

fn is_harmless(parameter: &[u8]) -> bool {
    let parameter = parameter.trim_ascii();
    let Some(at) = parameter.iter().position(|&byte| byte == b'=') else { return parameter.is_empty() };
    let (name, value) = (parameter[..at].trim_ascii(), parameter[at + 1..].trim_ascii());
    let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    !name.eq_ignore_ascii_case(b"charset") || value.eq_ignore_ascii_case(b"utf-8")
}

/// Splits at each `;` that does not stand inside a quoted string.
fn split_outside_quotes(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        byte == b';' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn judged(types: &[&'static str], encodings: &[&'static str]) -> Result<(), Rejection> {
        let types = types.iter().map(|value| (CONTENT_TYPE, HeaderValue::from_static(value)));
        let encodings = encodings.iter().map(|value| (CONTENT_ENCODING, HeaderValue::from_static(value)));
        check(&types.chain(encodings).collect())
    }

    #[test]
    fn json_in_utf_8_is_read() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json; Charset=\"UTF-8\"",
            "application/json ; x=\"a;charset=latin1\" ; charset=utf-8",
            "application/json; x=\"\\\";charset=latin1\"",
            "application/json; version=1;",
        ] {
            assert_eq!(judged(&[good], &[]), Ok(()), "{good}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        for bad in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json+x",
            "application/problem+json",
            "application/jsonx",
            "text/json",
            "application/json, text/plain",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/json; charset=",
            "application/json; charset=utf-8; charset=latin1",
            "application/json; nonsense",
        ] {
            assert_eq!(judged(&[bad], &[]), Err(Rejection::NotJsonType), "{bad}");
        }
        assert_eq!(judged(&[], &[]), Err(Rejection::NotJsonType));
        assert_eq!(judged(&["application/json", "application/json"], &[]), Err(Rejection::NotJsonType));
    }

    #[test]
    fn a_compressed_body_is_not_read() {
        for good in [&["identity"][..], &["Identity"], &["identity, identity"], &["identity", "identity"]] {
            assert_eq!(judged(&["application/json"], good), Ok(()), "{good:?}");
        }
        for bad in [&["gzip"][..], &["identity, br"], &["identity", "gzip"], &[""]] {
            assert_eq!(judged(&["application/json"], bad), Err(Rejection::Encoded), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            is_json(&bytes);
            is_identity(&bytes);
        }
    }
}
