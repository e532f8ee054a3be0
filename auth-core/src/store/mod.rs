//! How to write a store.
//!
//! A store keeps users and sessions. It implements two small traits, [`UserStore`] and
//! [`SessionStore`]; [`Store`] is the name for both, and all that logging in and staying so needs.
//! Two more, [`AccountStore`] and [`SessionListStore`], are for those who manage accounts and look
//! at sessions; [`ManagedStore`] is the name for all four. Three rules make a store correct.
//!
//! Three stand apart: [`ThrottleStore`] counts wrong passwords, and is given to
//! [`AuthBuilder::throttle`](crate::AuthBuilder::throttle); [`EventStore`] keeps what happened;
//! [`RevocationStore`] tells other processes what was revoked.
//!
//! 1. **Each verb is atomic.** Every verb that writes says under which condition it may write;
//!    the condition and the write are one statement, or one transaction. Two callers at once see
//!    the verbs happen one after the other.
//! 2. **A verb reports, it does not judge.** Stores get hashes and the time; they never see a
//!    secret, read a clock or draw randomness. What the facts mean is decided in this crate.
//! 3. **Nothing is half done.** A verb that returns an error has changed nothing, or has changed
//!    all it promised; it never ends a session that it was asked to rotate.
//!
//! [`MemoryStore`] is the reference. The crate `auth-conformance` tests each promise made here,
//! raced where a race is the point; run its list against your store before you trust it.

mod accounts;
mod error;
mod events;
mod memory;
mod revocations;
mod session_list;
mod sessions;
mod throttle;
mod users;

pub use accounts::{AccountStore, Change, Changed, Creation, Deletion, Replaced, Replacement};
pub use error::{StoreError, StoreErrorKind};
pub use events::EventStore;
pub use memory::MemoryStore;
pub use revocations::{Feed, FeedPlace, RevocationStore, Revoked};
pub use session_list::SessionListStore;
pub use sessions::{Ended, Opened, Opening, Rotation, SessionKey, SessionStore};
pub use throttle::{Count, Existence, Reservation, Reserved, Settlement, ThrottleKey, ThrottleStore};
pub use users::{FirstAdmin, UserStore};

/// All that [`Auth`](crate::Auth) needs of a store; implemented by whatever implements its parts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store for `Auth`",
    note = "implement `auth_core::store::UserStore` and `auth_core::store::SessionStore` for it"
)]
pub trait Store: UserStore + SessionStore {}

impl<T: UserStore + SessionStore> Store for T {}

/// All that managing accounts and sessions needs of a store: [`Store`], [`AccountStore`] and
/// [`SessionListStore`]; implemented by whatever implements its parts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that accounts can be managed in",
    note = "implement `AccountStore` and `SessionListStore` of `auth_core::store` for it, beside `UserStore` and `SessionStore`"
)]
pub trait ManagedStore: Store + AccountStore + SessionListStore {}

impl<T: Store + AccountStore + SessionListStore> ManagedStore for T {}
