//! Whether the checker bites: one cell of the table, one condition of a statement or one clause of
//! the flow is changed at a time, and a property must fail.

use crate::clock::Timestamp;
use crate::decide::{self, Refresh};
use crate::model::SessionRecord;
use crate::policy::Policy;
use crate::store::Rotation;
use crate::token::Presented;

use super::row::Store;
use super::rules::{Code, Rules, Same};
use super::world::{HONEST, NOTHING, OVER, REFUSED, TURNS, USABLE};
use super::{Explored, USUAL, breaks};

/// Each cell, named as in the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    YoungCurrent,
    YoungParent,
    OldParent,
    Spent,
}

fn cell(
    facts: &SessionRecord,
    presented: &Presented,
    policy: &Policy,
    now: Timestamp,
) -> (Option<Cell>, Refresh) {
    let verdict = decide::refresh(facts, presented, policy, now);
    let cell = match verdict {
        Refresh::Same => Some(Cell::YoungCurrent),
        Refresh::AccessOnly => Some(Cell::YoungParent),
        Refresh::Advance(step) if step.parent != step.generation => Some(Cell::OldParent),
        Refresh::Reuse => Some(Cell::Spent),
        Refresh::Advance(_) | Refresh::Dead => None,
    };
    (cell, verdict)
}

/// A table with another verdict in one of its cells.
macro_rules! table {
    ($cell:ident: |$facts:ident, $presented:ident, $policy:ident, $now:ident| $verdict:expr) => {{
        fn judge(facts: &SessionRecord, presented: &Presented, policy: &Policy, now: Timestamp) -> Refresh {
            let (found, verdict) = cell(facts, presented, policy, now);
            let ($facts, $presented, $policy, $now) = (facts, presented, policy, now);
            let _ = ($facts, $presented, $policy, $now);
            if found == Some(Cell::$cell) { $verdict } else { verdict }
        }
        Code { judge, ..Code::REAL }
    }};
}

/// Goes on, however young the current token is.
fn at_once(facts: &SessionRecord, presented: &Presented, policy: &Policy, now: Timestamp) -> Refresh {
    let step = decide::advance(presented, facts.session.generation, policy, now);
    Refresh::Advance(Rotation { settled_by: now, ..step })
}

fn honest(code: Code) {
    breaks(HONEST, USUAL, code);
}

fn with_a_thief(code: Code, property: &'static str) {
    breaks(property, Rules { thief: 1, tabs: 1, ..USUAL }, code);
}

#[test]
fn a_young_current_token_that_advances_logs_honest_tabs_out() {
    honest(table!(YoungCurrent: |facts, presented, policy, now| at_once(facts, presented, policy, now)));
}

#[test]
fn a_young_parent_that_is_reuse_burns_the_token_whose_answer_is_lost() {
    breaks(USABLE, USUAL, table!(YoungParent: |_f, _t, _p, _n| Refresh::Reuse));
}

#[test]
fn a_young_parent_that_makes_siblings_logs_honest_tabs_out() {
    honest(table!(YoungParent: |facts, presented, policy, now| at_once(facts, presented, policy, now)));
}

#[test]
fn an_old_parent_that_is_reuse_logs_whoever_lost_an_answer_out() {
    honest(table!(OldParent: |_f, _t, _p, _n| Refresh::Reuse));
}

#[test]
fn an_old_parent_that_is_always_fine_lets_a_thief_stay_one_step_behind() {
    with_a_thief(table!(OldParent: |_f, _t, _p, _n| Refresh::AccessOnly), TURNS);
}

#[test]
fn an_old_parent_that_branches_burns_the_token_whose_answer_is_lost() {
    let code = table!(OldParent: |facts, presented, policy, now| {
        let step = decide::advance(presented, facts.session.generation, policy, now);
        Refresh::Advance(Rotation { parent: step.generation, ..step })
    });
    breaks(USABLE, USUAL, code);
}

#[test]
fn a_spent_token_that_is_only_refused_tells_nobody_of_the_thief() {
    with_a_thief(table!(Spent: |_f, _t, _p, _n| Refresh::Dead), REFUSED);
}

#[test]
fn a_spent_token_that_is_served_serves_owner_and_thief_by_turns() {
    with_a_thief(table!(Spent: |_f, _t, _p, _n| Refresh::AccessOnly), TURNS);
}

#[test]
fn a_rotation_that_keeps_another_parent_burns_the_token_whose_answer_is_lost() {
    fn advance(presented: &Presented, current: u32, policy: &Policy, now: Timestamp) -> Rotation {
        Rotation { parent: current + 1, ..decide::advance(presented, current, policy, now) }
    }
    breaks(USABLE, USUAL, Code { advance, ..Code::REAL });
}

#[test]
fn a_rotation_that_is_not_compared_serves_spent_tokens() {
    with_a_thief(Code { store: Store::ForgetsTheGeneration, ..Code::REAL }, TURNS);
}

#[test]
fn a_rotation_that_does_not_wait_for_the_grace_logs_honest_tabs_out() {
    honest(Code { store: Store::ForgetsToSettle, ..Code::REAL });
}

#[test]
fn a_rotation_that_does_not_look_at_the_end_issues_tokens_after_it() {
    breaks(NOTHING, USUAL, Code { store: Store::ForgetsTheEnd, ..Code::REAL });
}

#[test]
fn an_end_that_is_not_conditional_ends_a_session_twice() {
    with_a_thief(Code { store: Store::EndsTwice, ..Code::REAL }, OVER);
}

#[test]
fn a_request_that_is_never_overdue_makes_a_thief_of_a_tab_behind_a_slow_store() {
    let slow = Rules { grace: 5, flight: 0, read: 4, same: Same::LeavesTheCookie, ..USUAL };
    let code = Code { is_overdue: |_, _, _| false, ..Code::REAL };
    Explored::all(slow, Code::REAL).is_sound();
    breaks(HONEST, slow, code);
}
