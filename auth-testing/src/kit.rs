//! Everything that one test holds in its hand.

use auth_core::{Auth, AuthBuilder, Bootstrap, Policy};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use crate::client::{BoxError, Client};
use crate::{CountingEntropy, TestClock, cheap_hashing};

/// A clock, entropy, and what is built on them: one for each test.
///
/// ```
/// use auth_core::{Bootstrap, MemoryStore, Policy, Role, Roles};
/// use auth_testing::TestKit;
///
/// let kit = TestKit::new();
/// let roles = Roles::default().with(Role::from_static("SUPPORT"), None::<auth_core::Permission>);
/// let auth = kit
///     .builder(MemoryStore::new())
///     .policy(Policy { bootstrap: Bootstrap::Open, roles, ..Policy::default() })
///     .build()?;
/// # let _ = auth;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TestKit {
    clock: TestClock,
    entropy: CountingEntropy,
}

impl TestKit {
    /// The secret that signs access tokens, for a test that signs one of its own.
    pub const ACCESS_SECRET: &str = "Kq7ZpW2rXn5TgB8vYc4JmD9sLh6FuA3e";

    /// The secret that seals refresh tokens.
    pub const REFRESH_SECRET: &str = "Rj4VbN8xQz2MkT6wHs9GfC3pYd7LuE5a";

    /// A kit of its own.
    ///
    /// # Panics
    ///
    /// In a build without debug assertions; see the crate's documentation.
    #[track_caller]
    pub fn new() -> Self {
        Self { clock: TestClock::new(), entropy: CountingEntropy::new() }
    }

    /// The clock of whatever the kit builds.
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// The entropy of whatever the kit builds.
    pub fn entropy(&self) -> &CountingEntropy {
        &self.entropy
    }

    /// An `Auth` over a store: known secrets, cheap hashes, bootstrap open, and all else by default.
    ///
    /// # Panics
    ///
    /// Where no thread can be started.
    pub fn auth<S>(&self, store: S) -> Auth<S> {
        self.builder(store).build().expect("the kit's parts fit together")
    }

    /// The same before it is built, for a test with a policy or a throttle of its own.
    pub fn builder<S>(&self, store: S) -> AuthBuilder<S> {
        Auth::builder(store)
            .access_secret(Self::ACCESS_SECRET)
            .refresh_secret(Self::REFRESH_SECRET)
            .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
            .hashing(cheap_hashing())
            .clock(self.clock.clone())
            .entropy(self.entropy.clone())
    }

    /// A [`Client`] of a service, whose cookies go by the kit's clock.
    pub fn client<V, R>(&self, service: V) -> Client
    where
        V: Service<Request<Full<Bytes>>, Response = Response<R>> + Clone + Send + 'static,
        V::Future: Send,
        V::Error: Into<BoxError>,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        Client::new(service).with_clock(self.clock.clone())
    }
}
