//! Whether the clock tells who has an account: refused logins of three kinds, by turns.
//!
//! `cargo bench -p auth-core --bench refused_login [-- ROUNDS]` prints how long each kind took.
//! The kinds are taken in another order each round, so that whatever else the machine does falls
//! on all of them alike.

#![allow(clippy::print_stdout, missing_docs, reason = "it is a program that prints a table")]

use std::time::{Duration, Instant};

use auth_core::{
    Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy, Role, Timestamp, User,
    UserId,
};
use tokio::runtime::Builder;

const PASSWORD: &str = "StrongPassword123!";
const KINDS: [(&str, &str, &str); 3] = [
    ("wrong password", "admin@example.com", "WrongPassword123!"),
    ("unknown email", "nobody@example.com", PASSWORD),
    ("no password", "without@example.com", PASSWORD),
];

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(300);
    let runtime = Builder::new_current_thread().build().expect("a runtime can be started");
    let auth = runtime.block_on(two_accounts());
    let mut times = [const { Vec::new() }; KINDS.len()];
    for round in 0..rounds {
        for turn in 0..KINDS.len() {
            let kind = (round + turn) % KINDS.len();
            let (_, address, password) = KINDS[kind];
            let attempt = login(address, password);
            let begun = Instant::now();
            let refused = runtime.block_on(auth.login(attempt));
            times[kind].push(begun.elapsed());
            assert!(refused.is_err());
        }
    }
    println!(
        "{:16} {:>8} {:>8} {:>8} {:>8} {:>8}   milliseconds, {rounds} each",
        "", "p5", "p25", "p50", "p75", "p95"
    );
    for ((kind, ..), times) in KINDS.iter().zip(&mut times) {
        times.sort();
        let row = [5, 25, 50, 75, 95].map(|percent| millis(times[(times.len() - 1) * percent / 100]));
        println!("{kind:16} {:8.2} {:8.2} {:8.2} {:8.2} {:8.2}", row[0], row[1], row[2], row[3], row[4]);
    }
    println!(
        "largest distance between two distributions (Kolmogorov-Smirnov): {:.3}",
        largest_distance(&times)
    );
    println!("expected below {:.3} in 95 of 100 runs if they are the same", critical(rounds));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a count of rounds is small")]
fn largest_distance(sorted: &[Vec<Duration>]) -> f64 {
    let share = |times: &[Duration], at: Duration| {
        times.partition_point(|time| *time <= at) as f64 / times.len() as f64
    };
    let pairs = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| (&sorted[a], &sorted[b]));
    let distance = |a: &[Duration], b: &[Duration]| {
        a.iter().chain(b).map(|at| (share(a, *at) - share(b, *at)).abs()).fold(0.0, f64::max)
    };
    pairs.into_iter().map(|(a, b)| distance(a, b)).fold(0.0, f64::max)
}

/// The two-sample test's bound at 5 %, made stricter for three comparisons at once.
#[expect(clippy::cast_precision_loss, reason = "a count of rounds is small")]
fn critical(rounds: usize) -> f64 {
    (-0.5 * (0.05_f64 / 3.0 / 2.0).ln()).sqrt() * (2.0 / rounds as f64).sqrt()
}

/// The admin, who has a password, and someone who has none.
async fn two_accounts() -> Auth<MemoryStore> {
    let store = MemoryStore::new();
    let policy = Policy { bootstrap: Bootstrap::Open, ..Policy::default() };
    let auth = Auth::builder(store.clone()).random_secrets().policy(policy).build().expect("strong secrets");
    let name = Name::parse("Admin").expect("a good name");
    let Login { email, password, .. } = login("admin@example.com", PASSWORD);
    auth.bootstrap(NewAdmin::new(email, password, name.clone())).await.expect("the store is empty");
    let without = User {
        id: UserId::from_bytes([1; 16]),
        email: Email::parse("without@example.com").expect("a good address"),
        name,
        role: Role::USER,
        created_at: Timestamp::from_millis(0),
        disabled_at: None,
    };
    store.put_user(without, None);
    auth
}

fn login(address: &str, password: &str) -> Login {
    let email = Email::parse(address).expect("a good address");
    Login::new(email, Password::parse(password).expect("a password"))
}
