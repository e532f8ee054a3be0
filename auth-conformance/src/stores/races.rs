//! The verbs for sessions against each other: what holds on every schedule.

use auth_core::store::{Rotation, SessionKey};
use auth_core::{EndReason, NewUser};

use crate::harness::Harness;
use crate::race::{ROUNDS, all_at_once, both_at_once};
use crate::stage::{Stage, advance, at};

/// Of two rotations of one token at once, one makes the step.
pub async fn two_rotations_of_one_token_have_one_winner<H: Harness>(harness: H) {
    rotations_of_one_token_have_one_winner(harness, 2, ROUNDS).await;
}

/// Of ten rotations of one token at once, one makes the step.
pub async fn ten_rotations_of_one_token_have_one_winner<H: Harness>(harness: H) {
    rotations_of_one_token_have_one_winner(harness, 10, ROUNDS / 4).await;
}

/// Of a hundred rotations of one token at once, one makes the step.
pub async fn a_hundred_rotations_of_one_token_have_one_winner<H: Harness>(harness: H) {
    rotations_of_one_token_have_one_winner(harness, 100, 3).await;
}

async fn rotations_of_one_token_have_one_winner<H: Harness>(harness: H, contenders: u32, rounds: u32) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    for generation in 0..rounds {
        let now = |contender| at(i64::from(1_000 * generation + contender));
        let outcomes = all_at_once(
            (0..contenders).map(|contender| stage.rotate(advance(key, generation), now(contender))),
        );
        let winners: Vec<_> = outcomes.await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "of {contenders} rotations of one token, one makes the step");
        let row = stage.row(key).await;
        assert_eq!((row.generation, row.parent), (generation + 1, Some(generation)), "and it is one step");
        assert_eq!(row.rotated_at, winners[0].session.rotated_at, "the winner's");
    }
}

/// Of an advance and a step past the same token at once, one is made, and its parent is kept.
pub async fn an_advance_and_a_step_past_have_one_winner<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let key = stage.session(&admin, 1).await;
    stage.rotate(advance(key, 0), at(0)).await.expect("the first step is made");
    for round in 0..ROUNDS {
        let generation = round + 1;
        let next = stage.rotate(advance(key, generation), at(1));
        let past = stage.rotate(Rotation { parent: 0, ..advance(key, generation) }, at(1));
        let (next, past) = both_at_once(round, next, past).await;
        let parent = if next.is_some() { generation } else { 0 };
        assert!(next.is_some() != past.is_some(), "one of the two is made");
        let row = stage.row(key).await;
        assert_eq!((row.generation, row.parent), (generation + 1, Some(parent)));
    }
}

/// Insists that the session is over for good: the token that is current now makes no step.
async fn assert_over<H: Harness>(stage: &Stage<H>, key: SessionKey, why: EndReason) {
    let ended = stage.row(key).await;
    assert!(ended.ended_at.is_some(), "the session has ended");
    assert_eq!(stage.end_reason(key).await, Some(why));
    assert!(stage.rotate(advance(key, ended.generation), at(9)).await.is_none(), "and never rotates again");
    assert_eq!(stage.row(key).await, ended, "and stays as it is");
}

async fn stage_with_session<H: Harness>(stage: &Stage<H>, round: u32) -> (NewUser, SessionKey) {
    let number = u16::try_from(round).expect("few rounds");
    let someone = stage.someone(number).await;
    let key = stage.session(&someone, number).await;
    (someone, key)
}

/// A rotation against an end: the session has ended afterwards, and the end is the caller's own.
pub async fn a_rotation_never_undoes_an_end<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    for round in 0..ROUNDS {
        let (someone, key) = stage_with_session(&stage, round).await;
        let rotate = stage.rotate(advance(key, 0), at(1));
        let end = stage.end(key, EndReason::Logout, at(1));
        let (rotated, ended) = both_at_once(round, rotate, end).await;
        assert_eq!(ended, Some(someone.id), "a rotation does not keep a session from ending");
        assert!(rotated.is_none_or(|made| made.session.ended_at.is_none()), "what was rotated was live then");
        assert_over(&stage, key, EndReason::Logout).await;
    }
}

/// Of many ends of one session at once, one is told that it ended it, and its reason and time stay.
pub async fn ends_at_once_have_one_winner<H: Harness>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let reasons = [EndReason::Logout, EndReason::Replaced, EndReason::Reuse];
    for round in 0..ROUNDS / 4 {
        let key = stage.session(&admin, u16::try_from(round).expect("few rounds")).await;
        let outcomes = all_at_once((0..9_u8).map(|contender| {
            let (why, then) = (reasons[usize::from(contender % 3)], at(1 + i64::from(contender)));
            let end = stage.end(key, why, then);
            async move { end.await.map(|user| (user, why, then)) }
        }));
        let winners: Vec<_> = outcomes.await.into_iter().flatten().collect();
        let [(user, why, then)] = winners[..] else { panic!("one ends the session: {winners:?}") };
        assert_eq!(user, admin.id);
        stage.assert_ended(key, why, then).await;
    }
}
