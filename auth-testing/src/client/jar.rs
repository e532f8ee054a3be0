//! The cookies of a browser (RFC 6265bis §5), for one host.

use auth_core::Timestamp;
use cookie::Cookie;
use http::HeaderMap;
use http::header::SET_COOKIE;

/// The host that every request goes to.
pub(super) const HOST_NAME: &str = "app.example.com";

/// How a request goes to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// The cookies, in the order in which they were first set.
#[derive(Default)]
pub(super) struct Jar(Vec<Kept>);

struct Kept {
    name: String,
    value: String,
    path: String,
    /// Only for a secure scheme.
    secure: bool,
    /// `None` for as long as the browser is open.
    until: Option<Timestamp>,
}

impl Jar {
    /// Takes what an answer to a request for `path` sets.
    pub(super) fn take(&mut self, headers: &HeaderMap, path: &str, scheme: Scheme, now: Timestamp) {
        for header in headers.get_all(SET_COOKIE) {
            let set = header.to_str().ok().and_then(|text| Cookie::parse(text.to_owned()).ok());
            if let Some(kept) = set.and_then(|cookie| Kept::of(&cookie, path, scheme, now)) {
                self.keep(kept, scheme, now);
            }
        }
    }

    fn keep(&mut self, new: Kept, scheme: Scheme, now: Timestamp) {
        let shadows = |old: &Kept| {
            old.name == new.name && covers(&old.path, &new.path) && old.is_good(now) && old.secure
        };
        if scheme == Scheme::Http && self.0.iter().any(shadows) {
            return;
        }
        match self.0.iter_mut().find(|old| old.name == new.name && old.path == new.path) {
            Some(old) => *old = new,
            None => self.0.push(new),
        }
        self.0.retain(|kept| kept.is_good(now));
    }

    /// The `Cookie` header of a request for `path`: longer paths first, then those set first.
    pub(super) fn sent(&self, path: &str, scheme: Scheme, now: Timestamp) -> Option<String> {
        let sent: Vec<_> = self
            .matching(path, scheme, now)
            .iter()
            .map(|kept| format!("{}={}", kept.name, kept.value))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }

    /// The cookie of this name that a request for `path` would carry first.
    pub(super) fn find(&self, name: &str, path: &str, scheme: Scheme, now: Timestamp) -> Option<&str> {
        self.matching(path, scheme, now)
            .into_iter()
            .find(|kept| kept.name == name)
            .map(|kept| kept.value.as_str())
    }

    fn matching(&self, path: &str, scheme: Scheme, now: Timestamp) -> Vec<&Kept> {
        let path = without_query(path);
        let goes = |kept: &&Kept| {
            covers(&kept.path, path) && kept.is_good(now) && (scheme == Scheme::Https || !kept.secure)
        };
        let mut matching: Vec<_> = self.0.iter().filter(goes).collect();
        matching.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        matching
    }
}

impl Kept {
    /// What is kept of a cookie; `None` where a browser would not take it.
    fn of(cookie: &Cookie<'_>, asked: &str, scheme: Scheme, now: Timestamp) -> Option<Self> {
        let secure = cookie.secure() == Some(true);
        let path = cookie.path().filter(|path| path.starts_with('/'));
        let is_ours = cookie
            .domain()
            .is_none_or(|domain| domain == HOST_NAME || HOST_NAME.ends_with(&format!(".{domain}")));
        let name = cookie.name();
        let has_promised = (!name.starts_with("__Secure-") || secure)
            && (!name.starts_with("__Host-") || (secure && path == Some("/") && cookie.domain().is_none()));
        if !is_ours || !has_promised || (secure && scheme == Scheme::Http) {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            value: cookie.value().to_owned(),
            path: path.unwrap_or_else(|| default_path(asked)).to_owned(),
            secure,
            until: until(cookie, now),
        })
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// When a cookie stops being good: by `Max-Age`, or, without one, by `Expires`.
fn until(cookie: &Cookie<'_>, now: Timestamp) -> Option<Timestamp> {
    if let Some(max_age) = cookie.max_age() {
        return Some(now + max_age.unsigned_abs());
    }
    let seconds = cookie.expires_datetime()?.unix_timestamp();
    Some(Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

/// Whether a cookie of this path goes with a request for `asked` (§5.1.4).
fn covers(path: &str, asked: &str) -> bool {
    let rest = asked.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || path.ends_with('/') || rest.starts_with('/'))
}

/// The path of a cookie that names none (§5.1.4): that of the request, up to its last slash.
fn default_path(asked: &str) -> &str {
    match without_query(asked).rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((above, _)) => above,
    }
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderValue;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn jar(scheme: Scheme, answers: &[(&str, &'static str)]) -> Jar {
        let mut jar = Jar::default();
        for (path, cookie) in answers {
            let headers = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static(cookie))]);
            jar.take(&headers, path, scheme, NOW);
        }
        jar
    }

    fn sent(jar: &Jar, path: &str) -> String {
        jar.sent(path, Scheme::Https, NOW).unwrap_or_default()
    }

    #[test]
    fn a_cookie_goes_where_its_path_says() {
        let jar = jar(Scheme::Https, &[("/x", "a=1; Path=/api/auth"), ("/x", "b=2; Path=/")]);
        for path in ["/api/auth", "/api/auth/", "/api/auth/refresh", "/api/auth/refresh?x=/"] {
            assert_eq!(sent(&jar, path), "a=1; b=2", "{path}");
        }
        for path in ["/", "/api", "/api/authors", "/API/auth", "/x?y=/api/auth"] {
            assert_eq!(sent(&jar, path), "b=2", "{path}");
        }
    }

    #[test]
    fn without_a_path_it_is_that_of_the_request() {
        let jar = jar(Scheme::Https, &[("/a/b?c=/d/", "x=1"), ("/a", "y=2; Path=b")]);
        assert_eq!(sent(&jar, "/a/z"), "x=1; y=2");
        assert_eq!(sent(&jar, "/b"), "y=2");
    }

    #[test]
    fn a_cookie_is_good_until_its_time_is_over() {
        let jar = jar(
            Scheme::Https,
            &[
                ("/", "a=1; Max-Age=10"),
                ("/", "b=2; Expires=Fri, 15 Jan 2027 08:00:05 GMT"),
                ("/", "c=3; Max-Age=7; Expires=Fri, 15 Jan 2027 09:00:00 GMT"),
                ("/", "d=4"),
            ],
        );
        for (seconds, expected) in
            [(4, "a=1; b=2; c=3; d=4"), (5, "a=1; c=3; d=4"), (7, "a=1; d=4"), (10, "d=4")]
        {
            let later = NOW + Duration::from_secs(seconds);
            assert_eq!(jar.sent("/", Scheme::Https, later).as_deref(), Some(expected), "{seconds}");
        }
    }

    #[test]
    fn a_cookie_replaces_that_of_its_name_and_path_and_clears_it_with_no_age() {
        let set = [("/", "a=1; Path=/"), ("/", "b=2"), ("/", "a=3; Path=/"), ("/", "a=4; Path=/x")];
        assert_eq!(sent(&jar(Scheme::Https, &set), "/x"), "a=4; a=3; b=2");
        let cleared = [("/", "a=1; Path=/"), ("/", "a=; Path=/; Max-Age=0"), ("/", "b=; Max-Age=-1")];
        assert_eq!(sent(&jar(Scheme::Https, &cleared), "/"), "");
    }

    #[test]
    fn secure_cookies_stay_off_plain_http() {
        assert_eq!(sent(&jar(Scheme::Http, &[("/", "a=1; Secure")]), "/"), "");
        let mut kept = jar(Scheme::Https, &[("/", "a=1; Secure"), ("/", "b=2")]);
        assert_eq!(kept.sent("/", Scheme::Http, NOW).as_deref(), Some("b=2"));
        // Nor does plain HTTP take the place of one.
        let headers = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static("a=9"))]);
        kept.take(&headers, "/", Scheme::Http, NOW);
        assert_eq!(sent(&kept, "/"), "a=1; b=2");
    }

    #[test]
    fn what_a_browser_would_not_take_is_not_kept() {
        for refused in [
            "a=1; Domain=other.example",
            "a=1; Domain=pp.example.com",
            "__Host-a=1; Secure; Path=/x",
            "__Host-a=1; Path=/",
            "__Secure-a=1",
        ] {
            assert_eq!(sent(&jar(Scheme::Https, &[("/", refused)]), "/x"), "", "{refused}");
        }
        for taken in
            ["a=1; Domain=example.com", "a=1; Domain=.app.example.com", "a=1; Domain=app.example.com"]
        {
            assert_eq!(sent(&jar(Scheme::Https, &[("/", taken)]), "/"), "a=1", "{taken}");
        }
        assert_eq!(sent(&jar(Scheme::Https, &[("/", "__Host-a=1; Secure; Path=/")]), "/"), "__Host-a=1");
    }
}
