//! Whether the clock tells who has an account: refused logins of six kinds, in random order.
//!
//! `cargo bench -p auth-core --bench refused_login [-- ROUNDS]` prints how long each kind took,
//! and for each pair that must look alike the area under the ROC curve: how often one of the first
//! kind takes longer than one of the second. One half is a coin; between 0.45 and 0.55 nobody
//! learns anything from a login. Whatever else the machine does falls on all kinds alike, because
//! each round takes all of them, in an order of its own.

#![allow(clippy::print_stdout, missing_docs, reason = "it is a program that prints a table")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use auth_core::store::{
    Reservation, Reserved, Settlement, StoreError, ThrottleKey, ThrottleStore, UserStore,
};
use auth_core::{
    Auth, Bootstrap, Email, Error, Login, MemoryStore, MemoryThrottle, Name, NewAdmin, Password,
    PasswordHash, Policy, Refusal, Role, ThrottlePolicy, Timestamp, User, UserId,
};
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "StrongPassword123!";
const WRONG: &str = "WrongPassword123!";

/// Enough that caches are warm, the threads have their memory, and the processor its speed.
const WARM_UP: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unknown,
    Wrong,
    Disabled,
    NoPassword,
    ThrottledUnknown,
    ThrottledKnown,
}

use Kind::{Disabled, NoPassword, ThrottledKnown, ThrottledUnknown, Unknown, Wrong};

const KINDS: [Kind; 6] = [Unknown, Wrong, Disabled, NoPassword, ThrottledUnknown, ThrottledKnown];

/// Those whose answers are the same to the byte.
const ALIKE: [(Kind, Kind); 7] = [
    (Unknown, Wrong),
    (Unknown, Disabled),
    (Unknown, NoPassword),
    (Wrong, Disabled),
    (Wrong, NoPassword),
    (Disabled, NoPassword),
    (ThrottledUnknown, ThrottledKnown),
];

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Unknown => "unknown address",
            Wrong => "wrong password",
            Disabled => "disabled account",
            NoPassword => "no password",
            ThrottledUnknown => "throttled, unknown",
            ThrottledKnown => "throttled, known",
        }
    }

    const fn address(self) -> &'static str {
        match self {
            Unknown => "nobody@example.com",
            Wrong => "wrong@example.com",
            Disabled => "disabled@example.com",
            NoPassword => "without@example.com",
            ThrottledUnknown => "noone@example.com",
            ThrottledKnown => "guessed@example.com",
        }
    }

    /// Of a disabled account even the right password is refused.
    const fn password(self) -> &'static str {
        match self {
            Disabled => PASSWORD,
            _ => WRONG,
        }
    }

    const fn is_throttled(self) -> bool {
        matches!(self, ThrottledUnknown | ThrottledKnown)
    }
}

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(300);
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime can be started");
    let counts = Counts::default();
    let auth = runtime.block_on(everybody(&counts));
    let mut times = [const { Vec::new() }; KINDS.len()];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..WARM_UP + rounds {
        for kind in dice.shuffled() {
            let time = refused_login(&runtime, &auth, &counts, kind);
            if round >= WARM_UP {
                times[kind as usize].push(time);
            }
        }
    }
    for times in &mut times {
        times.sort();
    }
    print(&times, rounds);
}

/// How long it takes to be refused. A login that counts is forgotten again, so that each begins
/// like the first.
fn refused_login(runtime: &Runtime, auth: &Auth<MemoryStore>, counts: &Counts, kind: Kind) -> Duration {
    let attempt = login(kind.address(), kind.password());
    let begun = Instant::now();
    let refused = runtime.block_on(auth.login(attempt));
    let time = begun.elapsed();
    match refused {
        Err(Error::Refused(Refusal::TooManyAttempts { .. })) if kind.is_throttled() => {}
        Err(Error::Refused(Refusal::InvalidCredentials)) if !kind.is_throttled() => {
            runtime.block_on(counts.forget_last());
        }
        other => panic!("{kind:?}: {other:?}"),
    }
    time
}

fn print(times: &[Vec<Duration>; KINDS.len()], rounds: usize) {
    println!(
        "{:18} {:>9} {:>9} {:>9} {:>9} {:>9}   milliseconds, {rounds} each",
        "", "p5", "p25", "median", "p75", "p95"
    );
    for kind in KINDS {
        let times = &times[kind as usize];
        let [p5, p25, p50, p75, p95] =
            [5, 25, 50, 75, 95].map(|percent| millis(times[(times.len() - 1) * percent / 100]));
        println!("{:18} {p5:9.4} {p25:9.4} {p50:9.4} {p75:9.4} {p95:9.4}", kind.name());
    }
    println!();
    for (one, other) in ALIKE {
        let area = area(&times[one as usize], &times[other as usize]);
        let verdict = if (0.45..=0.55).contains(&area) { "within" } else { "OUTSIDE" };
        println!("{:18} against {:18} AUC {area:.3}   {verdict} 0.45..0.55", one.name(), other.name());
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The area under the ROC curve, by Mann and Whitney: of all pairs, the share in which `one` is
/// longer; those of the same length count half. Both are sorted.
#[expect(clippy::cast_precision_loss, reason = "a count of rounds is small")]
fn area(one: &[Duration], other: &[Duration]) -> f64 {
    let wins = |time: &Duration| {
        let shorter = other.partition_point(|theirs| theirs < time);
        let not_longer = other.partition_point(|theirs| theirs <= time);
        (shorter + not_longer) as f64 / 2.0
    };
    one.iter().map(wins).sum::<f64>() / (one.len() * other.len()) as f64
}

/// Xorshift: an order that no schedule of the machine follows.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("it is below a usize")
    }

    fn shuffled(&mut self) -> [Kind; KINDS.len()] {
        let mut kinds = KINDS;
        for last in (1..kinds.len()).rev() {
            kinds.swap(last, self.below(last + 1));
        }
        kinds
    }
}

/// Counts as usual, and can take the last attempt back.
#[derive(Clone, Debug, Default)]
struct Counts {
    all: MemoryThrottle,
    last: Arc<Mutex<Option<ThrottleKey>>>,
}

impl Counts {
    async fn forget_last(&self) {
        let last = self.last.lock().expect("nobody panics here").take();
        let account = last.expect("it was counted").account;
        self.all.forget(&account).await.expect("memory");
    }
}

impl ThrottleStore for Counts {
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reserved, StoreError> {
        *self.last.lock().expect("nobody panics here") = Some(reservation.key);
        self.all.reserve(reservation, now).await
    }

    async fn postpone(&self, key: &ThrottleKey, opens_at: Timestamp) -> Result<(), StoreError> {
        self.all.postpone(key, opens_at).await
    }

    async fn settle(&self, key: &ThrottleKey, outcome: Settlement, now: Timestamp) -> Result<(), StoreError> {
        self.all.settle(key, outcome, now).await
    }

    async fn forget(&self, account: &[u8; 32]) -> Result<bool, StoreError> {
        self.all.forget(account).await
    }

    async fn sweep_throttle(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.all.sweep_throttle(before, limit).await
    }
}

/// All whom the kinds are about; the throttled have used up their free failures.
async fn everybody(counts: &Counts) -> Auth<MemoryStore> {
    let store = MemoryStore::new();
    let throttle = ThrottlePolicy {
        first_wait: Duration::from_hours(24),
        longest_wait: Duration::from_hours(24),
        ..ThrottlePolicy::default()
    };
    let policy = Policy { bootstrap: Bootstrap::Open, throttle, ..Policy::default() };
    let auth = Auth::builder(store.clone())
        .random_secrets()
        .policy(policy)
        .throttle(counts.clone())
        .build()
        .expect("strong secrets");
    let admin = login("admin@example.com", PASSWORD);
    let name = Name::parse("Admin").expect("a good name");
    let admin_email = admin.email.clone();
    auth.bootstrap(NewAdmin::new(admin.email, admin.password, name)).await.expect("the store is empty");
    let credentials = store.credentials(&admin_email).await.expect("memory");
    let hash = credentials.and_then(|held| held.password);
    put(&store, 1, Wrong, hash.clone(), None);
    put(&store, 2, Disabled, hash.clone(), Some(Timestamp::from_millis(0)));
    put(&store, 3, NoPassword, None, None);
    put(&store, 4, ThrottledKnown, hash, None);
    for kind in [ThrottledUnknown, ThrottledKnown] {
        for _ in 0..5 {
            let refused = auth.login(login(kind.address(), kind.password())).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::InvalidCredentials))));
        }
    }
    auth
}

fn put(
    store: &MemoryStore,
    number: u8,
    kind: Kind,
    password: Option<PasswordHash>,
    disabled_at: Option<Timestamp>,
) {
    let user = User {
        id: UserId::from_bytes([number; 16]),
        email: email(kind.address()),
        name: Name::parse("Someone").expect("a good name"),
        role: Role::USER,
        created_at: Timestamp::from_millis(0),
        disabled_at,
    };
    store.put_user(user, password);
}

fn email(address: &str) -> Email {
    Email::parse(address).expect("a good address")
}

fn login(address: &str, password: &str) -> Login {
    Login::new(email(address), Password::parse(password).expect("a password"))
}
