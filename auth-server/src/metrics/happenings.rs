//! What happens in the core: what it tells as events, and what it only has counted.

use std::sync::Arc;

use auth_core::{
    Cause, EndReason, Event, EventKind, EventSink, Observation, Observer, RefreshOutcome, Timestamp,
};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::tally::Tally;

/// From the cheapest hash to a queue that is full, in seconds.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

const SUCCEEDED: &str = "succeeded";

/// Why a login fails that was looked at.
const FAILURES: [Cause; 5] =
    [Cause::UnknownAccount, Cause::WrongPassword, Cause::AccountDisabled, Cause::NoPassword, Cause::GivenUp];

/// Why a password is not looked at.
const LIMITS: [Cause; 3] = [Cause::AccountLimit, Cause::AttemptsExhausted, Cause::AddressLimit];

/// What the sweep deletes.
const SWEPT: [&str; 4] = ["sessions", "counts", "events", "revocations"];

/// Counts what happens in the core. Clones share their figures.
#[derive(Clone, Debug)]
pub struct Happenings(Arc<Figures>);

#[derive(Debug)]
struct Figures {
    events: Tally,
    logins: Tally,
    throttled: Tally,
    refreshes: Tally,
    opened: Counter,
    ended: Tally,
    swept: Tally,
    swept_at: Gauge<f64, std::sync::atomic::AtomicU64>,
    hash_waits: Histogram,
    hash_work: Histogram,
    hash_refused: Counter,
}

impl Happenings {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let figures = Figures {
            events: Tally::register(
                registry,
                "events",
                "Audit events by kind",
                "event",
                EventKind::ALL.iter().map(|kind| kind.as_str()),
            ),
            logins: Tally::register(
                registry,
                "logins",
                "Logins whose password was looked at, by outcome",
                "outcome",
                FAILURES.iter().map(|cause| cause.as_str()).chain([SUCCEEDED]),
            ),
            throttled: Tally::register(
                registry,
                "throttled",
                "Passwords and bootstrap tokens that were not looked at, because too many had been wrong, by limit",
                "cause",
                LIMITS.iter().map(|cause| cause.as_str()),
            ),
            refreshes: Tally::register(
                registry,
                "refreshes",
                "Refresh tokens that were presented, by outcome",
                "outcome",
                RefreshOutcome::ALL.iter().map(|outcome| outcome.as_str()),
            ),
            opened: Counter::default(),
            ended: Tally::register(
                registry,
                "sessions_ended",
                "Sessions that this process has ended before their time, by reason",
                "reason",
                EndReason::ALL.iter().map(|reason| reason.as_str()),
            ),
            swept: Tally::register(
                registry,
                "swept_rows",
                "Rows that this process has deleted because they were over for good, by table",
                "table",
                SWEPT,
            ),
            swept_at: Gauge::default(),
            hash_waits: Histogram::new(BUCKETS),
            hash_work: Histogram::new(BUCKETS),
            hash_refused: Counter::default(),
        };
        registry.register("sessions_opened", "Sessions that this process has opened", figures.opened.clone());
        registry.register_with_unit(
            "sweep_last_success_timestamp",
            "When this process last swept to the end, in seconds since 1970; 0 before the first time",
            Unit::Seconds,
            figures.swept_at.clone(),
        );
        registry.register_with_unit(
            "hash_wait",
            "How long a password waited for a hashing thread",
            Unit::Seconds,
            figures.hash_waits.clone(),
        );
        registry.register_with_unit(
            "hash_work",
            "How long a thread took to hash or verify a password",
            Unit::Seconds,
            figures.hash_work.clone(),
        );
        registry.register(
            "hash_rejected",
            "Passwords that were turned away with 503, because the queue was full",
            figures.hash_refused.clone(),
        );
        Self(Arc::new(figures))
    }

    /// Counts the rows of a table that a sweep has deleted.
    pub fn swept(&self, table: &'static str, rows: u64) {
        self.0.swept.add(table, rows);
    }

    /// Takes down that a sweep went to its end.
    pub fn swept_all(&self, now: Timestamp) {
        self.0.swept_at.set(seconds(now));
    }
}

/// Since 1970, as Prometheus tells times.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit for millennia")]
pub(super) fn seconds(time: Timestamp) -> f64 {
    time.millis() as f64 / 1_000.0
}

impl EventSink for Happenings {
    fn record(&self, event: &Event) {
        let figures = &self.0;
        figures.events.add(event.kind.as_str(), 1);
        match event.kind {
            EventKind::LoginSucceeded => {
                figures.logins.add(SUCCEEDED, 1);
                figures.opened.inc();
            }
            EventKind::LoginFailed => {
                if let Some(cause) = event.cause {
                    figures.logins.add(cause.as_str(), 1);
                }
            }
            _ => {}
        }
        if let Some((reason, sessions)) = ended(event) {
            figures.ended.add(reason, sessions);
        }
    }
}

/// Why sessions have ended, and how many. Those of an account that was deleted are not told.
fn ended(event: &Event) -> Option<(&'static str, u64)> {
    let many = event.count.unwrap_or(0);
    match event.kind {
        EventKind::SessionEnded | EventKind::RefreshReused => Some((event.cause?.as_str(), 1)),
        EventKind::SessionsEnded => Some((event.cause?.as_str(), many)),
        EventKind::PasswordChanged | EventKind::PasswordReset => {
            Some((EndReason::PasswordReplaced.as_str(), many))
        }
        EventKind::UserDisabled => Some((EndReason::Disabled.as_str(), many)),
        _ => None,
    }
}

impl Observer for Happenings {
    fn observe(&self, observation: Observation) {
        let figures = &self.0;
        match observation {
            Observation::Refresh(outcome) => figures.refreshes.add(outcome.as_str(), 1),
            Observation::Throttled(cause) => figures.throttled.add(cause.as_str(), 1),
            Observation::Hashed { waited, worked } => {
                figures.hash_waits.observe(waited.as_secs_f64());
                figures.hash_work.observe(worked.as_secs_f64());
            }
            Observation::HashingRefused => {
                figures.hash_refused.inc();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use auth_core::{Client, EventId, UserId};

    use super::*;

    fn event(kind: EventKind, cause: Option<Cause>, count: Option<u64>) -> Event {
        Event {
            id: EventId::from_bytes([0; 16]),
            at: Timestamp::from_millis(0),
            kind,
            cause,
            by: None,
            user: Some(UserId::from_bytes([1; 16])),
            email: None,
            session: None,
            count,
            role: None,
            client: Client::default(),
        }
    }

    #[test]
    fn sessions_end_for_the_reasons_that_their_rows_have() {
        let happenings = Happenings::register(&mut Registry::default());
        for (kind, cause, count) in [
            (EventKind::SessionEnded, Some(Cause::Logout), None),
            (EventKind::RefreshReused, Some(Cause::Reuse), None),
            (EventKind::SessionsEnded, Some(Cause::RevokedByAdmin), Some(3)),
            (EventKind::PasswordChanged, None, Some(2)),
            (EventKind::PasswordReset, None, Some(4)),
            (EventKind::UserDisabled, None, Some(5)),
            (EventKind::UserRenamed, None, None),
            (EventKind::UserDeleted, None, None),
        ] {
            happenings.record(&event(kind, cause, count));
        }
        let counted =
            EndReason::ALL.iter().map(|reason| (reason.as_str(), happenings.0.ended.of(reason.as_str())));
        let expected = [
            ("logout", 1),
            ("replaced", 0),
            ("reuse", 1),
            ("password_replaced", 6),
            ("disabled", 5),
            ("revoked", 0),
            ("revoked_by_admin", 3),
            ("session_limit", 0),
        ];
        assert_eq!(counted.collect::<Vec<_>>(), expected);
        assert_eq!(happenings.0.events.of("user_renamed"), 1);
    }

    #[test]
    fn a_login_is_counted_by_what_came_of_it() {
        let happenings = Happenings::register(&mut Registry::default());
        happenings.record(&event(EventKind::LoginSucceeded, None, None));
        happenings.record(&event(EventKind::LoginFailed, Some(Cause::WrongPassword), None));
        happenings.observe(Observation::Throttled(Cause::AccountLimit));
        let Figures { logins, throttled, opened, .. } = &*happenings.0;
        assert_eq!((logins.of("succeeded"), logins.of("wrong_password"), opened.get()), (1, 1, 1));
        assert_eq!((throttled.of("account_limit"), throttled.of("address_limit")), (1, 0));
    }
}
