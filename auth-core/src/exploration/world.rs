//! What can happen next.

use stateright::{Model, Property};
use zeroize::Zeroizing;

use crate::entropy::OsEntropy;
use crate::id::SessionId;
use crate::model::EndReason;
use crate::policy::Policy;
use crate::token::{Presented, RefreshTokens, SigningSecret};

use super::row::{Ticks, span};
use super::rules::{Code, Names, Network, Rules};
use super::state::{At, Flaw, Request, State, Statement, Thief, Who, Work};
use super::tally::Tally;

pub(super) struct World {
    pub(super) rules: Rules,
    pub(super) code: Code,
    pub(super) policy: Policy,
    pub(super) tally: Tally,
    /// The tokens, by generation.
    tokens: Vec<Presented>,
    /// Mutants hold requests for ever; this keeps their states finite.
    held_at_most: Ticks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// One of the owner's tabs sends what is in the jar.
    Send,
    /// A request comes to an instance whose clock is so far behind.
    Arrive(usize, Ticks),
    /// The next statement of a refresh is executed, and what follows from it is done.
    Execute(usize),
    /// An answer comes to the jar.
    Land(usize),
    /// A request or an answer is lost, a statement fails, or an instance crashes.
    Vanish(usize),
    /// Someone copies the jar.
    Steal,
    /// The thief presents the token it holds, to an instance whose clock is so far behind.
    Present(Ticks),
    /// The thief presents the one that it held before.
    PresentSpare(Ticks),
    /// The session is ended from elsewhere: a log-out, an admin.
    End,
    /// The clock goes on.
    Tick,
}

pub(super) const HONEST: &str = "no honest schedule ends the session";
pub(super) const ONCE: &str = "generations only grow, and none is made twice";
pub(super) const OVER: &str = "an ended session never comes back";
pub(super) const NOTHING: &str = "nothing is issued for an ended session";
pub(super) const TURNS: &str = "owner and thief are served by turns at most once";
pub(super) const REFUSED: &str = "whoever is refused has no session";
pub(super) const USABLE: &str = "a failure leaves the presented token usable";
pub(super) const STRICT: &str = "an old parent is served only where the policy allows it";

impl World {
    pub(super) fn new(rules: Rules, code: Code) -> Self {
        let policy =
            Policy { reuse_grace: span(rules.grace), late_retry: rules.late_retry, ..Policy::default() };
        let keys = SigningSecret::random(&OsEntropy).expect("randomness");
        let sealer = RefreshTokens::new(&[keys]).expect("a secret");
        let token = |generation| {
            let text = sealer.seal(SessionId::from_bytes([2; 16]), &Zeroizing::new([3; 16]), generation);
            sealer.open(text.expose()).expect("it is ours")
        };
        let tokens = (0..256).map(token).collect();
        let held_at_most = rules.grace + rules.read + 2 * rules.write;
        Self { rules, code, policy, tally: Tally::default(), tokens, held_at_most }
    }

    pub(super) fn token(&self, generation: u32) -> &Presented {
        &self.tokens[usize::try_from(generation).expect("a generation of a model is small")]
    }

    /// Older than this, everything is old for everyone.
    pub(super) fn oldest(&self) -> Ticks {
        self.rules.grace + self.held_at_most + self.rules.skew
    }

    /// Two instances whose clocks agree are one, because an instance keeps nothing between requests.
    fn lags(&self) -> impl Iterator<Item = Ticks> {
        [0, self.rules.skew].into_iter().take(if self.rules.skew == 0 { 1 } else { 2 })
    }

    /// Makes it happen; `None` where it cannot. The requests keep their places.
    pub(super) fn apply(&self, state: &mut State, action: Action) -> Option<()> {
        match action {
            Action::Send => {
                let token = state.jar;
                state.requests.push(Request { who: Who::Owner, token, flight: 0, at: At::Out });
            }
            Action::Arrive(nth, lag) => state.requests[nth].at = arrived(lag),
            Action::Execute(nth) => self.execute(state, nth),
            Action::Land(nth) => {
                if let At::Back(token) = state.requests.remove(nth).at {
                    state.jar = token;
                }
            }
            Action::Vanish(nth) => drop(state.requests.remove(nth)),
            Action::Steal => state.thief = Some(Thief { held: state.jar, spare: None }),
            Action::Present(lag) => {
                let token = state.thief.as_ref()?.held;
                state.requests.push(Request { who: Who::Thief, token, flight: 0, at: arrived(lag) });
            }
            Action::PresentSpare(lag) => {
                let token = state.thief.as_ref()?.spare?;
                state.requests.push(Request { who: Who::Thief, token, flight: 0, at: arrived(lag) });
            }
            Action::End => state.row.end(self.code.store, EndReason::Revoked),
            Action::Tick => self.tick(state),
        }
        Some(())
    }

    fn tick(&self, state: &mut State) {
        if let Some(age) = &mut state.row.age {
            *age = (*age + 1).min(self.oldest());
        }
        for request in &mut state.requests {
            match &mut request.at {
                At::Out | At::Back(_) => request.flight += 1,
                At::Served(work) => {
                    work.held = (work.held + 1).min(self.held_at_most);
                    work.waited += 1;
                    if let Statement::Advance { settled: Some(settled), .. } = &mut work.next {
                        *settled = (*settled + 1).min(self.oldest());
                    }
                }
            }
        }
    }

    /// Whether it may go on like this for another tick.
    fn has_time(&self, request: &Request) -> bool {
        match &request.at {
            At::Out | At::Back(_) => request.flight < self.rules.flight,
            At::Served(Work { next: Statement::Find, waited, .. }) => *waited < self.rules.read,
            At::Served(work) => work.waited < self.rules.write,
        }
    }
}

fn arrived(lag: Ticks) -> At {
    At::Served(Work { lag, held: 0, waited: 0, next: Statement::Rotate })
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
        if state.row.ended != Some(EndReason::Revoked) {
            actions.push(Action::End);
        }
        if state.requests.iter().all(|request| self.has_time(request)) {
            actions.push(Action::Tick);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        self.apply(&mut state, action)?;
        Some(if self.rules.names == Names::Changed { state.renamed() } else { state.sorted() })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(HONEST, |_, state: &State| {
                state.thief.is_some() || state.row.ended != Some(EndReason::Reuse)
            }),
            Property::always(ONCE, |_, state: &State| state.flaw != Some(Flaw::MadeTwice)),
            Property::always(OVER, |_, state: &State| state.flaw != Some(Flaw::CameBack)),
            Property::always(NOTHING, |_, state: &State| state.flaw != Some(Flaw::IssuedAfterTheEnd)),
            Property::always(TURNS, |_, state: &State| state.flaw != Some(Flaw::ServedByTurns)),
            Property::always(REFUSED, |_, state: &State| state.flaw != Some(Flaw::RefusedAlive)),
            Property::always(USABLE, |_, state: &State| state.flaw != Some(Flaw::Burnt)),
            Property::always(STRICT, |_, state: &State| state.flaw != Some(Flaw::ServedLate)),
        ]
    }
}
