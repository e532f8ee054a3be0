//! One person, one cookie jar, any number of tabs: nothing they do ends their session.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use auth_core::LateRetry;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::failing::Failure;
use crate::harness::Harness;

use super::world::{GRACE_MILLIS, Served, World};

/// One refresh by one tab. Times are in milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// How long after the request before.
    pause: i64,
    /// How long it is on its way.
    out: i64,
    /// How long the answer is.
    back: i64,
    /// Whether the answer is lost.
    lost: bool,
    /// Which call of the store fails, if any, and how.
    failure: Option<(u32, Failure)>,
    /// How far the server's clock steps back before it arrives.
    step_back: i64,
}

pub(super) fn schedule() -> impl Strategy<Value = Vec<Request>> {
    proptest::collection::vec(request(), 3..60)
}

fn request() -> impl Strategy<Value = Request> {
    // Bursts, pauses around the grace, a night's sleep.
    let pause =
        prop_oneof![Just(0i64), 0..300i64, 0..4_000i64, 9_800..10_200i64, 0..30_000i64, 0..900_000i64];
    // A quarter of the grace, because *same* sets the cookie anew and can put an older one back.
    let flight = || 0..GRACE_MILLIS / 4;
    let failure = prop_oneof![
        9 => Just(None),
        1 => (0..3u32, prop_oneof![Just(Failure::Before), Just(Failure::After)]).prop_map(Some),
    ];
    let step_back = prop_oneof![19 => Just(0i64), 1 => 0..60_000i64];
    (pause, flight(), flight(), proptest::bool::weighted(0.25), failure, step_back).prop_map(
        |(pause, out, back, lost, failure, step_back)| Request { pause, out, back, lost, failure, step_back },
    )
}

/// What happens next, and to which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Leaves,
    Arrives,
    Answered,
}

pub(super) async fn play<H: Harness>(world: &World<H>, schedule: Vec<Request>) -> Result<(), TestCaseError> {
    let play = world.play(LateRetry::Allowed, GRACE_MILLIS).await;
    let mut jar = play.token.clone();
    let mut carried = vec![None; schedule.len()];
    let mut behind = 0;
    let mut events = BinaryHeap::new();
    let mut time = 0;
    for (nth, request) in schedule.iter().enumerate() {
        time += request.pause;
        events.push(Reverse((time, nth, Event::Leaves)));
    }
    while let Some(Reverse((time, nth, event))) = events.pop() {
        let request = &schedule[nth];
        match event {
            Event::Leaves => {
                carried[nth] = Some(jar.clone());
                events.push(Reverse((time + request.out, nth, Event::Arrives)));
            }
            Event::Arrives => {
                behind += request.step_back;
                play.set_clock(time - behind);
                if let Some((calls, how)) = request.failure {
                    play.auth.store().fail_after(calls, how);
                }
                let token = carried[nth].take().expect("a request carries a token");
                let served = play.present(&token).await?;
                play.auth.store().forget();
                match served {
                    Some(Served::Refused) => {
                        return Err(TestCaseError::fail(format!("request {nth} ended an honest session")));
                    }
                    Some(served @ (Served::Next(_) | Served::Same)) if !request.lost => {
                        carried[nth] = served.held_after(&token);
                        events.push(Reverse((time + request.back, nth, Event::Answered)));
                    }
                    _ => {}
                }
            }
            Event::Answered => jar = carried[nth].take().expect("an answer carries a token"),
        }
    }
    Ok(())
}
