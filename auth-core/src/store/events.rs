//! The verbs for keeping events.

use crate::clock::Timestamp;
use crate::event::{Event, EventQuery};

use super::StoreError;

/// Keeps what happened: rows are appended, read and, when they are old, deleted; never changed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store that events are kept in",
    note = "implement `auth_core::store::EventStore` for it; without it there is no `with_events`, and all else works"
)]
pub trait EventStore: Send + Sync + 'static {
    /// Keeps the events, all in one step. One whose id is there already is left as it is, so that a
    /// batch whose answer was lost can be given again.
    fn append(&self, events: &[Event]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Up to `query.limit` events that the query asks for, the greatest id first.
    fn events(&self, query: &EventQuery) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// Deletes up to `limit` events that happened before `before`, and says how many.
    fn sweep_events(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
