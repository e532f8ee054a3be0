//! The keys that sign access tokens, where they are pairs: kept in the database, each in its time.
//!
//! `seal` encrypts their private parts, so that a copy of the database signs nothing; `schedule`
//! says, from their times alone, which key signs and which only verify; `ring` makes of that what
//! the core signs and verifies with; `source` finds it when a server starts, and `follow` keeps it
//! up to date.

mod follow;
mod ring;
mod schedule;
mod seal;
mod source;

pub use follow::follow;
pub use ring::{KeysError, Ring, Secrets, first, load};
pub(crate) use ring::{made, opened};
pub use schedule::{KeyState, KeyTimes, Schedule};
pub use seal::{Sealer, Unsealable};
pub use source::SigningKeys;
