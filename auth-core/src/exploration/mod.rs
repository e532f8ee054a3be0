//! TODO docs
mod row;
mod state;
mod tally;
mod world;

use std::time::Instant;

use stateright::{Checker, Model};

use crate::policy::LateRetry;

use world::{Code, Names, Network, Rules, World};

const BASE: Rules = Rules {
    grace: 5,
    wire: 2,
    write: 0,
    read: 0,
    skew: 0,
    tabs: 2,
    thief: 0,
    network: Network::Lossy,
    late_retry: LateRetry::Allowed,
    names: Names::Renamed,
};

#[test]
fn spike() {
    fn quarter(a: crate::Timestamp, n: crate::Timestamp, p: &crate::Policy) -> bool { n.since(a) >= p.reuse_grace / 4 }
    let new = Code { is_overdue: quarter, ..Code::REAL };
    for (name, rules, code) in [
        ("R1 G2", Rules { grace: 2, wire: 1, ..BASE }, new),
        ("R1 G3", Rules { grace: 3, wire: 1, ..BASE }, new),
        ("R2 G4", Rules { grace: 4, wire: 2, ..BASE }, new),
        ("R2 G5", Rules { ..BASE }, new),
        ("R3 G5", Rules { wire: 3, ..BASE }, new),
        ("R3 G7", Rules { grace: 7, wire: 3, ..BASE }, new),
        ("R4 G7", Rules { grace: 7, wire: 4, ..BASE }, new),
        ("R2 G5 3", Rules { tabs: 3, ..BASE }, new),
        ("slow G9 R1", Rules { grace: 9, wire: 1, write: 1, read: 4, ..BASE }, new),
        ("slow G9 R1 half", Rules { grace: 9, wire: 1, write: 1, read: 4, ..BASE }, Code::REAL),
        ("slow G9 R0 half", Rules { grace: 9, wire: 0, write: 1, read: 4, ..BASE }, Code::REAL),
        ("slow G9 R2", Rules { grace: 9, wire: 2, write: 1, read: 4, ..BASE }, new),
        ("slow G9 R3", Rules { grace: 9, wire: 3, write: 1, read: 4, ..BASE }, new),
        ("skew G5", Rules { skew: 1, ..BASE }, new),
        ("skew G6", Rules { grace: 6, skew: 1, ..BASE }, new),
        ("skew G7", Rules { grace: 7, skew: 1, ..BASE }, new),
        ("thief tab1", Rules { thief: 1, tabs: 1, ..BASE }, new),
        ("thief G3", Rules { thief: 1, grace: 3, wire: 1, ..BASE }, new),
        ("thief2 G3", Rules { thief: 2, tabs: 1, grace: 3, wire: 1, ..BASE }, new),
    ] {
        let t = Instant::now();
        let c = World::new(rules, code).checker().threads(2).finish_when(stateright::HasDiscoveries::Any).timeout(std::time::Duration::from_secs(60)).spawn_bfs().join();
        eprintln!("{name}: unique {} all {} depth {} in {:?} {}", c.unique_state_count(), c.state_count(), c.max_depth(), t.elapsed(), c.model().tally);
        for (n, p) in c.discoveries() {
            eprintln!("  {n}: {:?}", p.last_state());
        }
    }
}
