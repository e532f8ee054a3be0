//! For how long keys are fresh, and when to ask again. No clock is read here.

use std::time::Duration;

use http::HeaderMap;
use http::header::CACHE_CONTROL;

/// How long keys are kept where the issuer does not say.
const USUAL: Duration = Duration::from_mins(5);
/// Bounds of what an issuer may say.
const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(24);
/// After how long to ask again when it did not work.
const AGAIN: Duration = Duration::from_secs(30);

/// The `max-age` of an answer (RFC 9111 §5.2.2.1).
pub(crate) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    directives
        .flat_map(|value| value.split(','))
        .filter_map(|directive| directive.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("max-age"))
        .and_then(|(_, seconds)| seconds.parse().ok())
        .map(Duration::from_secs)
}

/// When to ask again after an answer: a quarter of the time before the keys are stale.
pub(crate) fn next_after_success(max_age: Option<Duration>) -> Duration {
    let kept = max_age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST);
    kept * 3 / 4
}

/// When to ask again after a failure.
pub(crate) const fn next_after_failure() -> Duration {
    AGAIN
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_the_issuer_says_is_read() {
        for (value, seconds) in [
            ("max-age=300", Some(300)),
            ("public, Max-Age=60, must-revalidate", Some(60)),
            ("no-store", None),
            ("s-maxage=9", None),
            ("max-age", None),
            ("max-age=-1", None),
            ("max-age=\"60\"", None),
            ("max-age=99999999999999999999999", None),
        ] {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(value))]);
            assert_eq!(max_age(&headers), seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(max_age(&HeaderMap::new()), None);
    }

    #[test]
    fn keys_are_asked_for_before_they_are_stale_and_within_bounds() {
        for (max_age, next) in [(None, 225), (Some(0), 45), (Some(400), 300), (Some(u64::MAX), 64_800)] {
            let next_after = next_after_success(max_age.map(Duration::from_secs));
            assert_eq!(next_after, Duration::from_secs(next), "{max_age:?}");
        }
    }
}
