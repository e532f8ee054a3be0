//! `open` with a limit: so many live sessions a user may have, and the oldest make room.

use auth_core::store::{Opened, Opening, SessionKey};
use auth_core::{EndReason, NewUser, Timestamp};

use crate::harness::Harness;
use crate::race::{ROUNDS, all_at_once};
use crate::stage::{Facts, NOW, Stage, advance, at, hash, just_after, just_before, key, opening};

/// Opens a session with this limit, and insists that it goes on.
async fn open<H: Harness>(
    stage: &Stage<H>,
    user: &NewUser,
    number: u16,
    limit: u32,
    now: Timestamp,
) -> SessionKey {
    let wanted = Opening { limit, ..opening(user, key(number)) };
    assert!(stage.open(wanted, now).await.is_opened());
    stage.assert_not_ended(key(number)).await;
    key(number)
}

/// A session beyond the limit ends the oldest, and only that one; nothing else of it changes.
pub async fn an_opening_beyond_the_limit_ends_the_oldest<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    // The order of the logins is neither that of their ids nor its opposite.
    let second = open(&stage, &admin, 9, 3, at(1)).await;
    let oldest = open(&stage, &admin, 5, 3, NOW).await;
    let third = open(&stage, &admin, 1, 3, at(2)).await;
    for key in [oldest, second, third] {
        stage.assert_not_ended(key).await;
    }
    let before = stage.row(oldest).await;
    let newest = open(&stage, &admin, 7, 3, at(3)).await;
    stage.assert_ended(oldest, EndReason::SessionLimit, at(3)).await;
    assert_eq!(stage.row(oldest).await, Facts { ended_at: Some(at(3)), ..before });
    for key in [second, third, newest] {
        stage.assert_not_ended(key).await;
    }
    open(&stage, &admin, 6, 3, at(4)).await;
    stage.assert_ended(second, EndReason::SessionLimit, at(4)).await;
    stage.assert_ended(oldest, EndReason::SessionLimit, at(3)).await;
}

/// A limit that is lower than the last time ends as many as it takes.
pub async fn a_lower_limit_ends_as_many_as_it_takes<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for number in 1..=5 {
        open(&stage, &admin, number, 5, at(i64::from(number))).await;
    }
    open(&stage, &admin, 6, 2, at(6)).await;
    for number in 1..=4 {
        stage.assert_ended(key(number), EndReason::SessionLimit, at(6)).await;
    }
    stage.assert_not_ended(key(5)).await;
}

/// A limit of one leaves the new session alone.
pub async fn a_limit_of_one_leaves_the_new_session_alone<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for number in 1..=3 {
        open(&stage, &admin, number, 1, at(i64::from(number))).await;
        if number > 1 {
            stage.assert_ended(key(number - 1), EndReason::SessionLimit, at(i64::from(number))).await;
        }
    }
}

/// The highest limit there is ends nothing.
pub async fn the_highest_limit_ends_nothing<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let first = open(&stage, &admin, 1, u32::MAX, at(1)).await;
    open(&stage, &admin, 2, u32::MAX, at(2)).await;
    stage.assert_not_ended(first).await;
}

/// Which session is the oldest goes by the login, not by the last use.
pub async fn the_oldest_is_the_earliest_login<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (busy, idle) = (open(&stage, &admin, 1, 2, at(1)).await, open(&stage, &admin, 2, 2, at(2)).await);
    stage.rotate(advance(busy, 0), at(3)).await.expect("the step is made");
    open(&stage, &admin, 3, 2, at(4)).await;
    stage.assert_ended(busy, EndReason::SessionLimit, at(4)).await;
    stage.assert_not_ended(idle).await;
}

/// Sessions that have ended or expired take up no room, and the limit leaves them as they are.
pub async fn the_ended_and_the_expired_take_up_no_room<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let out = open(&stage, &admin, 1, 9, at(1)).await;
    let (expired, over) = (
        Opening { expires_at: at(10), ..opening(&admin, key(2)) },
        Opening { ends_at: at(10), ..opening(&admin, key(3)) },
    );
    assert!(stage.open(expired.clone(), at(2)).await.is_opened());
    assert!(stage.open(over.clone(), at(3)).await.is_opened());
    let live = open(&stage, &admin, 4, 9, at(4)).await;
    assert_eq!(stage.end(out, EndReason::Logout, at(5)).await, Some(admin.id));
    let new = open(&stage, &admin, 5, 2, at(10)).await;
    stage.assert_ended(out, EndReason::Logout, at(5)).await;
    for key in [expired.key, over.key, live, new] {
        stage.assert_not_ended(key).await;
    }
    open(&stage, &admin, 6, 2, just_after(at(10))).await;
    stage.assert_ended(live, EndReason::SessionLimit, just_after(at(10))).await;
    for key in [expired.key, over.key, new] {
        stage.assert_not_ended(key).await;
    }
}

/// A session that has not quite expired takes up room.
pub async fn a_session_in_its_last_millisecond_takes_up_room<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let last = Opening { expires_at: at(10), ..opening(&admin, key(1)) };
    assert!(stage.open(last, at(1)).await.is_opened());
    open(&stage, &admin, 2, 1, just_before(at(10))).await;
    stage.assert_ended(key(1), EndReason::SessionLimit, just_before(at(10))).await;
}

/// The session that is replaced takes up no room, whether it is the oldest or not.
pub async fn the_replaced_session_takes_up_no_room<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (first, second) = (open(&stage, &admin, 1, 2, at(1)).await, open(&stage, &admin, 2, 2, at(2)).await);
    let replacing = Opening { limit: 2, replaces: Some(second), ..opening(&admin, key(3)) };
    assert!(stage.open(replacing, at(3)).await.is_opened());
    stage.assert_ended(second, EndReason::Replaced, at(3)).await;
    stage.assert_not_ended(first).await;
    let replacing = Opening { limit: 2, replaces: Some(first), ..opening(&admin, key(4)) };
    assert!(stage.open(replacing, at(4)).await.is_opened());
    stage.assert_ended(first, EndReason::Replaced, at(4)).await;
    stage.assert_not_ended(key(3)).await;
    stage.assert_not_ended(key(4)).await;
}

/// Each user has a limit of their own: another's sessions take up no room and do not end, and to
/// replace one of them makes none.
pub async fn another_users_sessions_take_up_no_room<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (his, also_his) = (stage.session(&other, 1).await, stage.session(&other, 2).await);
    let hers = open(&stage, &admin, 3, 1, at(1)).await;
    let replacing = Opening { limit: 1, replaces: Some(his), ..opening(&admin, key(4)) };
    assert!(stage.open(replacing, at(2)).await.is_opened());
    stage.assert_ended(his, EndReason::Replaced, at(2)).await;
    stage.assert_ended(hers, EndReason::SessionLimit, at(2)).await;
    stage.assert_not_ended(also_his).await;
    stage.assert_not_ended(key(4)).await;
}

/// The new session is never the one that ends, also where the clock has stepped back behind all
/// others; next time it is the oldest.
pub async fn a_clock_that_steps_back_ends_no_new_session<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let (first, second) =
        (open(&stage, &admin, 1, 2, at(100)).await, open(&stage, &admin, 2, 2, at(200)).await);
    let new = open(&stage, &admin, 3, 2, at(50)).await;
    stage.assert_ended(first, EndReason::SessionLimit, at(50)).await;
    stage.assert_not_ended(second).await;
    open(&stage, &admin, 4, 2, at(60)).await;
    stage.assert_ended(new, EndReason::SessionLimit, at(60)).await;
    stage.assert_not_ended(second).await;
}

/// Sessions of one millisecond make room one at a time, and never the new one.
pub async fn sessions_of_one_millisecond_make_room_one_at_a_time<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    // Once with ids that rise, once with ids that fall.
    for numbers in [vec![10, 11, 12, 13, 14], vec![9, 8, 7, 6, 5]] {
        for number in numbers {
            open(&stage, &admin, number, 3, NOW).await;
        }
    }
    assert_eq!(live(&stage, 5..=14).await, 3);
}

/// An opening that is refused ends nothing, however low its limit.
pub async fn a_refused_opening_makes_no_room<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let keys = [open(&stage, &admin, 1, 9, at(1)).await, open(&stage, &admin, 2, 9, at(2)).await];
    let refused = Opening { limit: 1, verified: hash("other"), ..opening(&admin, key(3)) };
    assert_eq!(stage.open(refused, at(3)).await, Opened::Stale);
    stage.put_out_of_use(&admin, at(4)).await;
    let disabled = Opening { limit: 1, ..opening(&admin, key(4)) };
    assert_eq!(stage.open(disabled, at(5)).await, Opened::Stale);
    for key in keys {
        stage.assert_not_ended(key).await;
    }
}

/// However many open at once, the limit holds, and it is not undercut.
pub async fn however_many_open_at_once_the_limit_holds<H: Harness>(harness: H) {
    const CONTENDERS: u16 = 8;
    let stage = Stage::new(harness);
    stage.warm_up().await;
    for round in 0..u16::try_from(ROUNDS / 2).expect("few rounds") {
        let someone = stage.someone(round).await;
        let keys = round * CONTENDERS..(round + 1) * CONTENDERS;
        let outcomes = all_at_once(keys.clone().map(|number| {
            let wanted = Opening { limit: 3, ..opening(&someone, key(number)) };
            stage.open(wanted, at(i64::from(number)))
        }));
        assert!(outcomes.await.iter().all(Opened::is_opened));
        assert_eq!(live(&stage, keys).await, 3, "of {CONTENDERS} sessions, three are live");
    }
}

/// How many of these sessions have not been ended.
async fn live<H: Harness>(stage: &Stage<H>, numbers: impl IntoIterator<Item = u16>) -> usize {
    let mut live = 0;
    for number in numbers {
        match stage.end_reason(key(number)).await {
            None => live += 1,
            Some(why) => assert_eq!(why, EndReason::SessionLimit),
        }
    }
    live
}
