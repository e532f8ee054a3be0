//! Someone has copied the cookie: the two part ways soon, and then the session ends.

use auth_core::{LateRetry, RefreshToken};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::harness::Harness;

use super::world::{GRACE_MILLIS, Play, World};

/// One refresh by one of the two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Milliseconds after the turn before.
    pause: i64,
    by: Who,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Owner,
    Thief,
}

/// How often the owner refreshes before the theft, and the turns after it.
pub(super) fn schedule() -> impl Strategy<Value = (u8, Vec<Turn>)> {
    let pause = prop_oneof![
        Just(500i64),
        Just(3_000),
        Just(GRACE_MILLIS - 1),
        Just(GRACE_MILLIS),
        Just(GRACE_MILLIS + 100),
        Just(2 * GRACE_MILLIS + 1_000),
        Just(100_000),
        Just(900_000),
    ];
    let turn =
        (pause, prop_oneof![Just(Who::Owner), Just(Who::Thief)]).prop_map(|(pause, by)| Turn { pause, by });
    (0..5u8, proptest::collection::vec(turn, 1..60))
}

pub(super) async fn play<H: Harness>(
    world: &World<H>,
    (before, turns): (u8, Vec<Turn>),
) -> Result<(), TestCaseError> {
    let play = world.play(LateRetry::Allowed, GRACE_MILLIS).await;
    let mut time = 0;
    let mut owner = play.token.clone();
    for _ in 0..before {
        time += 100_000;
        play.set_clock(time);
        owner = play.serve(&owner).await?.expect("the owner is alone");
    }
    let mut thief = owner.clone();
    let mut last = None;
    for (nth, turn) in turns.iter().enumerate() {
        time += turn.pause;
        play.set_clock(time);
        let row = play.row().await;
        let apart = !owner.same_as(&thief) && row.is_old(play.rules, play.now());
        let token = if turn.by == Who::Owner { &mut owner } else { &mut thief };
        let Some(held) = play.serve(token).await? else {
            return ended_for_both(&play, [&owner, &thief]).await;
        };
        *token = held;
        if apart {
            if last.is_some_and(|last| last != turn.by) {
                return Err(TestCaseError::fail(format!("turn {nth}: owner and thief are served by turns")));
            }
            last = Some(turn.by);
        }
        if owner.same_as(&thief) {
            last = None;
        }
    }
    Ok(())
}

async fn ended_for_both<H: Harness>(play: &Play<H>, tokens: [&RefreshToken; 2]) -> Result<(), TestCaseError> {
    for token in tokens {
        if play.serve(token).await?.is_some() {
            return Err(TestCaseError::fail("an ended session came back"));
        }
    }
    Ok(())
}
