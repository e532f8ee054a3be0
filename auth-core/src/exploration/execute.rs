//! One statement of a refresh, and what `flow/refresh.rs` does with its result.
//!
//! `lockstep.rs` holds this against the real flow.

use crate::clock::Timestamp;
use crate::decide;
use crate::model::EndReason;
use crate::policy::LateRetry;
use crate::store::Rotation;
use crate::token::Presented;

use super::row::{ago, ticks_since};
use super::rules::Same;
use super::state::{At, Flaw, Request, State, Statement, Thief, Who, Work};
use super::tally::What;
use super::world::World;

impl World {
    pub(super) fn execute(&self, state: &mut State, nth: usize) {
        let Request { who, token, at: At::Served(work), .. } = state.requests[nth].clone() else { return };
        let before = state.clone();
        let presented = self.token(token);
        let now = ago(work.arrived());
        let next = match work.next {
            Statement::Rotate => {
                let step = (self.code.advance)(presented, token, &self.policy, now);
                self.rotate(state, nth, &step)
            }
            Statement::Find => self.find(state, nth, presented, now),
            Statement::Advance { generation, parent, settled } => {
                let settled_by = settled.map_or(Timestamp::MAX, ago);
                let step = decide::advance(presented, generation, &self.policy, now);
                let next = self.rotate(state, nth, &Rotation { parent, settled_by, ..step });
                if next.is_some() {
                    self.tally.count(What::Outrun);
                }
                next
            }
            Statement::End => {
                state.row.end(self.code.store, EndReason::Reuse);
                self.refuse(state, nth);
                None
            }
        };
        if let Some(next) = next {
            state.requests[nth].at = At::Served(Work { next, waited: 0, ..work });
        }
        self.compare(&before, state, presented, who);
    }

    fn rotate(&self, state: &mut State, nth: usize, step: &Rotation) -> Option<Statement> {
        let At::Served(work) = &state.requests[nth].at else { return None };
        let (before, arrived) = (state.clone(), work.arrived());
        let Some(made) = state.row.rotate(self.code.store, step, arrived) else {
            return Some(Statement::Find);
        };
        self.answer(&before, state, nth, Some(made));
        None
    }

    fn find(
        &self,
        state: &mut State,
        nth: usize,
        presented: &Presented,
        now: Timestamp,
    ) -> Option<Statement> {
        let At::Served(Work { lag, .. }) = state.requests[nth].at else { return None };
        let before = state.clone();
        let verdict = (self.code.judge)(&state.row.find(&presented.key), presented, &self.policy, now);
        if verdict.is_drastic() && (self.code.is_overdue)(now, ago(lag), &self.policy) {
            self.tally.count(What::Overdue);
            state.requests.remove(nth);
            return None;
        }
        match verdict {
            decide::Refresh::Dead => self.refuse(state, nth),
            decide::Refresh::Same => self.answer(&before, state, nth, Some(presented.generation)),
            decide::Refresh::AccessOnly => self.answer(&before, state, nth, None),
            decide::Refresh::Advance(Rotation { generation, parent, settled_by, .. }) => {
                return Some(Statement::Advance { generation, parent, settled: ticks_since(settled_by) });
            }
            decide::Refresh::Reuse => {
                self.tally.count(What::Reuse);
                return Some(Statement::End);
            }
        }
        None
    }

    /// A 200, with a cookie of the generation `cookie` or without one.
    fn answer(&self, before: &State, state: &mut State, nth: usize, cookie: Option<u32>) {
        let Request { who, token, at: At::Served(work), .. } = state.requests[nth].clone() else { return };
        let is_old = before.row.age.is_none_or(|age| age >= work.arrived() + self.rules.grace);
        let is_current = token == before.row.current;
        self.tally.count(match (is_current, is_old) {
            (true, true) => What::Advanced,
            (true, false) => What::Same,
            (false, true) => What::AdvancedPast,
            (false, false) => What::AccessOnly,
        });
        if before.row.ended.is_some() {
            state.blame(Flaw::IssuedAfterTheEnd);
        }
        if !is_current && is_old && self.rules.late_retry == LateRetry::Reuse {
            state.blame(Flaw::ServedLate);
        }
        if cookie.is_some_and(|made| made != token && made <= before.greatest()) {
            state.blame(Flaw::MadeTwice);
        }
        if !before.are_apart() {
            state.served = None;
        } else if is_old {
            if before.served.is_some_and(|last| last != who) {
                state.blame(Flaw::ServedByTurns);
            }
            state.served = Some(who);
        }
        match (who, cookie) {
            (Who::Owner, Some(made)) if made != token || self.rules.same == Same::SetsTheCookie => {
                state.requests[nth] = Request { who, token, flight: 0, at: At::Back(made) };
            }
            (Who::Owner, _) => drop(state.requests.remove(nth)),
            (Who::Thief, cookie) => {
                state.requests.remove(nth);
                // The thief's network is perfect: what it delays or loses it might as well not use.
                if let Some(held) = cookie.filter(|made| *made != token) {
                    state.thief = Some(Thief { held, spare: Some(token) });
                }
            }
        }
    }

    /// A 401. The owner's jar keeps the token, so that it is presented again.
    fn refuse(&self, state: &mut State, nth: usize) {
        self.tally.count(What::Refused);
        if state.row.ended.is_none() {
            state.blame(Flaw::RefusedAlive);
        }
        state.requests.remove(nth);
    }

    /// What holds of every statement, whoever executes it.
    fn compare(&self, before: &State, state: &mut State, presented: &Presented, who: Who) {
        if state.row.current < before.row.current {
            state.blame(Flaw::MadeTwice);
        }
        if before.row.ended.is_some() && state.row.ended != before.row.ended {
            state.blame(Flaw::CameBack);
        }
        // The answer may be lost, the instance crash, or the statement seem to have failed.
        let usable = |state: &State| {
            let facts = state.row.find(&presented.key);
            let verdict = (self.code.judge)(&facts, presented, &self.policy, ago(0));
            !matches!(verdict, decide::Refresh::Dead | decide::Refresh::Reuse)
        };
        let wrote = state.row != before.row;
        if wrote && who == Who::Owner && usable(before) && !usable(state) {
            state.blame(Flaw::Burnt);
        }
    }
}

impl State {
    fn blame(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }
}
