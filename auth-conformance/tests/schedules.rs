//! The rotation protocol on the memory store, over many schedules.

use auth_conformance::schedules;
use auth_core::MemoryStore;

const CASES: u32 = 500;

async fn fresh() -> MemoryStore {
    MemoryStore::new()
}

#[test]
fn no_honest_schedule_ends_the_session() {
    schedules::honest_sessions_live_on(fresh, CASES);
}

#[test]
fn owner_and_thief_are_served_by_turns_at_most_once() {
    schedules::owner_and_thief_part(fresh, CASES);
}

#[test]
fn every_answer_and_every_row_follow_the_table() {
    schedules::every_answer_follows_the_table(fresh, CASES);
}
