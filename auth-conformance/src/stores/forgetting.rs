//! `forget` and `sweep_throttle`: what is counted no longer.

use auth_core::Timestamp;
use auth_core::store::{Reservation, Reserved, Settlement};

use crate::apart::Counting;
use crate::race::all_at_once;
use crate::stage::{
    Counts, FREE, NOW, at, counted, just_after, just_before, on_device, place, unknown, wrong,
};

/// All counts of an account are forgotten, whatever their device, and no other account's.
pub async fn all_counts_of_an_account_are_forgotten<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let theirs = [counted(1), on_device(1, 1), on_device(1, 0xff)];
    for key in theirs.into_iter().chain([counted(2), on_device(2, 1)]) {
        counts.fail(key, FREE, NOW).await;
    }
    assert!(counts.forget(counted(1)).await);
    for key in theirs {
        assert_eq!(counts.stands(key).await, (0, 0));
    }
    for key in [counted(2), on_device(2, 1)] {
        assert_eq!(counts.stands(key).await, (FREE, 0));
    }
}

/// Whoever forgets is told whether anything was counted.
pub async fn forgetting_says_whether_anything_was_counted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    assert!(!counts.forget(counted(1)).await);
    counts.fail(on_device(1, 7), 1, NOW).await;
    assert!(!counts.forget(counted(2)).await);
    assert!(counts.forget(counted(1)).await);
    assert!(!counts.forget(counted(1)).await);
}

/// Where nothing opened an account any more, forgetting does, and all is free again.
pub async fn a_forgotten_account_is_free_again<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let few = Reservation { free: 1, most: 2, ..place(counted(1), NOW) };
    for _ in 0..2 {
        counts.reserve(few, NOW).await;
        counts.settle(counted(1), wrong(NOW), NOW).await;
    }
    assert!(matches!(counts.reserve(few, at(1_000_000)).await, Reserved::Full(_)));
    assert!(counts.forget(counted(1)).await);
    assert_eq!(counts.reserve(few, at(1)).await, Reserved::Granted { nth: 1 });
}

/// What is settled after it has been forgotten is not counted again.
pub async fn what_was_forgotten_stays_forgotten<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for settlement in [wrong(at(900)), unknown(at(900)), Settlement::Unjudged, Settlement::Right] {
        counts.granted(counted(1), NOW).await;
        counts.granted(on_device(1, 1), NOW).await;
        assert!(counts.forget(counted(1)).await);
        counts.settle(counted(1), settlement, at(1)).await;
        assert_eq!(counts.stands(counted(1)).await, (0, 0), "{settlement:?}");
        assert!(!counts.forget(counted(1)).await, "{settlement:?}");
    }
    // And it counts for nobody who came after.
    counts.granted(counted(1), NOW).await;
    counts.forget(counted(1)).await;
    counts.granted(counted(1), at(1)).await;
    counts.settle(counted(1), wrong(at(1)), at(1)).await;
    counts.settle(counted(1), wrong(at(1)), at(1)).await;
    assert_eq!(counts.stands(counted(1)).await, (1, 0));
}

/// A sweep deletes counts of addresses without an account that were last touched before its time,
/// to the millisecond.
pub async fn a_sweep_deletes_what_counts_for_no_account<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for (number, then) in (1..).zip([just_before(at(100)), at(100), just_after(at(100))]) {
        counts.granted(counted(number), then).await;
        counts.settle(counted(number), unknown(then), then).await;
    }
    assert_eq!(counts.sweep(at(100), 1_000).await, 1);
    assert_eq!(counts.stands(counted(1)).await, (0, 0));
    for number in [2, 3] {
        assert_eq!(counts.stands(counted(number)).await, (1, 0));
    }
    assert_eq!(counts.sweep(at(100), 1_000).await, 0, "what is deleted is not counted again");
}

/// A sweep leaves the wrong passwords of an account alone, however old: else whoever waits long
/// enough could guess on.
pub async fn a_sweep_leaves_what_counts_for_an_account<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for key in [counted(1), on_device(1, 1)] {
        counts.fail(key, 3, NOW).await;
        // In flight, and known from before.
        counts.granted(key, NOW).await;
    }
    // All that it counts is in flight, and stays there: hanging up spares nobody.
    counts.granted(counted(2), NOW).await;
    counts.granted(counted(2), NOW).await;
    counts.settle(counted(2), Settlement::Right, NOW).await;
    assert_eq!(counts.sweep(Timestamp::MAX, 1_000).await, 0);
    for key in [counted(1), on_device(1, 1)] {
        assert_eq!(counts.stands(key).await, (4, 1));
    }
    assert_eq!(counts.stands(counted(2)).await, (1, 1));
}

/// A sweep deletes counts of an account that stand at zero, and whoever had them starts at zero.
pub async fn a_sweep_deletes_what_counts_nothing<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.fail(counted(1), 1, NOW).await;
    counts.fail(counted(2), 1, NOW).await;
    // Once too often, so that an account that is known stands at zero.
    counts.settle(counted(1), Settlement::Unjudged, NOW).await;
    assert!(counts.sweep(just_after(NOW), 1_000).await <= 1, "it may be gone already");
    assert!(!counts.forget(counted(1)).await, "it is gone");
    assert_eq!(counts.stands(counted(2)).await, (1, 0));
}

/// Whatever is written to a count touches it; a refusal does not.
pub async fn a_sweep_goes_by_the_last_touch<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for number in 1..=4 {
        counts.granted(counted(number), NOW).await;
        counts.settle(counted(number), unknown(NOW), NOW).await;
    }
    counts.granted(counted(1), at(20)).await;
    counts.granted(counted(2), NOW).await;
    counts.settle(counted(2), unknown(at(20)), at(20)).await;
    counts.granted(counted(3), NOW).await;
    counts.settle(counted(3), Settlement::Unjudged, at(20)).await;
    for _ in 1..FREE {
        counts.granted(counted(4), NOW).await;
    }
    counts.full(counted(4), at(20)).await;
    assert_eq!(counts.sweep(at(20), 1_000).await, 1);
    assert_eq!(counts.stands(counted(4)).await, (0, 0));
    for (number, stands) in [(1, (2, 1)), (2, (2, 0)), (3, (1, 0))] {
        assert_eq!(counts.stands(counted(number)).await, stands);
    }
}

/// A sweep deletes no more than its limit, says how many, and can be called again for the rest.
pub async fn a_sweep_of_counts_keeps_to_its_limit<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for number in 1..=7 {
        counts.granted(counted(number), at(i64::from(number))).await;
        counts.settle(counted(number), unknown(NOW), at(i64::from(number))).await;
    }
    for (limit, swept) in [(0, 0), (3, 3), (3, 3), (u32::MAX, 1), (u32::MAX, 0)] {
        assert_eq!(counts.sweep(at(100), limit).await, swept);
    }
}

/// Sweeps at once delete every count once, and say of no more than there are.
pub async fn sweeps_of_counts_at_once_delete_each_once<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for number in 1..=20 {
        counts.granted(counted(number), NOW).await;
        counts.settle(counted(number), unknown(NOW), NOW).await;
    }
    let swept: u64 = all_at_once((0..4).map(|_| counts.sweep(at(100), 7))).await.into_iter().sum();
    let rest = counts.sweep(at(100), 1_000).await;
    assert_eq!(swept + rest, 20);
}
