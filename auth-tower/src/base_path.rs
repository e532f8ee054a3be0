//! Where the routes live: a path that has been checked once.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// The path under which the routes answer; `/api/auth` unless told otherwise.
///
/// The cookie's `Path` follows it, so the refresh token is sent nowhere else.
///
/// ```
/// use auth_tower::BasePath;
///
/// assert_eq!(BasePath::default().as_str(), "/api/auth");
/// assert_eq!(BasePath::parse("/auth")?.as_str(), "/auth");
/// assert!(BasePath::parse("/auth/").is_err());
/// # Ok::<(), auth_tower::InvalidBasePath>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BasePath(Cow<'static, str>);

/// The text cannot be a base path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidBasePath;

impl fmt::Display for InvalidBasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a base path is one or more segments such as /api/auth, without a slash at the end, \
             of letters, digits, `-`, `.`, `_` and `~`",
        )
    }
}

impl Error for InvalidBasePath {}

impl BasePath {
    /// Checks `path`: one or more segments, each a slash and then letters, digits, `-`, `.`, `_`
    /// or `~` (the unreserved characters of RFC 3986 §2.3), which no client and no proxy rewrites.
    ///
    /// # Errors
    ///
    /// [`InvalidBasePath`] for the empty path, a slash at the end, a segment that is empty, `.`
    /// or `..`, and any other character.
    pub fn parse(path: &str) -> Result<Self, InvalidBasePath> {
        let segments = path.strip_prefix('/').ok_or(InvalidBasePath)?;
        if segments.split('/').all(is_segment) {
            Ok(Self(Cow::Owned(path.to_owned())))
        } else {
            Err(InvalidBasePath)
        }
    }

    /// The path, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the base path in `path`: empty, or a slash and the rest. `None` where `path`
    /// is somewhere else.
    pub(crate) fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn is_segment(segment: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(unreserved)
}

impl Default for BasePath {
    fn default() -> Self {
        Self(Cow::Borrowed("/api/auth"))
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_segments_make_a_base_path() {
        for good in ["/a", "/api/auth", "/v1.0/my_auth-x~y", "/..."] {
            assert!(BasePath::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "auth",
            "/auth/",
            "//auth",
            "/a//b",
            "/.",
            "/a/../b",
            "/a b",
            "/a;Domain=x",
            "/ä",
            "/%61",
            "/a?b",
            "/a\n",
        ] {
            assert_eq!(BasePath::parse(bad), Err(InvalidBasePath), "{bad}");
        }
    }

    #[test]
    fn a_longer_word_is_somewhere_else() {
        let base = BasePath::default();
        assert_eq!(base.rest("/api/auth"), Some(""));
        assert_eq!(base.rest("/api/auth/"), Some("/"));
        assert_eq!(base.rest("/api/auth/login"), Some("/login"));
        for elsewhere in
            ["/api/authors", "/api/Auth/login", "/api", "/", "", "*", "/x/api/auth/login", "/api/%61uth"]
        {
            assert_eq!(base.rest(elsewhere), None, "{elsewhere}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_base_path_as_it_stands_or_none(text in any::<String>(), like in "(/|[a-z.~_-]|%2e|\\.\\.){0,12}") {
            for text in [text, like] {
                if let Ok(path) = BasePath::parse(&text) {
                    prop_assert_eq!(path.as_str(), &text);
                    prop_assert_eq!(path.rest(&text), Some(""));
                }
            }
        }
    }
}
