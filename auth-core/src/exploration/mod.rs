//! The rotation protocol, in every state that it can come to.
//!
//! `auth-conformance` plays random schedules on real stores. Here a model checker, stateright,
//! takes *every* schedule: all orders in which the tabs of one cookie jar, two server instances, a
//! thief who has copied the jar, the clock, lost messages and crashes can follow one another, with
//! the statements of concurrent refreshes interleaved as a database may interleave them. The
//! transitions call the real judgements, [`decide::refresh`](crate::decide::refresh),
//! [`advance`](crate::decide::advance) and [`is_overdue`](crate::decide::is_overdue). What is
//! written down here once more is the store's conditional statements (`row.rs`) and the order in
//! which `flow/refresh.rs` makes them (`execute.rs`), because a checker has to copy, compare and
//! hash its states, and a future can do none of the three; `lockstep.rs` walks both side by side.
//!
//! **How far.** Generations that nobody holds any more lose their numbers, and ages beyond the
//! grace are one age, so the states are finite, and [`Explored::all`] has seen them all: what holds
//! there holds for sessions of any length, with so many tabs and so many ticks to the grace. States
//! are told apart by 64 bits of hash. With generations as they are, [`the_same_with_numbers`] goes
//! to a depth: 16 steps, or as many as `MODEL_DEPTH=24 cargo test -p auth-core --lib exploration`
//! says. `-- --nocapture` shows the number of states, the depth and the time of each exploration.
//!
//! **What is left out.** A session does not expire here, and no user is disabled: both are judged
//! before the table is looked at, and `decide.rs` tests them. Clocks of instances differ, but do
//! not step.
//!
//! **How slow a network may be.** The answer *same* carries the cookie anew, and so can put an old
//! cookie back over a newer one; that halves what a message may take. What holds, and what does not,
//! is written down in [`a_message_may_take_a_quarter_of_the_grace`],
//! [`half_the_grace_would_do_if_same_left_the_cookie_alone`] and
//! [`time_at_the_server_counts_like_time_under_way`].

mod execute;
mod lockstep;
mod mutants;
mod row;
mod rules;
mod state;
mod tally;
mod world;

use std::collections::HashMap;

use stateright::{Checker, HasDiscoveries, Model, Path};

use crate::policy::LateRetry;

use rules::{Code, Names, Network, Rules, Same};
use state::State;
use tally::What;
use world::{Action, HONEST, NOTHING, ONCE, OVER, REFUSED, STRICT, TURNS, USABLE, World};

/// Deeper than any state lies.
const FAR: usize = usize::MAX - 2;

/// Two tabs, a grace of four ticks, and each message under way for up to one.
const USUAL: Rules = Rules {
    grace: 4,
    flight: 1,
    write: 0,
    read: 0,
    skew: 0,
    tabs: 2,
    thief: 0,
    network: Network::Lossy,
    late_retry: LateRetry::Allowed,
    same: Same::SetsTheCookie,
    names: Names::Changed,
};

/// What became of an exploration.
struct Explored {
    world: String,
    states: usize,
    depth: usize,
    tally: String,
    /// What is wrong somewhere, and the shortest way there.
    found: HashMap<&'static str, Path<State, Action>>,
}

impl Explored {
    /// Every state there is, until one is wrong.
    fn all(rules: Rules, code: Code) -> Self {
        Self::until(HasDiscoveries::Any, rules, code, FAR)
    }

    /// Every state within so many steps of the login, until one is wrong.
    fn to_depth(rules: Rules, code: Code, steps: usize) -> Self {
        Self::until(HasDiscoveries::Any, rules, code, steps)
    }

    fn until(enough: HasDiscoveries, rules: Rules, code: Code, steps: usize) -> Self {
        let world = format!("{rules:?}");
        let checker = World::new(rules, code)
            .checker()
            .finish_when(enough)
            // The checker counts states, not steps, and leaves out those at its depth.
            .target_max_depth(steps + 2)
            .spawn_bfs()
            .join();
        Self {
            world,
            states: checker.unique_state_count(),
            depth: (checker.max_depth() - 1).min(steps),
            tally: checker.model().tally.to_string(),
            found: checker.discoveries(),
        }
        .told()
    }

    #[expect(clippy::print_stderr, reason = "how much was explored belongs to the test's output")]
    fn told(self) -> Self {
        let Self { world, states, depth, tally, .. } = &self;
        eprintln!("{states} states, {depth} steps deep:{tally}\n    {world}");
        self
    }

    /// Nothing is wrong anywhere.
    fn is_sound(&self) {
        if let Some((property, path)) = self.found.iter().next() {
            panic!("not so: {property}\n{}\n{:?}", self.world, path.clone().into_vec());
        }
    }
}

fn sound(rules: Rules) {
    Explored::all(rules, Code::REAL).is_sound();
}

/// This is wrong somewhere.
fn breaks(property: &'static str, rules: Rules, code: Code) {
    let enough = HasDiscoveries::AnyOf([property].into());
    let explored = Explored::until(enough, rules, code, FAR);
    assert!(explored.found.contains_key(property), "so after all: {property}\n{}", explored.world);
}

#[test]
fn no_honest_schedule_ends_the_session() {
    sound(USUAL);
    sound(Rules { tabs: 3, ..USUAL });
    // A finer clock.
    sound(Rules { grace: 8, flight: 2, ..USUAL });
    // Clocks that differ.
    sound(Rules { grace: 6, skew: 1, ..USUAL });
    // Clients that never send two at once need no grace.
    sound(Rules { grace: 0, tabs: 1, ..USUAL });
}

#[test]
fn a_message_may_take_a_quarter_of_the_grace() {
    sound(Rules { grace: 8, flight: 2, ..USUAL });
    // And no longer. An answer *same* puts the parent back into the jar after its successor has
    // landed; another puts the successor back, while a request with the parent, which is old by
    // now, goes past it.
    breaks(HONEST, Rules { grace: 7, flight: 2, ..USUAL }, Code::REAL);
    breaks(HONEST, Rules { grace: 3, flight: 1, ..USUAL }, Code::REAL);
}

#[test]
fn time_at_the_server_counts_like_time_under_way() {
    sound(Rules { grace: 10, write: 1, read: 1, ..USUAL });
    // A refresh is given up when it has been held for half the grace. Two that are held almost as
    // long, one after the other, are enough to make a thief of a tab.
    let slow = Rules { grace: 5, read: 2, ..USUAL };
    breaks(HONEST, slow, Code::REAL);
    breaks(HONEST, Rules { same: Same::LeavesTheCookie, ..slow }, Code::REAL);
}

#[test]
fn half_the_grace_would_do_if_same_left_the_cookie_alone() {
    let rules = Rules { same: Same::LeavesTheCookie, ..USUAL };
    sound(Rules { grace: 5, flight: 2, ..rules });
    sound(Rules { grace: 7, flight: 3, ..rules });
    breaks(HONEST, Rules { grace: 4, flight: 2, ..rules }, Code::REAL);
}

#[test]
fn owner_and_thief_are_served_by_turns_at_most_once() {
    sound(Rules { thief: 1, ..USUAL });
    sound(Rules { thief: 2, tabs: 1, ..USUAL });
    sound(Rules { thief: 1, tabs: 1, skew: 1, ..USUAL });
    sound(Rules { thief: 1, tabs: 1, grace: 3, read: 1, write: 1, ..USUAL });
}

#[test]
fn without_late_retry_an_old_parent_is_reuse() {
    let strict = Rules { late_retry: LateRetry::Reuse, ..USUAL };
    let reliable = Rules { network: Network::Reliable, same: Same::LeavesTheCookie, ..strict };
    sound(Rules { thief: 1, ..reliable });
    // What it costs: a lost answer logs its owner out, and so does an answer *same* that is
    // overtaken and puts the parent back into the jar.
    breaks(HONEST, Rules { network: Network::Lossy, ..reliable }, Code::REAL);
    breaks(HONEST, Rules { same: Same::SetsTheCookie, ..reliable }, Code::REAL);
    // Even so, owner and thief are told apart.
    let others = [ONCE, OVER, NOTHING, TURNS, REFUSED, USABLE, STRICT];
    let alone = Rules { thief: 1, tabs: 1, ..strict };
    let explored = Explored::until(HasDiscoveries::AnyOf(others.into()), alone, Code::REAL, FAR);
    assert!(explored.found.keys().all(|property| *property == HONEST), "{:?}", explored.found.keys());
}

#[test]
fn the_same_with_numbers() {
    let depth = std::env::var("MODEL_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(16);
    for tabs in [2, 3] {
        let rules = Rules { tabs, thief: 1, names: Names::Kept, ..USUAL };
        let explored = Explored::to_depth(rules, Code::REAL, depth);
        explored.is_sound();
        assert_eq!(explored.depth, depth);
    }
}

/// Nobody should believe a property of what never happens.
#[test]
fn whatever_can_happen_does() {
    let checker = |rules| World::new(rules, Code::REAL).checker().spawn_bfs().join();
    let usual = checker(Rules { thief: 1, tabs: 1, ..USUAL });
    for what in [
        What::Same,
        What::AccessOnly,
        What::Advanced,
        What::AdvancedPast,
        What::Reuse,
        What::Refused,
        What::Outrun,
    ] {
        assert!(usual.model().tally.of(what) > 0, "{what:?}");
    }
    let slow = checker(Rules { tabs: 1, read: 3, ..USUAL });
    assert!(slow.model().tally.of(What::Overdue) > 0);
}
