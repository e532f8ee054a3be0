//! `settle`: what became of an attempt that had a place.

use auth_core::store::{Existence, Settlement};

use crate::apart::Counting;
use crate::stage::{Counts, FREE, NOW, at, counted, on_device, wrong};

fn opening(seconds: i64) -> Settlement {
    Settlement::Wrong { opens_at: at(seconds), account: Existence::Known }
}

/// A wrong password stays counted, and is in flight no more.
pub async fn a_wrong_password_stays_counted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for _ in 0..3 {
        counts.granted(counted(1), NOW).await;
    }
    for left in [2, 1, 0] {
        counts.settle(counted(1), wrong(NOW), NOW).await;
        assert_eq!(counts.stands(counted(1)).await, (3, left));
    }
    assert_eq!(counts.granted(counted(1), at(1)).await, 4);
}

/// A wrong password moves the opening ahead and never back, whoever is settled last.
pub async fn the_opening_moves_ahead_and_never_back<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for _ in 0..FREE {
        counts.granted(counted(1), NOW).await;
    }
    for (told, kept) in [(5, 5), (3, 5), (9, 9), (-9, 9), (8, 9)] {
        counts.settle(counted(1), opening(told), at(1)).await;
        assert_eq!(counts.count(counted(1)).await.opens_at, at(kept));
    }
}

/// An attempt may hold others up before it is judged: the opening moves ahead and never back, of
/// that count alone and only where there is one.
pub async fn an_attempt_can_hold_others_up_before_it_is_judged<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for key in [counted(1), on_device(1, 1)] {
        for _ in 0..FREE {
            counts.granted(key, NOW).await;
        }
    }
    let beside = counts.count(on_device(1, 1)).await;
    for (told, kept) in [(5, 5), (3, 5), (9, 9), (-9, 9)] {
        counts.postpone(counted(1), at(told)).await;
        assert_eq!(counts.count(counted(1)).await.opens_at, at(kept));
        assert_eq!(counts.stands(counted(1)).await, (FREE, FREE));
    }
    assert_eq!(counts.count(on_device(1, 1)).await, beside);
    counts.postpone(counted(2), at(99)).await;
    assert_eq!(counts.granted(counted(2), NOW).await, 1);
}

/// An attempt that was not judged is counted no more, and holds nobody up.
pub async fn an_attempt_that_was_not_judged_is_counted_no_more<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.granted(counted(1), NOW).await;
    counts.settle(counted(1), opening(5), NOW).await;
    for _ in 0..9 {
        assert_eq!(counts.granted(counted(1), NOW).await, 2);
        counts.settle(counted(1), Settlement::Unjudged, at(1)).await;
        assert_eq!(counts.stands(counted(1)).await, (1, 0));
    }
    assert_eq!(counts.count(counted(1)).await.opens_at, at(1));
}

/// Settled once too often, a count falls below zero nowhere.
pub async fn no_count_falls_below_zero<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.granted(counted(1), NOW).await;
    counts.granted(counted(1), NOW).await;
    for _ in 0..3 {
        counts.settle(counted(1), wrong(NOW), NOW).await;
    }
    assert_eq!(counts.stands(counted(1)).await, (2, 0));
    for _ in 0..3 {
        counts.settle(counted(1), Settlement::Unjudged, NOW).await;
    }
    assert_eq!(counts.stands(counted(1)).await, (0, 0));
    assert_eq!(counts.granted(counted(1), NOW).await, 1);
}

/// A settlement concerns its own count, but for that of a right password.
pub async fn a_settlement_concerns_its_own_count<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let beside = [on_device(1, 1), on_device(1, 2), counted(2)];
    counts.granted(counted(1), NOW).await;
    counts.granted(counted(1), NOW).await;
    for key in beside {
        counts.granted(key, NOW).await;
    }
    counts.settle(counted(1), opening(9), NOW).await;
    counts.settle(counted(1), Settlement::Unjudged, NOW).await;
    for key in beside {
        assert_eq!(counts.stands(key).await, (1, 1));
        assert!(counts.count(key).await.opens_at <= NOW);
    }
}

/// The right password starts the account anew, on whatever device it was given; no other account.
pub async fn the_right_password_starts_the_account_anew<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for number in [1, 2] {
        for key in [counted(number), on_device(number, 1), on_device(number, 2)] {
            counts.fail(key, FREE, NOW).await;
            counts.granted(key, NOW).await;
            counts.settle(key, opening(900), NOW).await;
        }
    }
    counts.granted(on_device(1, 3), at(1)).await;
    counts.settle(on_device(1, 3), Settlement::Right, at(2)).await;
    for key in [counted(1), on_device(1, 1), on_device(1, 2), on_device(1, 3)] {
        assert_eq!(counts.stands(key).await, (0, 0));
        for nth in 1..=FREE {
            assert_eq!(counts.granted(key, at(2)).await, nth);
        }
        assert!(counts.full(key, at(2)).await.opens_at <= at(2), "the wait is forgotten as well");
    }
    for key in [counted(2), on_device(2, 1), on_device(2, 2)] {
        counts.full(key, at(2)).await;
        assert_eq!(counts.stands(key).await, (FREE + 1, 0));
    }
}

/// A right password opens its count from then on, not from before: whoever had to wait need not.
pub async fn the_right_password_opens_the_count<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for _ in 0..FREE {
        counts.granted(counted(1), NOW).await;
    }
    counts.settle(counted(1), opening(900), at(1)).await;
    counts.settle(counted(1), Settlement::Right, at(2)).await;
    let count = counts.count(counted(1)).await;
    assert_eq!((count.attempts, count.in_flight, count.opens_at), (3, 3, at(2)));
}

/// What is in flight when the right password is found stays counted until it is settled, whichever
/// way, on each device.
pub async fn stragglers_of_a_success_stay_counted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let (here, there) = (counted(1), on_device(1, 1));
    counts.fail(here, 1, NOW).await;
    counts.fail(there, 2, NOW).await;
    for _ in 0..4 {
        counts.granted(here, NOW).await;
    }
    for _ in 0..2 {
        counts.granted(there, NOW).await;
    }
    counts.settle(here, Settlement::Right, at(1)).await;
    assert_eq!(counts.stands(here).await, (3, 3));
    assert_eq!(counts.stands(there).await, (2, 2));
    counts.settle(here, wrong(at(2)), at(2)).await;
    assert_eq!(counts.stands(here).await, (3, 2));
    counts.settle(here, Settlement::Unjudged, at(2)).await;
    assert_eq!(counts.stands(here).await, (2, 1));
    counts.settle(here, wrong(at(2)), at(2)).await;
    counts.settle(there, Settlement::Right, at(3)).await;
    assert_eq!(counts.stands(here).await, (0, 0));
    assert_eq!(counts.stands(there).await, (1, 1));
    counts.settle(there, wrong(at(4)), at(4)).await;
    assert_eq!(counts.stands(there).await, (1, 0));
}

/// Twenty right passwords, of which five find a place at a time, all get in.
pub async fn right_passwords_make_room_for_each_other<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.fail(counted(1), FREE, NOW).await;
    assert_eq!(counts.granted(counted(1), NOW).await, FREE + 1);
    counts.settle(counted(1), Settlement::Right, NOW).await;
    for _ in 0..4 {
        for nth in 1..=FREE {
            assert_eq!(counts.granted(counted(1), NOW).await, nth);
        }
        counts.full(counted(1), NOW).await;
        for _ in 0..FREE {
            counts.settle(counted(1), Settlement::Right, NOW).await;
        }
    }
}
