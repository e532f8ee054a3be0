//! What happened, for whoever watches and whoever asks later.
//!
//! Each verb that changes something, and each refusal that an attacker would cause, makes an
//! [`Event`]. Every event goes to the log, as one line with the target `auth::audit`, and to every
//! [`EventSink`] that was given; an [`EventStore`](crate::store::EventStore) keeps them for
//! questions such as "why was this person logged out?".
//!
//! An event holds ids, words from two closed lists ([`EventKind`], [`Cause`]), and what the
//! request said of its client. It holds no secret, no address and no name; where an address is
//! all there is to know, it holds a keyed hash of it, an [`EmailDigest`].

mod digest;
mod kind;
mod query;
mod quiet;
mod record;
mod sink;

use crate::actor::Actor;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::id::{EventId, SessionId, UserId};
use crate::role::Role;

pub use digest::EmailDigest;
pub(crate) use digest::EmailKey;
pub use kind::{Cause, EventKind};
pub use query::{EventPage, EventQuery};
pub(crate) use quiet::Quiet;
pub(crate) use record::{Events, Happening};
pub use sink::EventSink;

/// Something that happened to an account or a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The id: a UUID of version 7 whose time is `at`, so that later events sort after earlier ones,
    /// and a store finds those of a time by their ids.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// Why, where there is more than one reason for it.
    pub cause: Option<Cause>,
    /// Who did it, where it was not the user themselves.
    pub by: Option<Actor>,
    /// To whom it happened; `None` where no account was found, or none was looked for.
    pub user: Option<UserId>,
    /// Which address was given, where one was given.
    pub email: Option<EmailDigest>,
    /// To which session it happened; where others were ended from it, the one that went on.
    pub session: Option<SessionId>,
    /// How many it happened to: sessions that were ended, accounts that were imported.
    pub count: Option<u64>,
    /// The role that somebody has from now on.
    pub role: Option<Role>,
    /// In which request, from which address and by which program.
    pub client: Client,
}
