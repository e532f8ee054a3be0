//! What can happen next, and what comes of it.

use std::fmt;
use std::time::Duration;

use stateright::{Model, Property};
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::decide;
use crate::entropy::OsEntropy;
use crate::id::SessionId;
use crate::model::{EndReason, SessionRecord};
use crate::policy::{LateRetry, Policy};
use crate::store::Rotation;
use crate::token::{Presented, RefreshTokens, SigningSecret};

use super::row::{Store, Ticks, ago, span, ticks_since};
use super::state::{At, Flaw, Request, State, Statement, Thief, Who, Work};
use super::tally::{Tally, What};

/// How one session is used, and how long things take. In ticks, of which the grace has a few.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) grace: Ticks,
    /// How long a request of the owner and its answer are on the wire at most, together.
    pub(super) wire: Ticks,
    /// How long a statement that writes takes at most.
    pub(super) write: Ticks,
    /// How long a statement that reads takes at most.
    pub(super) read: Ticks,
    /// How far the clock of the second instance is behind the first's.
    pub(super) skew: Ticks,
    /// How many refreshes of the owner are under way at once.
    pub(super) tabs: usize,
    /// How many of the thief are; none where there is no thief.
    pub(super) thief: usize,
    pub(super) network: Network,
    pub(super) late_retry: LateRetry,
    pub(super) names: Names,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Requests and answers are lost, and instances crash between any two statements.
    Lossy,
    Reliable,
}

/// Whether generations keep their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// See [`State::renamed`].
    Renamed,
    Kept,
}

/// The code under test: the real one, or a mutant.
#[derive(Clone, Copy)]
pub(super) struct Code {
    pub(super) judge: fn(&SessionRecord, &Presented, &Policy, Timestamp) -> decide::Refresh,
    pub(super) is_overdue: fn(Timestamp, Timestamp, &Policy) -> bool,
    pub(super) store: Store,
}

impl Code {
    pub(super) const REAL: Self =
        Self { judge: decide::refresh, is_overdue: decide::is_overdue, store: Store::Sound };
}

pub(super) struct World {
    pub(super) rules: Rules,
    pub(super) code: Code,
    pub(super) policy: Policy,
    pub(super) tally: Tally,
    /// The tokens, by generation.
    tokens: Vec<Presented>,
    held_at_most: Ticks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// One of the owner's tabs sends what is in the jar.
    Send,
    /// A request comes to an instance whose clock is so far behind.
    Arrive(usize, Ticks),
    /// The next statement of a refresh is executed, and what depends on it alone is done.
    Execute(usize),
    /// An answer comes to the jar.
    Land(usize),
    /// A request or an answer is lost, an instance crashes, or a statement fails.
    Vanish(usize),
    /// Someone copies the jar.
    Steal,
    /// The thief presents the token it holds, to an instance whose clock is so far behind.
    Present(Ticks),
    /// The thief presents the one it held before.
    PresentSpare(Ticks),
    /// The session is ended from elsewhere: a log-out, an admin.
    End,
    /// The clock goes on.
    Tick,
}

impl World {
    pub(super) fn new(rules: Rules, code: Code) -> Self {
        let policy =
            Policy { reuse_grace: span(rules.grace), late_retry: rules.late_retry, ..Policy::default() };
        let keys = SigningSecret::random(&OsEntropy).expect("randomness");
        let sealer = RefreshTokens::new(&[keys]).expect("a secret");
        let token = |generation| {
            let sealed = sealer.seal(SessionId::from_bytes([2; 16]), &Zeroizing::new([3; 16]), generation);
            sealer.open(sealed.expose()).expect("it is ours")
        };
        // A refresh that has been held up for half the grace is given up where it judges; a
        // statement may then be under way, and one more.
        let held_at_most = rules.grace + rules.read + 2 * rules.write;
        let tokens = (0..256).map(token).collect();
        Self { rules, code, policy, tokens, held_at_most, tally: Tally::default() }
    }

    fn token(&self, generation: u32) -> &Presented {
        &self.tokens[usize::try_from(generation).expect("a generation of a model is small")]
    }

    fn lags(&self) -> impl Iterator<Item = Ticks> {
        // Two instances whose clocks agree are one: an instance keeps nothing between requests.
        [0, self.rules.skew].into_iter().take(if self.rules.skew == 0 { 1 } else { 2 })
    }

    /// Whether it may go on like this for another tick.
    fn has_time(&self, request: &Request) -> bool {
        match &request.at {
            At::Out | At::Back(_) => request.wire < self.rules.wire,
            At::Served(work) => {
                let limit = if work.next == Statement::Find { self.rules.read } else { self.rules.write };
                work.waited < limit
            }
        }
    }

    fn tick(&self, state: &mut State) {
        // Older than this, everything is old for everyone.
        let oldest = self.rules.grace + self.held_at_most + self.rules.skew;
        if let Some(age) = &mut state.row.age {
            *age = (*age + 1).min(oldest);
        }
        for request in &mut state.requests {
            match &mut request.at {
                At::Out | At::Back(_) => request.wire += 1,
                At::Served(work) => {
                    work.held = (work.held + 1).min(self.held_at_most);
                    work.waited += 1;
                    if let Statement::Advance { settled: Some(settled), .. } = &mut work.next {
                        *settled = (*settled + 1).min(oldest);
                    }
                }
            }
        }
    }

    fn arrive(lag: Ticks) -> At {
        At::Served(Work { lag, held: 0, waited: 0, next: Statement::Rotate })
    }

    fn execute(&self, state: &mut State, nth: usize) {
        let Request { who, token, at: At::Served(work), .. } = state.requests[nth].clone() else { return };
        let before = state.clone();
        let presented = self.token(token);
        let now = ago(work.arrived());
        let go_on = |state: &mut State, next: Statement| {
            let work = Work { next, waited: 0, ..work.clone() };
            state.requests[nth].at = At::Served(work);
        };
        match work.next {
            Statement::Rotate => {
                let step = decide::advance(presented, token, &self.policy, now);
                match state.row.rotate(self.code.store, &step, work.arrived()) {
                    Some(next) => self.answer(&before, state, nth, Some(next)),
                    None => go_on(state, Statement::Find),
                }
            }
            Statement::Find => {
                let facts = state.row.find(&presented.key);
                let verdict = (self.code.judge)(&facts, presented, &self.policy, now);
                if verdict.is_drastic() && (self.code.is_overdue)(now, ago(work.lag), &self.policy) {
                    self.tally.count(What::Overdue);
                    state.requests.remove(nth);
                    return;
                }
                match verdict {
                    decide::Refresh::Dead => self.refuse(state, nth),
                    decide::Refresh::Same => self.answer(&before, state, nth, Some(token)),
                    decide::Refresh::AccessOnly => self.answer(&before, state, nth, None),
                    decide::Refresh::Advance(Rotation { generation, parent, settled_by, .. }) => {
                        let settled = ticks_since(settled_by);
                        go_on(state, Statement::Advance { generation, parent, settled });
                    }
                    decide::Refresh::Reuse => go_on(state, Statement::End),
                }
            }
            Statement::Advance { generation, parent, settled } => {
                let settled_by = settled.map_or(Timestamp::MAX, ago);
                let step = decide::advance(presented, generation, &self.policy, now);
                let step = Rotation { parent, settled_by, ..step };
                match state.row.rotate(self.code.store, &step, work.arrived()) {
                    Some(next) => self.answer(&before, state, nth, Some(next)),
                    None => {
                        self.tally.count(What::Outrun);
                        go_on(state, Statement::Find);
                    }
                }
            }
            Statement::End => {
                state.row.end(self.code.store, EndReason::Reuse);
                self.tally.count(What::Reuse);
                self.refuse(state, nth);
            }
        }
        self.compare(&before, state, presented, who);
    }

    /// 200, with a cookie of generation `cookie` or without one.
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
            (Who::Owner, Some(token)) => state.requests[nth].at = At::Back(token),
            (Who::Owner, None) => drop(state.requests.remove(nth)),
            (Who::Thief, cookie) => {
                state.requests.remove(nth);
                // The thief's network is perfect: what it loses or delays it might as well not use.
                if let Some(held) = cookie.filter(|cookie| *cookie != token) {
                    state.thief = Some(Thief { held, spare: Some(token) });
                }
            }
        }
    }

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
        // The answer may never come, because the instance crashes now or the statement seems to
        // have failed. The thief is not who that must not hurt.
        let usable = |state: &State| {
            let facts = state.row.find(&presented.key);
            let verdict = (self.code.judge)(&facts, presented, &self.policy, ago(0));
            !matches!(verdict, decide::Refresh::Dead | decide::Refresh::Reuse)
        };
        if who == Who::Owner && usable(before) && !usable(state) {
            state.blame(Flaw::Burnt);
        }
    }
}

impl State {
    fn blame(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::LOGIN]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What is wrong need not be looked at any further.
        if state.flaw.is_some() {
            return;
        }
        for (nth, request) in state.requests.iter().enumerate() {
            // Two that are alike do the same.
            if nth > 0 && state.requests[nth - 1] == *request {
                continue;
            }
            match request.at {
                At::Out => actions.extend(self.lags().map(|lag| Action::Arrive(nth, lag))),
                At::Served(_) => actions.push(Action::Execute(nth)),
                At::Back(_) => actions.push(Action::Land(nth)),
            }
            if self.rules.network == Network::Lossy {
                actions.push(Action::Vanish(nth));
            }
        }
        if state.in_flight(Who::Owner) < self.rules.tabs {
            actions.push(Action::Send);
        }
        match &state.thief {
            None if self.rules.thief > 0 => actions.push(Action::Steal),
            Some(thief) if state.in_flight(Who::Thief) < self.rules.thief => {
                actions.extend(self.lags().map(Action::Present));
                if thief.spare.is_some() {
                    actions.extend(self.lags().map(Action::PresentSpare));
                }
            }
            _ => {}
        }
        if state.row.ended.is_none() {
            actions.push(Action::End);
        }
        if state.requests.iter().all(|request| self.has_time(request)) {
            actions.push(Action::Tick);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Send => {
                let token = state.jar;
                state.requests.push(Request { who: Who::Owner, token, wire: 0, at: At::Out });
            }
            Action::Arrive(nth, lag) => state.requests[nth].at = Self::arrive(lag),
            Action::Execute(nth) => self.execute(&mut state, nth),
            Action::Land(nth) => {
                if let At::Back(token) = state.requests.remove(nth).at {
                    state.jar = token;
                }
            }
            Action::Vanish(nth) => drop(state.requests.remove(nth)),
            Action::Steal => state.thief = Some(Thief { held: state.jar, spare: None }),
            Action::Present(lag) | Action::PresentSpare(lag) => {
                let thief = state.thief.as_ref()?;
                let token = if action == Action::Present(lag) { thief.held } else { thief.spare? };
                state.requests.push(Request { who: Who::Thief, token, wire: 0, at: Self::arrive(lag) });
            }
            Action::End => state.row.end(self.code.store, EndReason::Revoked),
            Action::Tick => self.tick(&mut state),
        }
        Some(if self.rules.names == Names::Renamed { state.renamed() } else { state.sorted() })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no honest schedule ends the session", |_, state: &State| {
                state.thief.is_some() || state.row.ended != Some(EndReason::Reuse)
            }),
            Property::always("generations only grow, and none is made twice", |_, state: &State| {
                state.flaw != Some(Flaw::MadeTwice)
            }),
            Property::always("an ended session never comes back", |_, state: &State| {
                state.flaw != Some(Flaw::CameBack)
            }),
            Property::always("nothing is issued for an ended session", |_, state: &State| {
                state.flaw != Some(Flaw::IssuedAfterTheEnd)
            }),
            Property::always("owner and thief are served by turns at most once", |_, state: &State| {
                state.flaw != Some(Flaw::ServedByTurns)
            }),
            Property::always("whoever is refused has no session", |_, state: &State| {
                state.flaw != Some(Flaw::RefusedAlive)
            }),
            Property::always("a failure leaves the presented token usable", |_, state: &State| {
                state.flaw != Some(Flaw::Burnt)
            }),
            Property::always("an old parent is served only where the policy allows it", |_, state: &State| {
                state.flaw != Some(Flaw::ServedLate)
            }),
        ]
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("rules", &self.rules).finish_non_exhaustive()
    }
}

const _: fn(Ticks) -> Duration = span;
