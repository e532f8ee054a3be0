//! `events` with a filter: of whom, about what, and of which time.

use auth_core::{EmailDigest, Event, EventKind, EventQuery, Timestamp};

use crate::apart::Recording;
use crate::stage::{Record, at, event, just_after, just_before, latest, sitting, victim};

const ONE: EmailDigest = EmailDigest::from_bytes([1; 16]);
const OTHER: EmailDigest = EmailDigest::from_bytes([2; 16]);

/// Only those of this user.
pub async fn events_of_a_user_are_found<H: Recording>(harness: H) {
    let of = |number, user| Event { user, ..event(number, EventKind::LoginFailed) };
    let events = [of(1, Some(victim(1))), of(2, Some(victim(2))), of(3, None), of(4, Some(victim(1)))];
    let record = Record::of(harness, &events).await;
    let theirs = |number| EventQuery { user: Some(victim(number)), ..latest(50) };
    assert_eq!(record.numbers(theirs(1)).await, [4, 1]);
    assert_eq!(record.numbers(theirs(2)).await, [2]);
    assert_eq!(record.numbers(theirs(3)).await, [0; 0]);
}

/// Only those about this address.
pub async fn events_about_an_address_are_found<H: Recording>(harness: H) {
    let about = |number, email| Event { email, ..event(number, EventKind::LoginFailed) };
    let record = Record::of(
        harness,
        &[about(1, Some(ONE)), about(2, Some(OTHER)), about(3, None), about(4, Some(ONE))],
    )
    .await;
    let found = |email| EventQuery { email: Some(email), ..latest(50) };
    assert_eq!(record.numbers(found(ONE)).await, [4, 1]);
    assert_eq!(record.numbers(found(OTHER)).await, [2]);
    assert_eq!(record.numbers(found(EmailDigest::from_bytes([0; 16]))).await, [0; 0]);
}

/// Only those of this kind.
pub async fn events_of_a_kind_are_found<H: Recording>(harness: H) {
    let twice = EventKind::ALL.iter().chain(EventKind::ALL);
    let events: Vec<_> = (1..).zip(twice).map(|(number, kind)| event(number, *kind)).collect();
    let record = Record::of(harness, &events).await;
    for kind in EventKind::ALL {
        let found = record.events(EventQuery { kind: Some(*kind), ..latest(50) }).await;
        assert_eq!(found.len(), 2, "{kind}");
        assert!(found.iter().all(|event| event.kind == *kind));
    }
}

/// Only those at one time or later, and only those before another, to the millisecond.
pub async fn events_of_a_time_are_found<H: Recording>(harness: H) {
    let events: Vec<_> = (1..=9).map(|number| event(number, EventKind::LoginFailed)).collect();
    let record = Record::of(harness, &events).await;
    let between = |since, until| EventQuery { since, until, ..latest(50) };
    assert_eq!(record.numbers(between(Some(at(7)), None)).await, [9, 8, 7]);
    assert_eq!(record.numbers(between(Some(just_after(at(7))), None)).await, [9, 8]);
    assert_eq!(record.numbers(between(None, Some(at(3)))).await, [2, 1]);
    assert_eq!(record.numbers(between(None, Some(just_after(at(3))))).await, [3, 2, 1]);
    assert_eq!(record.numbers(between(Some(at(3)), Some(at(6)))).await, [5, 4, 3]);
    assert_eq!(record.numbers(between(Some(just_before(at(3))), Some(just_after(at(3))))).await, [3]);
    assert_eq!(record.numbers(between(Some(at(3)), Some(at(3)))).await, [0; 0]);
    assert_eq!(record.numbers(between(Some(at(6)), Some(at(3)))).await, [0; 0]);
}

/// Times without measure bound nothing, or leave nothing.
pub async fn the_ends_of_time_bound_nothing<H: Recording>(harness: H) {
    let record = Record::of(harness, &[event(1, EventKind::LoginFailed)]).await;
    let ends = [i64::MIN, -1, 0, 1, 1 << 48, i64::MAX];
    for (place, millis) in ends.into_iter().enumerate() {
        let (then, early) = (Some(Timestamp::from_millis(millis)), place < 4);
        let since = record.numbers(EventQuery { since: then, ..latest(50) }).await;
        let until = record.numbers(EventQuery { until: then, ..latest(50) }).await;
        assert_eq!((since.len(), until.len()), if early { (1, 0) } else { (0, 1) }, "{millis}");
    }
}

/// All filters count together, with the place and the limit of a page.
pub async fn filters_count_together<H: Recording>(harness: H) {
    let kinds = [EventKind::LoginFailed, EventKind::Throttled, EventKind::SessionsEnded];
    let events: Vec<_> = (0..240_u16)
        .map(|number| Event {
            user: (number % 2 == 0).then(|| victim(number / 2 % 2)),
            email: (number % 5 > 0).then_some(if number % 5 > 2 { ONE } else { OTHER }),
            session: (number % 7 > 0).then(|| sitting(number % 7)),
            ..event(number, kinds[usize::from(number % 3)])
        })
        .collect();
    let record = Record::of(harness, &events).await;
    let mut found = 0;
    for query in queries() {
        let expected: Vec<_> =
            events.iter().rev().filter(|event| is_asked_for(event, &query)).cloned().collect();
        assert_eq!(record.pages(query.clone()).await, expected, "{query:?}");
        found += expected.len();
    }
    assert!(found > 500, "most of them find something");
}

type Narrow = fn(&mut EventQuery);

/// Every filter alone and with the others.
fn queries() -> Vec<EventQuery> {
    let mut all = vec![latest(9)];
    let filters: [Narrow; 6] = [
        |query| query.user = Some(victim(0)),
        |query| query.email = Some(ONE),
        |query| query.kind = Some(EventKind::Throttled),
        |query| query.since = Some(at(40)),
        |query| query.until = Some(at(200)),
        |query| query.session = Some(sitting(3)),
    ];
    for narrow in filters {
        let mut narrower = all.clone();
        narrower.iter_mut().for_each(narrow);
        all.extend(narrower);
    }
    all
}

/// Nobody has logged in here, so that a session's events are those that name it.
fn is_asked_for(event: &Event, query: &EventQuery) -> bool {
    let EventQuery { user, session, email, kind, since, until, after: _, limit: _ } = query;
    (user.is_none() || event.user == *user)
        && (session.is_none() || event.session == *session)
        && (email.is_none() || event.email == *email)
        && kind.is_none_or(|kind| event.kind == kind)
        && since.is_none_or(|since| event.at >= since)
        && until.is_none_or(|until| event.at < until)
}
