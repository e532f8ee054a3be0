//! `events` about a session: why was this person logged out?

use auth_core::{Cause, EmailDigest, Event, EventKind, EventQuery};

use crate::apart::Recording;
use crate::stage::{Record, at, event, event_id, latest, sitting, victim};

fn about(number: u16) -> EventQuery {
    EventQuery { limit: 200, ..EventQuery::about(sitting(number)) }
}

/// The login of this person at which this session began.
fn login(number: u16, user: u16, session: u16) -> Event {
    Event {
        user: Some(victim(user)),
        session: Some(sitting(session)),
        ..event(number, EventKind::LoginSucceeded)
    }
}

fn of(number: u16, user: u16, kind: EventKind) -> Event {
    Event { user: Some(victim(user)), ..event(number, kind) }
}

/// The events that name the session are found, of whatever kind, also those from before its login.
pub async fn the_events_of_a_session_are_found<H: Recording>(harness: H) {
    let reuse = Event { session: Some(sitting(1)), ..of(5, 1, EventKind::RefreshReused) };
    let ended =
        Event { session: Some(sitting(1)), cause: Some(Cause::Reuse), ..of(6, 1, EventKind::SessionEnded) };
    let early = Event { session: Some(sitting(1)), ..event(1, EventKind::PermissionDenied) };
    let others = [login(3, 1, 2), login(4, 2, 3)];
    let mut events = vec![early, login(2, 1, 1), reuse, ended];
    events.extend(others);
    let record = Record::of(harness, &events).await;
    assert_eq!(record.numbers(about(1)).await, [6, 5, 2, 1]);
    assert_eq!(record.numbers(about(2)).await, [3]);
    assert_eq!(record.numbers(about(9)).await, [0; 0]);
}

/// So are those by which sessions of its user were ended without each being named, from its login
/// on; nothing else that happened to them is.
pub async fn what_ended_a_session_unnamed_is_found<H: Recording>(harness: H) {
    let kinds = EventKind::ALL;
    let count = u16::try_from(kinds.len()).expect("few");
    let mut events: Vec<_> = (1..).zip(kinds).map(|(number, kind)| of(number, 1, *kind)).collect();
    events.push(login(count + 1, 1, 1));
    events.extend((count + 2..).zip(kinds).map(|(number, kind)| of(number, 1, *kind)));
    let record = Record::of(harness, &events).await;
    let mut expected: Vec<_> = (i64::from(count) + 2..)
        .zip(kinds)
        .filter(|(_, kind)| kind.ends_sessions())
        .map(|(number, _)| number)
        .collect();
    expected.reverse();
    expected.push(i64::from(count) + 1);
    assert_eq!(record.numbers(about(1)).await, expected);
}

/// What happened to another user says nothing of the session.
pub async fn what_ended_another_users_sessions_is_not_found<H: Recording>(harness: H) {
    let nobodys = event(5, EventKind::SessionsEnded);
    let events = [
        login(1, 1, 1),
        login(2, 2, 2),
        of(3, 2, EventKind::SessionsEnded),
        of(4, 2, EventKind::PasswordReset),
        nobodys,
        of(6, 1, EventKind::UserDisabled),
    ];
    let record = Record::of(harness, &events).await;
    assert_eq!(record.numbers(about(1)).await, [6, 1]);
    assert_eq!(record.numbers(about(2)).await, [4, 3, 2]);
}

/// Of one moment, what came after the login is told by the ids.
pub async fn what_comes_after_a_login_goes_by_the_ids<H: Recording>(harness: H) {
    let at_once = |number: u16, event: Event| Event { id: event_id(at(1), number), at: at(1), ..event };
    let events = [
        at_once(1, Event { count: Some(1), ..of(1, 1, EventKind::SessionsEnded) }),
        at_once(2, login(1, 1, 1)),
        at_once(3, Event { count: Some(3), ..of(1, 1, EventKind::SessionsEnded) }),
    ];
    let record = Record::of(harness, &events).await;
    let found: Vec<_> = record.events(about(1)).await.iter().map(|event| event.count).collect();
    assert_eq!(found, [Some(3), None]);
}

/// Where no login of the session is known, or one without a user, only what names it is found.
pub async fn a_session_without_a_login_has_its_own_events_alone<H: Recording>(harness: H) {
    let ended = Event { session: Some(sitting(1)), ..of(1, 1, EventKind::SessionEnded) };
    let nobodys = Event { user: None, ..login(2, 1, 2) };
    let everyones = [of(3, 1, EventKind::SessionsEnded), event(4, EventKind::SessionsEnded)];
    let mut events = vec![ended, nobodys];
    events.extend(everyones);
    let record = Record::of(harness, &events).await;
    assert_eq!(record.numbers(about(1)).await, [1]);
    assert_eq!(record.numbers(about(2)).await, [2]);
}

/// The pages and the filters of such a list are those of any.
pub async fn the_story_of_a_session_comes_in_pages_and_filtered<H: Recording>(harness: H) {
    let mut events = vec![login(0, 1, 1)];
    for number in 1..40_u16 {
        events.push(match number % 4 {
            0 => Event { session: Some(sitting(1)), ..of(number, 1, EventKind::PermissionDenied) },
            1 => Event { session: Some(sitting(1)), ..of(number, 1, EventKind::SessionsEnded) },
            2 => of(number, 1, EventKind::SessionsEnded),
            _ => of(number, 2, EventKind::SessionsEnded),
        });
    }
    let record = Record::of(harness, &events).await;
    let told: Vec<i64> = (0..40).rev().filter(|number| number % 4 != 3).collect();
    assert_eq!(record.numbers(about(1)).await, told, "each once, also where it is found twice");
    let pages = record.pages(EventQuery { limit: 7, ..about(1) }).await;
    assert_eq!(pages.len(), told.len());
    let named = EventQuery { kind: Some(EventKind::PermissionDenied), ..about(1) };
    assert!(record.numbers(named).await.iter().all(|number| number % 4 == 0));
    let middle = EventQuery { since: Some(at(10)), until: Some(at(20)), ..about(1) };
    let expected: Vec<i64> = told.iter().copied().filter(|number| (10..20).contains(number)).collect();
    assert_eq!(record.numbers(middle).await, expected);
    let others = EventQuery { user: Some(victim(2)), ..about(1) };
    assert_eq!(record.numbers(others).await, [0; 0]);
    let addressed = EventQuery { email: Some(EmailDigest::from_bytes([1; 16])), ..about(1) };
    assert_eq!(record.numbers(addressed).await, [0; 0]);
    assert_eq!(record.numbers(EventQuery { limit: 1, ..latest(1) }).await, [39]);
}
