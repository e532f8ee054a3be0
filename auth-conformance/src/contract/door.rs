//! The seam between an implementation of the HTTP contract and its tests.

use bytes::Bytes;
use http::{Request, Response};

use super::Settings;

/// A way into an implementation of the contract: the routes in process, or a server over a socket.
///
/// Each test opens an [`App`] of its own, on an empty store, and drops it at the end: that is the
/// place to stop a server and to delete its database.
///
/// ```
/// use auth_conformance::contract::{App, Door, Settings};
/// use bytes::Bytes;
/// use http::{Request, Response};
///
/// /// A server with which nothing can be done.
/// struct Closed;
///
/// impl Door for Closed {
///     type App = Closed;
///
///     async fn open(&self, settings: Settings) -> Closed {
///         // In process: `settings.auth(MemoryStore::new())`, and the routes around it.
///         // A server process: `Command::new(…).envs(settings.environment())`.
///         let _ = settings;
///         Closed
///     }
/// }
///
/// impl App for Closed {
///     async fn call(&self, _request: Request<Bytes>) -> Response<Bytes> {
///         Response::new(Bytes::new())
///     }
/// }
/// ```
pub trait Door {
    /// What is behind it.
    type App: App;

    /// Starts the implementation with these settings on an empty store, or panics.
    fn open(&self, settings: Settings) -> impl Future<Output = Self::App> + Send;
}

/// A running implementation.
pub trait App: Send + Sync + 'static {
    /// Answers a request, or panics where there is no answer.
    ///
    /// The request is in origin form (`/api/auth/login`), at the base path `/api/auth`, and has a
    /// `Host` header, which may name another host than the one that is called; it has no
    /// `Content-Length`. A door over a socket sends everything as it is, repeated headers
    /// included, and adds what framing needs.
    fn call(&self, request: Request<Bytes>) -> impl Future<Output = Response<Bytes>> + Send;
}

/// What a test's `door` may return: a [`Door`], or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a door",
    note = "return something that implements `auth_conformance::contract::Door`, or an `Option` of it"
)]
pub trait FreshDoor {
    /// The door.
    type Door: Door;

    /// The door, or `None` where there is none here.
    fn available(self) -> Option<Self::Door>;
}

impl<D: Door> FreshDoor for D {
    type Door = D;

    fn available(self) -> Option<D> {
        Some(self)
    }
}

impl<D: Door> FreshDoor for Option<D> {
    type Door = D;

    fn available(self) -> Self {
        self
    }
}
