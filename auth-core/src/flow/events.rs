//! What happened, page by page.

use crate::error::{Error, Flaw};
use crate::event::{EventPage, EventQuery};
use crate::parts::Call;
use crate::store::EventStore;

pub(crate) async fn events<S: EventStore>(auth: Call<'_, S>, query: &EventQuery) -> Result<EventPage, Error> {
    if !(1..=EventQuery::MAX_LIMIT).contains(&query.limit) {
        return Err(Flaw::Limit.into());
    }
    // One more than asked for tells whether there is a page after this one.
    let more = EventQuery { limit: query.limit + 1, ..query.clone() };
    let mut events = auth.store.events(&more).await?;
    let fits = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let next = if events.len() > fits { events.get(fits - 1).map(|last| last.id) } else { None };
    events.truncate(fits);
    Ok(EventPage { events, next })
}
