//! `reserve`: a place in a count, before a password is looked at.

use auth_core::Timestamp;
use auth_core::store::{Count, Existence, Reservation, Reserved, Settlement, ThrottleKey};

use crate::apart::Counting;
use crate::stage::{Counts, FREE, NOW, at, counted, just_after, just_before, on_device, place, wrong};

/// A count that is not there stands at zero: the first attempt is number one.
pub async fn a_count_that_is_not_there_stands_at_zero<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    assert_eq!(counts.stands(counted(1)).await, (0, 0));
    assert_eq!(counts.granted(counted(1), NOW).await, 1);
    assert_eq!(counts.stands(counted(1)).await, (1, 1));
    assert_eq!(counts.stands(counted(2)).await, (0, 0), "and no other");
}

/// Free attempts are granted side by side, numbered as they come; the next one finds none, and is
/// told how the count stands.
pub async fn free_attempts_are_granted_side_by_side<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for nth in 1..=FREE {
        assert_eq!(counts.granted(counted(1), NOW).await, nth);
    }
    let count = counts.full(counted(1), just_after(NOW)).await;
    let Count { attempts, in_flight, lease_ends_at, opens_at } = count;
    assert_eq!((attempts, in_flight, lease_ends_at), (FREE, FREE, at(30)));
    assert!(opens_at <= NOW, "nothing has been found wrong yet");
}

/// Free attempts wait neither for those in flight nor for the time at which the count opens.
pub async fn free_attempts_do_not_wait<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.granted(counted(1), NOW).await;
    let late = Settlement::Wrong { opens_at: at(900), account: Existence::Known };
    counts.settle(counted(1), late, NOW).await;
    for nth in 2..=FREE {
        assert_eq!(counts.granted(counted(1), at(1)).await, nth);
    }
}

/// A refused attempt writes nothing: no lease is renewed, no time moved, nobody counted.
pub async fn a_refusal_writes_nothing<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for _ in 0..FREE {
        counts.granted(counted(1), NOW).await;
    }
    let before = counts.full(counted(1), at(1)).await;
    for second in 2..9 {
        assert_eq!(counts.full(counted(1), at(second)).await, before);
    }
}

/// Beyond the free ones, attempts come one at a time.
pub async fn beyond_the_free_ones_attempts_come_one_at_a_time<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.fail(counted(1), FREE, NOW).await;
    for nth in FREE + 1..FREE + 9 {
        assert_eq!(counts.granted(counted(1), NOW).await, nth);
        let full = counts.full(counted(1), NOW).await;
        assert_eq!((full.attempts, full.in_flight), (nth, 1));
        counts.settle(counted(1), wrong(NOW), NOW).await;
    }
}

/// Beyond the free ones, an attempt waits until the count opens, to the millisecond.
pub async fn an_attempt_waits_until_the_count_opens<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.fail(counted(1), FREE - 1, NOW).await;
    counts.granted(counted(1), NOW).await;
    let late = Settlement::Wrong { opens_at: at(7), account: Existence::Known };
    counts.settle(counted(1), late, NOW).await;
    let full = counts.full(counted(1), just_before(at(7))).await;
    assert_eq!((full.attempts, full.in_flight, full.opens_at), (FREE, 0, at(7)));
    assert_eq!(counts.granted(counted(1), at(7)).await, FREE + 1);
}

/// When the most are counted, nothing opens the count any more: neither time, nor a lease that is
/// over.
pub async fn beyond_the_most_there_is_no_place<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let few = |key, now| Reservation { free: 2, most: 3, ..place(key, now) };
    for nth in 1..=3 {
        assert_eq!(counts.reserve(few(counted(1), NOW), NOW).await, Reserved::Granted { nth });
        if nth < 3 {
            counts.settle(counted(1), wrong(NOW), NOW).await;
        }
    }
    for then in [NOW, at(30), at(1_000_000), Timestamp::MAX] {
        let Reserved::Full(full) = counts.reserve(few(counted(1), then), then).await else {
            panic!("three are the most");
        };
        assert_eq!((full.attempts, full.in_flight), (3, 1));
    }
    counts.settle(counted(1), wrong(NOW), NOW).await;
    let refused = counts.reserve(few(counted(1), at(1_000_000)), at(1_000_000)).await;
    assert!(matches!(refused, Reserved::Full(Count { attempts: 3, in_flight: 0, .. })));
    assert_eq!(counts.stands(counted(1)).await, (3, 0));
}

/// Where no attempt may be counted at all, none is, not even the first.
pub async fn where_nobody_may_try_nobody_is_counted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let none = Reservation { free: 0, most: 0, ..place(counted(1), NOW) };
    assert!(matches!(
        counts.reserve(none, NOW).await,
        Reserved::Full(Count { attempts: 0, in_flight: 0, .. })
    ));
    assert_eq!(counts.granted(counted(1), NOW).await, 1);
    let all_one_by_one = Reservation { free: 0, ..place(counted(2), NOW) };
    assert_eq!(counts.reserve(all_one_by_one, NOW).await, Reserved::Granted { nth: 1 });
    assert!(matches!(counts.reserve(all_one_by_one, NOW).await, Reserved::Full(_)), "one is in flight");
}

/// An attempt that nobody settles is taken for a wrong one when its lease is over, to the
/// millisecond: it stays counted, and is in flight no more.
pub async fn an_attempt_that_nobody_settles_counts_as_a_wrong_one<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.fail(counted(1), FREE, NOW).await;
    counts.granted(counted(1), NOW).await;
    counts.full(counted(1), just_before(at(30))).await;
    assert_eq!(counts.granted(counted(1), at(30)).await, FREE + 2);
    assert_eq!(counts.stands(counted(1)).await, (FREE + 2, 1));
    counts.full(counted(1), just_before(at(60))).await;

    // Free ones that nobody settles are in flight no more, either.
    for _ in 0..3 {
        counts.granted(counted(2), NOW).await;
    }
    assert_eq!(counts.granted(counted(2), at(30)).await, 4);
    assert_eq!(counts.stands(counted(2)).await, (4, 1));
}

/// Each attempt that is granted renews the lease of those in flight.
pub async fn each_attempt_renews_the_lease<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for second in [0, 10, 29, 50, 79] {
        counts.granted(counted(1), at(second)).await;
    }
    let full = counts.full(counted(1), at(80)).await;
    assert_eq!((full.attempts, full.in_flight, full.lease_ends_at), (5, 5, at(109)));
}

/// Each account counts for itself, and each device of an account apart from the others.
pub async fn every_account_and_every_device_counts_apart<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    for _ in 0..FREE {
        counts.granted(counted(1), NOW).await;
        counts.granted(on_device(2, 1), NOW).await;
    }
    for full in [counted(1), on_device(2, 1)] {
        counts.full(full, NOW).await;
    }
    for free in [on_device(1, 1), on_device(1, 2), counted(2), on_device(2, 2), counted(3)] {
        assert_eq!(counts.granted(free, NOW).await, 1);
    }
}

/// Keys of any bytes are told apart by each of them.
pub async fn keys_of_any_bytes_are_told_apart<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let mut keys = vec![
        ThrottleKey { account: [0; 32], device: [0; 16] },
        ThrottleKey { account: [0xff; 32], device: [0xff; 16] },
        ThrottleKey { account: [0x27; 32], device: [0x80; 16] },
    ];
    for place in 0..32 {
        let mut key = keys[0];
        key.account[place] = 1;
        keys.push(key);
    }
    for place in 0..16 {
        let mut key = keys[0];
        key.device[place] = 1;
        keys.push(key);
    }
    for nth in 1..=2 {
        for key in &keys {
            assert_eq!(counts.granted(*key, NOW).await, nth);
        }
    }
}

/// Times survive from before the epoch to the end of time, and numbers as far as they go.
pub async fn extreme_times_and_numbers_survive<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    let times = [i64::MIN, -62_135_596_800_001, -1, 0, 1, 999, 10_000_000_000_000, i64::MAX];
    for (number, millis) in (1..).zip(times) {
        let (key, then) = (counted(number), Timestamp::from_millis(millis));
        let one = Reservation { key, free: 1, most: u32::MAX, lease_ends_at: then };
        assert_eq!(counts.reserve(one, then).await, Reserved::Granted { nth: 1 });
        assert_eq!(
            counts.count(key).await,
            Count { attempts: 1, in_flight: 1, lease_ends_at: then, opens_at: then }
        );
        let never = Settlement::Wrong { opens_at: Timestamp::MAX, account: Existence::Known };
        counts.settle(key, never, then).await;
        assert_eq!(
            counts.count(key).await,
            Count { attempts: 1, in_flight: 0, lease_ends_at: then, opens_at: Timestamp::MAX }
        );
        let endless = Reservation { key, free: u32::MAX, most: u32::MAX, lease_ends_at: Timestamp::MAX };
        assert_eq!(counts.reserve(endless, then).await, Reserved::Granted { nth: 2 });
    }
}
