//! `sweep_events`: what is old goes.

use auth_core::{Event, EventKind, EventQuery};

use crate::apart::Recording;
use crate::race::all_at_once;
use crate::stage::{Record, at, event, just_after, latest, sitting, victim};

fn nine() -> Vec<Event> {
    (1..=9).map(|number| event(number, EventKind::LoginFailed)).collect()
}

/// A sweep deletes what happened before its time, to the millisecond, and says how much.
pub async fn a_sweep_deletes_what_happened_before<H: Recording>(harness: H) {
    let record = Record::of(harness, &nine()).await;
    assert_eq!(record.sweep(at(1), 1_000).await, 0);
    assert_eq!(record.sweep(at(3), 1_000).await, 2);
    assert_eq!(record.numbers(latest(50)).await, [9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(record.sweep(just_after(at(3)), 1_000).await, 1);
    assert_eq!(record.numbers(latest(50)).await, [9, 8, 7, 6, 5, 4]);
    assert_eq!(record.sweep(just_after(at(3)), 1_000).await, 0, "what is deleted is not counted again");
}

/// A sweep deletes no more than its limit, and can be called again for the rest.
pub async fn a_sweep_of_events_keeps_to_its_limit<H: Recording>(harness: H) {
    let record = Record::of(harness, &nine()).await;
    for (limit, swept) in [(0, 0), (4, 4), (4, 4), (u32::MAX, 1), (u32::MAX, 0)] {
        assert_eq!(record.sweep(at(100), limit).await, swept);
    }
    assert_eq!(record.events(latest(50)).await, []);
}

/// Sweeps at once, beside an append, delete each event once.
pub async fn sweeps_of_events_at_once_delete_each_once<H: Recording>(harness: H) {
    let record = Record::new(harness);
    record.warm_up().await;
    let old: Vec<_> = (0..200).map(|number| event(number, EventKind::LoginFailed)).collect();
    record.append(old).await;
    let append = record.append((1_000..1_020).map(|number| event(number, EventKind::Bootstrap)).collect());
    let sweeps: Vec<_> = (0..6).map(|_| record.sweep(at(500), 60)).collect();
    let appending = tokio::spawn(append);
    let swept: u64 = all_at_once(sweeps).await.into_iter().sum();
    appending.await.expect("the append does not panic");
    assert_eq!(swept + record.sweep(at(500), 1_000).await, 200);
    assert_eq!(record.events(latest(200)).await.len(), 20);
}

/// When a login has been swept, what ended its session later is no longer found by it.
pub async fn a_swept_login_leaves_what_names_its_session<H: Recording>(harness: H) {
    let of = |number, kind| Event { user: Some(victim(1)), ..event(number, kind) };
    let login = Event { session: Some(sitting(1)), ..of(1, EventKind::LoginSucceeded) };
    let named = Event { session: Some(sitting(1)), ..of(3, EventKind::SessionEnded) };
    let record = Record::of(harness, &[login, of(2, EventKind::SessionsEnded), named]).await;
    let about = EventQuery::about(sitting(1));
    assert_eq!(record.numbers(about.clone()).await, [3, 2, 1]);
    assert_eq!(record.sweep(at(2), 10).await, 1);
    assert_eq!(record.numbers(about).await, [3]);
}
