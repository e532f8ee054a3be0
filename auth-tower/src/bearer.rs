//! The access token in the `Authorization` header (RFC 6750 §2.1, RFC 9110 §11.6.2).

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::status::Rejection;

/// The longest token worth looking at: 8 KiB.
const LIMIT: usize = 8 * 1024;

/// What was sent in place of a token that can be judged: no token is spelled like this.
const HOPELESS: &str = "";

/// Finds the bearer token in a request's headers.
///
/// The scheme's case does not matter. Another scheme, or `Bearer` with nothing behind it, is no
/// token at all. A token that is too long or not ASCII comes back as one that cannot be good, so
/// that it gets the answer of any other bad token.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, Rejection> {
    offered(headers)?.ok_or(Rejection::AccessTokenRequired)
}

/// The same where nobody has to send one: `None` without the header, and where it has another
/// scheme. `Bearer` with nothing behind it is refused here too: whoever sent it meant to say who
/// they are.
pub(crate) fn offered(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(Rejection::RepeatedAuthorization);
    }
    let value = value.as_bytes().trim_ascii();
    let (scheme, rest) =
        value.split_at(value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len()));
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Ok(None);
    }
    let token = rest.trim_ascii_start();
    if !rest.starts_with(b" ") || token.is_empty() {
        return Err(Rejection::AccessTokenRequired);
    }
    let good = token.len() <= LIMIT && token.is_ascii();
    Ok(Some(str::from_utf8(token).ok().filter(|_| good).unwrap_or(HOPELESS)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn sent(values: &[&[u8]]) -> HeaderMap {
        let value = |bytes: &&[u8]| HeaderValue::from_bytes(bytes).expect("a header value");
        values.iter().map(|bytes| (AUTHORIZATION, value(bytes))).collect()
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "bEaReR   a.b.c"] {
            assert_eq!(token(&sent(&[value.as_bytes()])), Ok("a.b.c"), "{value}");
        }
    }

    #[test]
    fn another_scheme_or_none_is_no_token() {
        assert_eq!(token(&HeaderMap::new()), Err(Rejection::AccessTokenRequired));
        for value in ["", "Bearer", "Bearer ", "Basic YTpi", "Bearerx a", "Bearer\ta", "Token a", "a.b.c"] {
            assert_eq!(token(&sent(&[value.as_bytes()])), Err(Rejection::AccessTokenRequired), "{value}");
        }
    }

    #[test]
    fn where_nobody_has_to_send_a_token_an_empty_one_is_still_none() {
        assert_eq!(offered(&HeaderMap::new()), Ok(None));
        for value in ["", "Basic YTpi", "Bearerx a", "Token a", "a.b.c"] {
            assert_eq!(offered(&sent(&[value.as_bytes()])), Ok(None), "{value}");
        }
        for value in ["Bearer", "Bearer ", "bearer   ", "Bearer\ta"] {
            let refused = Err(Rejection::AccessTokenRequired);
            assert_eq!(offered(&sent(&[value.as_bytes()])), refused, "{value}");
        }
        assert_eq!(offered(&sent(&[b"Bearer a.b.c"])), Ok(Some("a.b.c")));
        assert_eq!(offered(&sent(&[b"Basic a", b"Bearer a"])), Err(Rejection::RepeatedAuthorization));
    }

    #[test]
    fn two_headers_are_refused_even_if_they_are_equal() {
        assert_eq!(token(&sent(&[b"Bearer a", b"Bearer a"])), Err(Rejection::RepeatedAuthorization));
        assert_eq!(token(&sent(&[b"Basic a", b"Bearer a"])), Err(Rejection::RepeatedAuthorization));
    }

    #[test]
    fn a_token_that_cannot_be_good_is_still_a_token() {
        let longest = format!("Bearer {}", "a".repeat(LIMIT));
        assert_eq!(token(&sent(&[longest.as_bytes()])).map(str::len), Ok(LIMIT));
        let longer = format!("{longest}a");
        assert_eq!(token(&sent(&[longer.as_bytes()])), Ok(HOPELESS));
        assert_eq!(token(&sent(&[b"Bearer \xff\xfe"])), Ok(HOPELESS));
        assert_eq!(token(&sent(&["Bearer ä".as_bytes()])), Ok(HOPELESS));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3)) {
            let headers: HeaderMap = values
                .iter()
                .filter_map(|bytes| HeaderValue::from_bytes(bytes).ok())
                .map(|value| (AUTHORIZATION, value))
                .collect();
            let _ = token(&headers);
        }

        #[test]
        fn what_follows_the_scheme_comes_back_as_it_is(sent_token in "[A-Za-z0-9._~+/=-]{1,60}") {
            let headers = sent(&[format!("Bearer {sent_token}").as_bytes()]);
            prop_assert_eq!(token(&headers), Ok(sent_token.as_str()));
        }
    }
}
