//! `append` and `events`: what was kept is found again, the latest first, page by page.

use auth_core::{
    Actor, Cause, Client, EmailDigest, Event, EventId, EventKind, EventQuery, RequestId, Role, SessionId,
    Timestamp, UserAgent, UserId,
};

use crate::apart::Recording;
use crate::race::{ROUNDS, all_at_once, both_at_once};
use crate::stage::{NOW, Record, at, event, event_id, latest, sitting, victim};

/// An event with something in every place.
fn full(number: u16) -> Event {
    Event {
        cause: Some(Cause::RevokedByAdmin),
        by: Some(Actor::Admin(victim(9))),
        user: Some(victim(number)),
        email: Some(EmailDigest::from_bytes([0xa5; 16])),
        session: Some(sitting(number)),
        count: Some(3),
        role: Some(Role::ADMIN),
        client: Client {
            user_agent: UserAgent::new("curl/8.5"),
            ip_address: "192.0.2.7".parse().ok(),
            request_id: RequestId::new("0197-af"),
        },
        ..event(number, EventKind::SessionEnded)
    }
}

async fn assert_kept<H: Recording>(harness: H, mut events: Vec<Event>) {
    let record = Record::of(harness, &events).await;
    events.reverse();
    assert_eq!(record.events(latest(200)).await, events);
}

/// An event is kept as it is, with all that it tells and with as little as it may.
pub async fn an_event_is_kept_as_it_is<H: Recording>(harness: H) {
    let operators = Event { by: Some(Actor::Operator), cause: None, ..full(3) };
    assert_kept(harness, vec![full(1), event(2, EventKind::LoginFailed), operators]).await;
}

/// Every kind and every cause is kept.
pub async fn every_kind_and_every_cause_is_kept<H: Recording>(harness: H) {
    let kinds = (1..).zip(EventKind::ALL).map(|(number, kind)| event(number, *kind));
    let causes = (100..).zip(Cause::ALL).map(|(number, cause)| Event { cause: Some(*cause), ..full(number) });
    assert_kept(harness, kinds.chain(causes).collect()).await;
}

/// Ids and digests of any bytes are kept, and the greatest id comes first whatever its bytes are.
pub async fn ids_of_any_bytes_are_kept<H: Recording>(harness: H) {
    let mut patterns = vec![[0; 16], [0x27; 16], [0x7f; 16], [0x80; 16], [0xff; 16]];
    patterns.extend((0..16).map(|place| {
        let mut bytes = [0; 16];
        bytes[place] = 1;
        bytes
    }));
    patterns.sort_unstable();
    let strange = patterns.into_iter().map(|bytes| Event {
        id: EventId::from_bytes(bytes),
        user: Some(UserId::from_bytes(bytes)),
        session: Some(SessionId::from_bytes(bytes)),
        email: Some(EmailDigest::from_bytes(bytes)),
        by: Some(Actor::Admin(UserId::from_bytes(bytes))),
        ..full(1)
    });
    assert_kept(harness, strange.collect()).await;
}

/// The longest, the strangest and the greatest there is are kept.
pub async fn strange_events_are_kept<H: Recording>(harness: H) {
    let agents = [
        "🦊".repeat(UserAgent::MAX_CHARS),
        "Zoe\u{308} שָׁלוֹם ‏مرحبا‎ \u{fffd}\u{fffe}\u{10ffff}".to_owned(),
        "Robert'); DROP TABLE auth_events;-- \\ \" % _ ? $1 :name {} \\0".to_owned(),
    ];
    let addresses =
        ["0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8:ffff:1:2:3:4:5", "::ffff:192.0.2.7"];
    let ids = ["!", "~".repeat(RequestId::MAX_CHARS).as_str()].map(str::to_owned);
    let counts = [0, 1, u64::from(u32::MAX) + 1, i64::MAX.unsigned_abs()];
    let roles = ["A", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_01234"];
    let times = [1, 999, 1_800_000_000_001, 9_999_999_999_999, 10_000_000_000_000, 253_402_300_800_000];

    let mut clients: Vec<_> = agents
        .iter()
        .map(|agent| Client { user_agent: UserAgent::new(agent), ..Client::default() })
        .collect();
    clients
        .extend(addresses.iter().map(|text| Client { ip_address: text.parse().ok(), ..Client::default() }));
    clients.extend(ids.iter().map(|id| Client { request_id: RequestId::new(id), ..Client::default() }));
    let mut events: Vec<_> = (1..)
        .zip(clients)
        .map(|(number, client)| Event { client, ..event(number, EventKind::Throttled) })
        .collect();
    let next = |number: usize| u16::try_from(number).expect("few");
    for count in counts {
        events.push(Event { count: Some(count), ..full(next(events.len() + 1)) });
    }
    for role in roles {
        events.push(Event { role: Role::parse(role).ok(), ..full(next(events.len() + 1)) });
    }
    events.extend(times.map(|millis| {
        let then = Timestamp::from_millis(millis);
        Event { id: event_id(then, 1), at: then, ..full(1) }
    }));
    events.sort_by_key(|event| event.id);
    assert_kept(harness, events).await;
}

/// The greatest id comes first, in whatever order the events came; also of those of one moment.
pub async fn the_latest_event_comes_first<H: Recording>(harness: H) {
    let record = Record::new(harness);
    for numbers in [[7, 3], [9, 1], [2, 8]] {
        record.append(numbers.map(|number| event(number, EventKind::LoginFailed)).to_vec()).await;
    }
    assert_eq!(record.numbers(latest(50)).await, [9, 8, 7, 3, 2, 1]);
    let of_one_moment =
        [4, 6, 5].map(|number| Event { id: event_id(at(20), number), at: at(20), ..full(number) });
    record.append(of_one_moment.to_vec()).await;
    let users: Vec<_> = record.events(latest(3)).await.iter().map(|event| event.user).collect();
    assert_eq!(users, [6, 5, 4].map(|number| Some(victim(number))));
}

/// Where nothing was kept, nothing is found; and nothing can be kept.
pub async fn an_empty_record_tells_nothing<H: Recording>(harness: H) {
    let record = Record::new(harness);
    assert_eq!(record.events(latest(50)).await, []);
    record.append(Vec::new()).await;
    assert_eq!(record.events(latest(50)).await, []);
    assert_eq!(record.sweep(Timestamp::MAX, 50).await, 0);
}

/// A page keeps to its limit, and begins behind the event that it is told of, itself left out.
pub async fn a_page_of_events_keeps_to_its_limit<H: Recording>(harness: H) {
    let events: Vec<_> = (1..=9).map(|number| event(number, EventKind::LoginFailed)).collect();
    let record = Record::of(harness, &events).await;
    assert_eq!(record.numbers(latest(4)).await, [9, 8, 7, 6]);
    let after = |number: u16| EventQuery { after: Some(event_id(at(number.into()), number)), ..latest(4) };
    assert_eq!(record.numbers(after(6)).await, [5, 4, 3, 2]);
    assert_eq!(record.numbers(after(2)).await, [1]);
    assert_eq!(record.numbers(after(1)).await, [0; 0]);
    assert_eq!(record.numbers(latest(9)).await.len(), 9);
}

/// All pages put together are the list, without a gap and without a repetition, also where many
/// events are of one moment, where new ones come meanwhile, and where the last one seen is gone.
pub async fn pages_of_events_put_together_are_the_list<H: Recording>(harness: H) {
    let crowd = |number: u16| {
        let then = at(i64::from(number / 10));
        Event { id: event_id(then, number), at: then, ..full(number) }
    };
    let mut events: Vec<_> = (0..57).map(crowd).collect();
    let record = Record::of(harness, &events).await;
    events.reverse();
    for limit in [1, 7, 10, 56, 57, 58] {
        assert_eq!(record.pages(latest(limit)).await, events, "pages of {limit}");
    }
    let first = record.events(latest(7)).await;
    record.append(vec![event(1_000, EventKind::Bootstrap)]).await;
    let last = first.last().expect("seven").id;
    assert_eq!(record.pages(EventQuery { after: Some(last), ..latest(7) }).await, events[7..]);
    // Of an event that is gone by now, the place is left.
    let gone = event_id(at(3), 1_000);
    assert_eq!(record.pages(EventQuery { after: Some(gone), ..latest(7) }).await, events[17..]);
}

/// An event whose id is there already is left as it is, and the rest of its batch is kept.
pub async fn an_event_that_is_there_stays_as_it_is<H: Recording>(harness: H) {
    let record = Record::of(harness, &[full(1), full(2)]).await;
    let other = |number| Event { kind: EventKind::UserDeleted, count: Some(99), ..full(number) };
    record.append(vec![other(1), full(3), other(2)]).await;
    assert_eq!(record.events(latest(50)).await, [full(3), full(2), full(1)]);
    record.append(vec![full(1), full(2), full(3)]).await;
    assert_eq!(record.events(latest(50)).await, [full(3), full(2), full(1)]);
    // Of two in one batch, the first.
    record.append(vec![full(4), other(4)]).await;
    assert_eq!(record.events(latest(1)).await, [full(4)]);
}

/// A batch of thousands is kept whole.
pub async fn a_batch_of_thousands_is_kept<H: Recording>(harness: H) {
    let events: Vec<_> = (0..2_500).map(|number| event(number, EventKind::LoginFailed)).collect();
    let record = Record::of(harness, &events).await;
    assert_eq!(record.pages(latest(200)).await.len(), 2_500);
}

/// A batch is kept in one step: whoever reads meanwhile finds all of it or nothing.
pub async fn a_batch_is_kept_in_one_step<H: Recording>(harness: H) {
    const BATCH: u16 = 60;
    let record = Record::new(harness);
    record.warm_up().await;
    for round in 0..ROUNDS {
        let user = victim(u16::try_from(round).expect("few rounds"));
        let batch = (0..BATCH).map(|number| Event {
            id: event_id(at(round.into()), number),
            user: Some(user),
            ..event(1, EventKind::LoginFailed)
        });
        let theirs = EventQuery { user: Some(user), ..latest(200) };
        let (append, look) = (record.append(batch.collect()), record.events(theirs.clone()));
        let ((), seen) = both_at_once(round, append, look).await;
        assert!(seen.is_empty() || seen.len() == usize::from(BATCH), "{} of a batch", seen.len());
        assert_eq!(record.events(theirs).await.len(), usize::from(BATCH));
    }
}

/// Batches at once that overlap crosswise are all kept, each event once.
pub async fn batches_at_once_keep_each_event_once<H: Recording>(harness: H) {
    let record = Record::new(harness);
    record.warm_up().await;
    for round in 0..8_u16 {
        let numbers = round * 40..(round + 1) * 40;
        let batches = (0..6).map(|nth| {
            let mut batch: Vec<_> =
                numbers.clone().map(|number| event(number, EventKind::LoginFailed)).collect();
            if nth % 2 == 1 {
                batch.reverse();
            }
            record.append(batch)
        });
        all_at_once(batches).await;
        let since = Some(at(numbers.start.into()));
        let found = record.numbers(EventQuery { since, ..latest(200) }).await;
        assert!(found.into_iter().eq(numbers.rev().map(i64::from)), "round {round}");
    }
    assert_eq!(record.events(EventQuery { until: Some(NOW), ..latest(1) }).await, []);
}
