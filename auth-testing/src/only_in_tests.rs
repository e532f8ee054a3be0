//! Keeps what protects nobody out of what is released.

/// Whether this is a build for tests, as far as a build can tell.
static IS_FOR_TESTS: bool = cfg!(any(debug_assertions, feature = "insecure-in-release"));

/// Panics in a build without debug assertions, unless it was built to be insecure there.
#[track_caller]
pub(crate) fn insist(what: &str) {
    assert!(
        IS_FOR_TESTS,
        "`auth_testing::{what}` protects nobody, and this build has no debug assertions, so it may be a release: \
         make auth-testing a dev-dependency, or, for optimised tests and benches, enable its feature \
         `insecure-in-release`"
    );
}
