//! The rotation protocol under random schedules: tabs, lost answers, a thief, a clock that steps,
//! a store that fails.
//!
//! Each property draws schedules at random and plays them through the real
//! [`Auth`](auth_core::Auth) on the store under test. A schedule that breaks the property is
//! shrunk to a short one and shown.
//!
//! ```
//! use auth_conformance::schedules;
//! use auth_core::MemoryStore;
//!
//! schedules::honest_sessions_live_on(|| async { MemoryStore::new() }, 10);
//! schedules::owner_and_thief_part(|| async { MemoryStore::new() }, 10);
//! schedules::every_answer_follows_the_table(|| async { MemoryStore::new() }, 10);
//! ```

mod chaos;
mod honest;
mod table;
mod thief;
mod world;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::harness::{FreshStore, Harness};
use crate::race::runtime;

use world::World;

/// No honest schedule ends the session: one cookie jar, any number of tabs, bursts and sleeps, a
/// quarter of the answers lost, a store that fails now and then, a clock that steps back, and
/// every message in flight less than a quarter of the grace.
pub fn honest_sessions_live_on<F>(fresh: impl FnOnce() -> F, cases: u32)
where
    F: Future<Output: FreshStore<Harness: Harness>>,
{
    play(fresh, cases, honest::schedule(), &honest::play);
}

/// Once owner and thief hold different tokens and the grace is over, they are served by turns at
/// most once; then the session ends, and stays ended for both.
pub fn owner_and_thief_part<F>(fresh: impl FnOnce() -> F, cases: u32)
where
    F: Future<Output: FreshStore<Harness: Harness>>,
{
    play(fresh, cases, thief::schedule(), &thief::play);
}

/// Whatever is presented, at whatever time, the answer and the row afterwards are those of the
/// table: one generation is current at any instant, an ended session never comes back, a user who
/// is disabled is refused, and a failed call leaves the token good.
pub fn every_answer_follows_the_table<F>(fresh: impl FnOnce() -> F, cases: u32)
where
    F: Future<Output: FreshStore<Harness: Harness>>,
{
    play(fresh, cases, chaos::schedule(), &chaos::play);
}

/// Plays `cases` schedules on one store, each with a user and a session of its own.
fn play<F, S>(
    fresh: impl FnOnce() -> F,
    cases: u32,
    schedules: S,
    scene: &impl AsyncFn(&World<<F::Output as FreshStore>::Harness>, S::Value) -> Result<(), TestCaseError>,
) where
    F: Future<Output: FreshStore<Harness: Harness>>,
    S: Strategy<Value: Debug>,
{
    let runtime = runtime();
    let Some(harness) = runtime.block_on(async { fresh().await.available() }) else { return };
    let world = runtime.block_on(World::new(harness));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let played =
        TestRunner::new(config).run(&schedules, |schedule| runtime.block_on(scene(&world, schedule)));
    match played {
        Ok(()) => {}
        Err(TestError::Fail(why, schedule)) => {
            panic!("{why}\nthe shortest schedule that shows it: {schedule:#?}")
        }
        Err(TestError::Abort(why)) => panic!("no schedule could be drawn: {why}"),
    }
}
