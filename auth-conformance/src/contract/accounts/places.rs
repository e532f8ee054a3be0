//! Where the account routes are, and what may be asked there.

use http::Method;

/// Each place below the base path with its `Allow`, to the byte. `{id}` stands for a user and
/// `{sid}` for a session.
pub(super) const PLACES: [(&str, &str); 10] = [
    ("/me", "GET, HEAD, PATCH"),
    ("/sessions", "GET, HEAD, DELETE"),
    ("/sessions/{sid}", "DELETE"),
    ("/password", "POST"),
    ("/users", "GET, HEAD, POST"),
    ("/users/{id}", "GET, HEAD, PATCH, DELETE"),
    ("/users/{id}/sessions", "GET, HEAD, DELETE"),
    ("/users/{id}/sessions/{sid}", "DELETE"),
    ("/users/{id}/unlock", "POST"),
    ("/audit", "GET, HEAD"),
];

/// An id that nobody has.
pub(super) const NOBODY: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";

/// The place with ids in it.
pub(super) fn filled(place: &str, user: &str, session: &str) -> String {
    place.replace("{id}", user).replace("{sid}", session)
}

/// Every method of every place.
pub(super) fn all() -> impl Iterator<Item = (Method, &'static str)> {
    PLACES.into_iter().flat_map(|(place, allow)| allow.split(", ").map(move |name| (method(name), place)))
}

/// Every method that changes something, of every place.
pub(super) fn that_change() -> impl Iterator<Item = (Method, &'static str)> {
    all().filter(|(method, _)| *method != Method::GET && *method != Method::HEAD)
}

pub(super) fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).expect("a method")
}
