//! The seam between a store and its tests.

use auth_core::store::{ManagedStore, Store};
use auth_core::{EndReason, MemoryStore, PasswordHash, SessionId, User};

use crate::apart::Apart;

/// A fresh, empty store, with a back door for its tests and with whatever keeps it alive.
///
/// The harness is dropped when the promise has been checked: that is the place to delete a
/// temporary directory or database.
///
/// ```
/// use auth_conformance::Harness;
/// use auth_core::{EndReason, MemoryStore, PasswordHash, SessionId, User};
///
/// struct InMemory {
///     store: MemoryStore,
///     // A `TempDir`, say, would stand here, below the store that lives in it.
/// }
///
/// impl Harness for InMemory {
///     type Store = MemoryStore;
///
///     fn store(&self) -> &MemoryStore {
///         &self.store
///     }
///
///     async fn put_user(&self, user: &User, password: Option<&PasswordHash>) {
///         self.store.put_user(user.clone(), password.cloned());
///     }
///
///     async fn end_reason(&self, id: SessionId) -> Option<EndReason> {
///         self.store.end_reason(id)
///     }
/// }
/// ```
pub trait Harness: Send + Sync + 'static {
    /// The store under test.
    type Store: Store;

    /// The store under test; the same one at each call.
    fn store(&self) -> &Self::Store;

    /// Puts a user in as they are, in place of one with the same id, or panics: in SQL, one
    /// plain `INSERT` or `UPDATE` of every column. It asks for no condition and tells no session,
    /// where the verbs of a store do; and a store of the two base traits can create the first user
    /// only, while a verb that forgets its `WHERE` shows with a second.
    fn put_user(&self, user: &User, password: Option<&PasswordHash>) -> impl Future<Output = ()> + Send;

    /// Why the session was ended, as the store keeps it; `None` where it was not.
    fn end_reason(&self, id: SessionId) -> impl Future<Output = Option<EndReason>> + Send;
}

/// A harness whose store can manage accounts; implemented by every such [`Harness`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the harness of a store that accounts can be managed in",
    note = "the harness's `Store` must implement all four traits of `auth_core::store::ManagedStore`"
)]
pub trait Managed: Harness<Store: ManagedStore> {}

impl<H: Harness<Store: ManagedStore>> Managed for H {}

impl Harness for MemoryStore {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn put_user(&self, user: &User, password: Option<&PasswordHash>) {
        Self::put_user(self, user.clone(), password.cloned());
    }

    async fn end_reason(&self, id: SessionId) -> Option<EndReason> {
        Self::end_reason(self, id)
    }
}

/// What a test's `fresh` may return: a [`Harness`], or an [`Apart`], or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fresh store",
    note = "return something that implements `auth_conformance::Harness`, or an `Apart`, or an `Option` of it"
)]
pub trait FreshStore {
    /// The harness, or what takes its place.
    type Harness;

    /// The harness, or `None` where no store is to be had here.
    fn available(self) -> Option<Self::Harness>;
}

impl<H: Harness> FreshStore for H {
    type Harness = H;

    fn available(self) -> Option<H> {
        Some(self)
    }
}

impl<H: Harness> FreshStore for Option<H> {
    type Harness = H;

    fn available(self) -> Self {
        self
    }
}

impl<S> FreshStore for Apart<S> {
    type Harness = Self;

    fn available(self) -> Option<Self> {
        Some(self)
    }
}

impl<S> FreshStore for Option<Apart<S>> {
    type Harness = Apart<S>;

    fn available(self) -> Self {
        self
    }
}
