//! Anyone presents anything at any time, and much else goes wrong: each answer, and the row after
//! it, must be the table's.

use auth_core::{LateRetry, RefreshToken};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::failing::Failure;
use crate::harness::Harness;

use super::table::{Answer, Row};
use super::world::{GRACE_MILLIS, Play, Served, World};

/// What the installation chose, and all that happens.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    late_retry: LateRetry,
    grace_millis: i64,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
enum Event {
    /// One of the tokens handed out so far is presented, counted from the newest.
    Present(usize),
    /// The same, and one call of the store fails.
    PresentWithFailure(usize, u32, Failure),
    /// The clock goes on, or steps back, by so many milliseconds.
    Clock(i64),
    /// One of the tokens is used to log out.
    Logout(usize),
    /// The account is disabled, and the session is not told.
    Disable,
    /// The session is ended from elsewhere.
    End,
}

pub(super) fn schedule() -> impl Strategy<Value = Schedule> {
    let late_retry = prop_oneof![3 => Just(LateRetry::Allowed), 1 => Just(LateRetry::Reuse)];
    let grace = prop_oneof![3 => Just(GRACE_MILLIS), 1 => Just(0i64)];
    (late_retry, grace, proptest::collection::vec(event(), 1..40))
        .prop_map(|(late_retry, grace_millis, events)| Schedule { late_retry, grace_millis, events })
}

fn event() -> impl Strategy<Value = Event> {
    // The newest tokens most often: an old one ends the game.
    let which = || prop_oneof![6 => Just(0usize), 5 => Just(1usize), 1 => 2..8usize];
    let failure = || prop_oneof![Just(Failure::Before), Just(Failure::After)];
    let clock = prop_oneof![
        Just(GRACE_MILLIS),
        Just(GRACE_MILLIS - 1),
        Just(1i64),
        0..2 * GRACE_MILLIS,
        -2 * GRACE_MILLIS..0,
        0..3_600_000i64,
    ];
    prop_oneof![
        60 => which().prop_map(Event::Present),
        12 => (which(), 0..3u32, failure()).prop_map(|(which, calls, how)| Event::PresentWithFailure(which, calls, how)),
        40 => clock.prop_map(Event::Clock),
        1 => which().prop_map(Event::Logout),
        1 => Just(Event::Disable),
        1 => Just(Event::End),
    ]
}

pub(super) async fn play<H: Harness>(world: &World<H>, schedule: Schedule) -> Result<(), TestCaseError> {
    let play = world.play(schedule.late_retry, schedule.grace_millis).await;
    let mut row = Row::FRESH;
    // Every token that was handed out, and its generation.
    let mut tokens = vec![(0, play.token.clone())];
    let mut time = 0;
    for event in schedule.events {
        match event {
            Event::Clock(span) => {
                time += span;
                play.set_clock(time);
            }
            Event::Present(which) => {
                let (generation, token) = pick(&tokens, which).clone();
                let served = play.present(&token).await?.expect("the store works");
                let answer = check(&play, &mut row, generation, &served).await?;
                if let (Answer::Next(generation), Served::Next(token)) = (answer, served) {
                    tokens.push((generation, token));
                }
            }
            Event::PresentWithFailure(which, calls, how) => {
                let (generation, token) = pick(&tokens, which).clone();
                play.auth.store().fail_after(calls, how);
                let served = play.present(&token).await?;
                play.auth.store().forget();
                match served {
                    None => row = after_failure(&play, row, generation, &token, how).await?,
                    Some(served) => {
                        let answer = check(&play, &mut row, generation, &served).await?;
                        if let (Answer::Next(generation), Served::Next(token)) = (answer, served) {
                            tokens.push((generation, token));
                        }
                    }
                }
            }
            Event::Logout(which) => {
                let (_, token) = pick(&tokens, which);
                play.auth.logout(token.expose()).await.expect("the store works");
                row.ended = true;
            }
            Event::Disable => {
                world.disable(&play).await;
                row.disabled = true;
            }
            Event::End => {
                play.end().await;
                row.ended = true;
            }
        }
        prop_assert_eq!(play.row().await, row, "the row after this");
    }
    Ok(())
}

fn pick(tokens: &[(u32, RefreshToken)], from_newest: usize) -> &(u32, RefreshToken) {
    &tokens[tokens.len() - 1 - from_newest % tokens.len()]
}

/// Holds an answer, and the row after it, against the table.
async fn check<H: Harness>(
    play: &Play<H>,
    row: &mut Row,
    generation: u32,
    served: &Served,
) -> Result<Answer, TestCaseError> {
    let (answer, after) = row.refresh(generation, play.rules, play.now());
    prop_assert!(served.is(answer), "generation {generation} on {row:?}: {served:?} instead of {answer:?}");
    prop_assert_eq!(play.row().await, after, "the row after {:?}", answer);
    *row = after;
    Ok(answer)
}

/// A failed call has written nothing, or all that the table says; either way the presented token
/// is as good as it was.
async fn after_failure<H: Harness>(
    play: &Play<H>,
    before: Row,
    generation: u32,
    token: &RefreshToken,
    how: Failure,
) -> Result<Row, TestCaseError> {
    let (answer, written) = before.refresh(generation, play.rules, play.now());
    let now = play.row().await;
    prop_assert!(
        now == before || (how == Failure::After && now == written),
        "half done: {now:?} of {written:?}"
    );
    if answer != Answer::Refused && play.rules.grace_millis > 0 {
        // Young or old, current or parent: it is served, and the row is where the table puts it.
        let served = play.present(token).await?.expect("the store works");
        let (answer, after) = now.refresh(generation, play.rules, play.now());
        prop_assert!(answer != Answer::Refused && served.is(answer), "after a failure: {served:?}");
        return Ok(after);
    }
    Ok(now)
}
