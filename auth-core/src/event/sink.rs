//! Where events go.

use std::fmt;

use super::Event;
use super::kind::Loudness;

/// Takes events as they happen, beside the log, which has them all.
///
/// It is called in the middle of a request, so it must not wait: a sink that writes to a disk or
/// to a database puts the event into a queue and leaves the rest to a task of its own. An event
/// that was recorded tells what has been decided, and mostly what has been written; a request that
/// then breaks off does not take it back.
///
/// ```
/// use std::sync::Mutex;
///
/// use auth_core::{Event, EventSink};
///
/// #[derive(Debug, Default)]
/// struct Kept(Mutex<Vec<Event>>);
///
/// impl EventSink for Kept {
///     fn record(&self, event: &Event) {
///         self.0.lock().expect("nobody panics here").push(event.clone());
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a place for events to go to",
    note = "implement `auth_core::EventSink` for it"
)]
pub trait EventSink: Send + Sync + fmt::Debug + 'static {
    /// Takes one event.
    fn record(&self, event: &Event);
}

/// A shared sink is a sink, so that whoever gave it away can still look into it.
impl<T: EventSink + ?Sized> EventSink for std::sync::Arc<T> {
    fn record(&self, event: &Event) {
        (**self).record(event);
    }
}

/// The log.
#[derive(Debug)]
pub(super) struct Log;

const TARGET: &str = "auth::audit";

macro_rules! tell {
    ($level:expr, $event:expr) => {{
        let Event { id, at: _, kind, cause, by, user, email, session, count, role, client } = $event;
        tracing::event!(
            target: TARGET,
            $level,
            event = kind.as_str(),
            event_id = %id,
            cause = cause.map(|cause| cause.as_str()),
            by = by.map(tracing::field::display),
            user = user.map(tracing::field::display),
            email = email.map(tracing::field::display),
            session = session.map(tracing::field::display),
            count = *count,
            role = role.as_ref().map(tracing::field::display),
            address = client.ip_address.map(tracing::field::display),
            agent = client.user_agent.as_ref().map(|agent| agent.as_str()),
            request = client.request_id.as_ref().map(|id| id.as_str()),
        )
    }};
}

impl EventSink for Log {
    fn record(&self, event: &Event) {
        match event.kind.loudness() {
            // What was done to someone else's account is worth a look, whatever it was.
            Loudness::Info if event.by.is_some() => tell!(tracing::Level::WARN, event),
            Loudness::Info => tell!(tracing::Level::INFO, event),
            Loudness::Warning => tell!(tracing::Level::WARN, event),
            Loudness::Error => tell!(tracing::Level::ERROR, event),
        }
    }
}
