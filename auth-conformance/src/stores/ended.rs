//! `open` tells which sessions it has ended.

use auth_core::EndReason;
use auth_core::store::{Ended, Opened, Opening, SessionKey};
use auth_core::{NewUser, Timestamp};

use crate::harness::Harness;
use crate::race::{ROUNDS, all_at_once};
use crate::stage::{NOW, Stage, at, hash, key, opening, with_another_secret};

fn ended(key: SessionKey, user: &NewUser, why: EndReason) -> Ended {
    Ended { session: key.id, user: user.id, why }
}

/// Opens it, and says which sessions were ended by it, in no order.
async fn open<H: Harness>(stage: &Stage<H>, opening: Opening, now: Timestamp) -> Vec<Ended> {
    let Opened::Opened { mut ended } = stage.open(opening, now).await else { panic!("it opens") };
    ended.sort_by_key(|ended| ended.session);
    ended
}

/// An opening tells of the session that it replaces, and whose that was.
pub async fn an_opening_tells_what_it_replaced<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (own, theirs) = (stage.session(&admin, 1).await, stage.session(&other, 2).await);
    let replacing = |new, old| Opening { replaces: Some(old), ..opening(&admin, key(new)) };
    assert_eq!(open(&stage, replacing(3, own), at(1)).await, [ended(own, &admin, EndReason::Replaced)]);
    assert_eq!(open(&stage, replacing(4, theirs), at(1)).await, [ended(theirs, &other, EndReason::Replaced)]);
}

/// An opening tells of all sessions that the limit ends, and of the one that it replaces.
pub async fn an_opening_tells_what_the_limit_ended<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    for number in 1..=4 {
        open(&stage, opening(&admin, key(number)), at(i64::from(number))).await;
    }
    let theirs = stage.session(&other, 9).await;
    let third = Opening { limit: 3, replaces: Some(theirs), ..opening(&admin, key(5)) };
    let expected = [
        ended(key(1), &admin, EndReason::SessionLimit),
        ended(key(2), &admin, EndReason::SessionLimit),
        ended(theirs, &other, EndReason::Replaced),
    ];
    assert_eq!(open(&stage, third, at(5)).await, expected);
    for (key, Ended { why, .. }) in [key(1), key(2), theirs].into_iter().zip(expected) {
        stage.assert_ended(key, why, at(5)).await;
    }
}

/// An opening that ends nothing tells of nothing: there was none to end, it had another secret, or
/// it had ended before.
pub async fn an_opening_that_ends_nothing_tells_of_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    assert_eq!(open(&stage, opening(&admin, key(1)), NOW).await, []);
    let out = stage.session(&admin, 2).await;
    stage.end(out, EndReason::Logout, at(1)).await.expect("the session ends");
    for (number, old) in (3..).zip([out, key(99), with_another_secret(key(1))]) {
        let replacing = Opening { replaces: Some(old), ..opening(&admin, key(number)) };
        assert_eq!(open(&stage, replacing, at(2)).await, []);
    }
    let expired = Opening { expires_at: at(10), ..opening(&admin, key(20)) };
    assert_eq!(open(&stage, expired, at(2)).await, []);
    let fifth = Opening { limit: 5, ..opening(&admin, key(21)) };
    assert_eq!(open(&stage, fifth, at(10)).await, [], "four were live");
    let refused = Opening { verified: hash("other"), limit: 1, ..opening(&admin, key(22)) };
    assert_eq!(stage.open(refused, at(11)).await, Opened::Stale);
}

/// A session that is replaced after it has expired is ended like any other, and told of.
pub async fn an_expired_session_that_is_replaced_is_told_of<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let idle = Opening { expires_at: at(10), ..opening(&admin, key(1)) };
    open(&stage, idle, NOW).await;
    let replacing = Opening { replaces: Some(key(1)), ..opening(&admin, key(2)) };
    assert_eq!(open(&stage, replacing, at(20)).await, [ended(key(1), &admin, EndReason::Replaced)]);
}

/// A session that would be replaced, but for its secret, makes room like any other.
pub async fn a_session_with_another_secret_makes_room_like_any_other<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let oldest = stage.session(&admin, 1).await;
    let forged = Opening { replaces: Some(with_another_secret(oldest)), limit: 1, ..opening(&admin, key(2)) };
    assert_eq!(open(&stage, forged, at(1)).await, [ended(oldest, &admin, EndReason::SessionLimit)]);
    stage.assert_ended(oldest, EndReason::SessionLimit, at(1)).await;
}

/// Of openings at once, each session that is ended is told of by one.
pub async fn of_openings_at_once_one_tells_of_each_end<H: Harness>(harness: H) {
    const CONTENDERS: u16 = 8;
    let stage = Stage::new(harness);
    stage.warm_up().await;
    for round in 0..u16::try_from(ROUNDS / 4).expect("few rounds") {
        let someone = stage.someone(round).await;
        let first = round * 16;
        let old = stage.session(&someone, first).await;
        let openings = (1..=CONTENDERS).map(|number| {
            stage.open(
                Opening { replaces: Some(old), limit: 3, ..opening(&someone, key(first + number)) },
                at(i64::from(number)),
            )
        });
        let mut told = Vec::new();
        for opened in all_at_once(openings).await {
            let Opened::Opened { ended } = opened else { panic!("each opens") };
            told.extend(ended.into_iter().map(|ended| (ended.session, Some(ended.why))));
        }
        let mut kept = Vec::new();
        for number in first..=first + CONTENDERS {
            let why = stage.end_reason(key(number)).await;
            kept.extend(why.map(|why| (key(number).id, Some(why))));
        }
        told.sort_by_key(|(session, _)| *session);
        kept.sort_by_key(|(session, _)| *session);
        assert_eq!(told, kept, "what has ended, each once and for its reason");
        assert_eq!(kept.len(), usize::from(CONTENDERS) - 2, "three of nine are live");
    }
}
