//! What a router that takes the base path off may have taken off besides.

use http::Extensions;

/// Whether the router took `//` for `/`, so that what is left looks like one of our paths.
///
/// axum's `nest_service` makes `/login` of both `/api/auth/login` and `/api/auth//login`. It keeps
/// the whole path in the request's extensions.
#[cfg(feature = "axum")]
pub(super) fn lost_a_slash(extensions: &Extensions, rest: &str) -> bool {
    let whole = extensions.get::<axum::extract::OriginalUri>();
    let before = whole.and_then(|whole| whole.path().strip_suffix(rest));
    before.is_some_and(|before| before.ends_with('/'))
}

/// Nobody knows.
#[cfg(not(feature = "axum"))]
pub(super) fn lost_a_slash(_: &Extensions, _: &str) -> bool {
    false
}
