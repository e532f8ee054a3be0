//! From what a verb has to tell to an event that is told.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::actor::Actor;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::{EventId, SessionId, UserId};
use crate::role::Role;

use super::sink::Log;
use super::{Cause, EmailKey, Event, EventKind, EventSink};

/// What a verb has to tell; when, where and by which request is added later.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    kind: EventKind,
    cause: Option<Cause>,
    by: Option<Actor>,
    user: Option<UserId>,
    email: Option<Email>,
    session: Option<SessionId>,
    count: Option<u64>,
    role: Option<Role>,
}

impl Happening {
    pub(crate) fn new(kind: EventKind) -> Self {
        Self { kind, cause: None, by: None, user: None, email: None, session: None, count: None, role: None }
    }

    pub(crate) fn cause(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn by(mut self, actor: Actor) -> Self {
        self.by = Some(actor);
        self
    }

    pub(crate) fn user(mut self, user: impl Into<Option<UserId>>) -> Self {
        self.user = user.into();
        self
    }

    pub(crate) fn email(mut self, email: &Email) -> Self {
        self.email = Some(email.clone());
        self
    }

    pub(crate) fn session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    pub(crate) fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    pub(crate) fn role(mut self, role: &Role) -> Self {
        self.role = Some(role.clone());
        self
    }
}

/// Gives what happened its id, and tells it to everyone who listens.
pub(crate) struct Events {
    sinks: Vec<Box<dyn EventSink>>,
    emails: EmailKey,
    /// Four random bytes that tell the ids of this process from those of others.
    process: [u8; 4],
    told: AtomicU64,
}

impl Events {
    pub(crate) fn new(sinks: Vec<Box<dyn EventSink>>, emails: EmailKey, process: [u8; 4]) -> Self {
        Self { sinks, emails, process, told: AtomicU64::new(0) }
    }

    pub(crate) fn emails(&self) -> &EmailKey {
        &self.emails
    }

    pub(crate) fn tell(&self, happening: Happening, client: &Client, now: Timestamp) {
        let Happening { kind, cause, by, user, email, session, count, role } = happening;
        let event = Event {
            id: self.next_id(now),
            at: now,
            kind,
            cause,
            by,
            user,
            email: email.map(|email| self.emails.digest(&email)),
            session,
            count,
            role,
            client: client.clone(),
        };
        Log.record(&event);
        for sink in &self.sinks {
            sink.record(&event);
        }
    }

    /// A count and not a random number: an event must not be lost for want of randomness, and
    /// those of one millisecond keep their order.
    fn next_id(&self, now: Timestamp) -> EventId {
        let told = self.told.fetch_add(1, Ordering::Relaxed);
        let byte = |shift: u32| (told >> shift).to_be_bytes()[7];
        let [p1, p2, p3, p4] = self.process;
        // UUIDv7 keeps the upper half of the first byte, and two bits of the third, for itself.
        let tail = [byte(38) & 0x0f, byte(30), byte(24) & 0x3f, byte(16), byte(8), byte(0), p1, p2, p3, p4];
        EventId::new(&tail, now)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("sinks", &self.sinks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::entropy::OsEntropy;
    use crate::token::SigningSecret;

    #[test]
    fn no_two_events_of_one_moment_have_one_id_and_they_keep_their_order() {
        let secret = SigningSecret::random(&OsEntropy).expect("randomness");
        let events = Events::new(Vec::new(), EmailKey::new(&secret), [1, 2, 3, 4]);
        let now = Timestamp::from_millis(1_800_000_000_000);
        let ids: Vec<_> = (0..20_000).map(|_| events.next_id(now)).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(ids.is_sorted());
        assert!(events.next_id(Timestamp::from_millis(1_800_000_000_001)) > ids[19_999]);
    }
}
