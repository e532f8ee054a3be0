//! The verbs for counting against each other: what holds on every schedule.

use std::pin::Pin;

use auth_core::store::{Reservation, Settlement};

use crate::apart::Counting;
use crate::race::all_at_once;
use crate::stage::{Counts, FREE, NOW, at, counted, granted, on_device, place, wrong};

/// How often two hundred are raced.
const ROUNDS: u16 = 3;

const CROWD: u32 = 200;

/// Of two hundred attempts at once, as many are granted as are free, each with a number of its own.
pub async fn of_two_hundred_at_once_only_the_free_are_granted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for round in 0..ROUNDS {
        let key = counted(round);
        let outcomes = all_at_once((0..CROWD).map(|_| counts.reserve(place(key, NOW), NOW))).await;
        assert_eq!(granted(&outcomes), [1, 2, 3, 4, 5]);
        assert_eq!(counts.stands(key).await, (FREE, FREE));
    }
}

/// Beyond the free ones, of fifty attempts at once one is granted, time and again.
pub async fn of_fifty_beyond_the_free_one_is_granted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    counts.fail(counted(1), FREE, NOW).await;
    for nth in FREE + 1..FREE + 9 {
        let outcomes = all_at_once((0..50).map(|_| counts.reserve(place(counted(1), NOW), NOW))).await;
        assert_eq!(granted(&outcomes), [nth]);
        counts.settle(counted(1), wrong(NOW), NOW).await;
    }
}

/// When the lease of an attempt is over, one of fifty at once takes its turn.
pub async fn of_fifty_after_a_lease_one_is_granted<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    counts.fail(counted(1), FREE, NOW).await;
    counts.granted(counted(1), NOW).await;
    for turn in 1..5 {
        let now = at(30 * i64::from(turn));
        let outcomes = all_at_once((0..50).map(|_| counts.reserve(place(counted(1), now), now))).await;
        assert_eq!(granted(&outcomes), [FREE + 1 + turn]);
        assert_eq!(counts.stands(counted(1)).await, (FREE + 1 + turn, 1));
    }
}

/// However many try at once, no more are granted than the most.
pub async fn the_most_hold_however_many_try_at_once<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for round in 0..ROUNDS {
        let all = Reservation { free: 40, most: 40, ..place(counted(round), NOW) };
        let outcomes = all_at_once((0..60).map(|_| counts.reserve(all, NOW))).await;
        assert!(granted(&outcomes).into_iter().eq(1..=40));
    }
}

/// Settlements at once all count.
pub async fn of_settlements_at_once_none_is_lost<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for round in 0..ROUNDS {
        let key = counted(round);
        let many = Reservation { free: 40, ..place(key, NOW) };
        for _ in 0..40 {
            counts.reserve(many, NOW).await;
        }
        let settlements = (0..39_i64).map(|nth| {
            let unjudged = nth % 3 == 0;
            counts.settle(key, if unjudged { Settlement::Unjudged } else { wrong(at(nth)) }, at(1))
        });
        all_at_once(settlements).await;
        assert_eq!(counts.stands(key).await, (27, 1), "13 of 40 were not judged, and one is in flight");
        assert_eq!(counts.count(key).await.opens_at, at(38));
    }
}

/// A right password and attempts at once: whoever is let in is counted, and settles as ever.
pub async fn a_success_loses_no_attempt_that_comes_with_it<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for round in 0..ROUNDS * 4 {
        let (here, there) = (counted(round), on_device(round, 1));
        for key in [here, there] {
            counts.fail(key, FREE - 1, NOW).await;
        }
        counts.granted(here, NOW).await;
        let attempt = |key| {
            let reserve = counts.reserve(place(key, NOW), NOW);
            async move { granted(&[reserve.await]).first().map(|_| key) }
        };
        let mut contenders: Vec<Pin<Box<dyn Future<Output = Option<_>> + Send>>> = Vec::new();
        let settle = counts.settle(here, Settlement::Right, NOW);
        contenders.push(Box::pin(async move {
            settle.await;
            None
        }));
        for key in [here, there, here, there] {
            contenders.push(Box::pin(attempt(key)));
        }
        let let_in: Vec<_> = all_at_once(contenders).await.into_iter().flatten().collect();
        for key in [here, there] {
            let own = u32::try_from(let_in.iter().filter(|other| **other == key).count()).expect("few");
            assert_eq!(counts.stands(key).await, (own, own), "what is left is in flight");
        }
    }
}

/// Right passwords on many devices, and an admin who forgets, at once: each does its work, and
/// nothing is left in flight.
pub async fn successes_and_forgetting_at_once_do_not_hinder_each_other<H: Counting>(harness: H) {
    let counts = Counts::new(harness);
    counts.warm_up().await;
    for round in 0..ROUNDS * 4 {
        let devices = 1..=8_u8;
        // Not in the order of the devices, so that the rows do not stand in it, either.
        for device in devices.clone().rev() {
            counts.fail(on_device(round, device), 2, NOW).await;
            counts.granted(on_device(round, device), NOW).await;
        }
        let mut contenders: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
        for device in devices.clone() {
            contenders.push(Box::pin(counts.settle(on_device(round, device), Settlement::Right, at(1))));
        }
        for _ in 0..4 {
            let forget = counts.forget(counted(round));
            contenders.push(Box::pin(async move {
                forget.await;
            }));
        }
        all_at_once(contenders).await;
        for device in devices {
            assert_eq!(counts.stands(on_device(round, device)).await, (0, 0));
        }
    }
}
