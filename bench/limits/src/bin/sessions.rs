//! Sessions that began evenly over the last week, made by the library itself, so that a server with the
//! same secrets takes their tokens. A line for each: the row's id, user, secret, beginning and two ends,
//! then the address and the refresh token.
//!
//! The secrets come from the environment, as the server's do.
#![expect(clippy::print_stdout, reason = "the sessions are its output")]

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use auth_core::{
    Argon2Cost, Auth, Bootstrap, Clock, Email, Hashing, Login, Name, NewAdmin, Password, Policy, SystemClock,
    Timestamp,
};
use clap::Parser;
use limits::recorder::{Recorder, address};

/// Prints sessions of people who are spread over all there are.
#[derive(Parser)]
struct Arguments {
    /// How many sessions.
    #[arg(long)]
    sessions: u32,
    /// How many people there are.
    #[arg(long)]
    users: u64,
}

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;
/// A session of a week ago must live for some hours yet.
const SPARE: i64 = WEEK / 10;

/// What the clock shows is set before each login.
#[derive(Clone, Debug, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let Arguments { sessions, users } = Arguments::parse();
    let now = SystemClock.now().millis();
    let hands = Hands::default();
    let auth = Auth::builder(Recorder::default())
        .access_secret(std::env::var("JWT_ACCESS_SECRET")?)
        .refresh_secret(std::env::var("JWT_REFRESH_SECRET")?)
        .hashing(Hashing { cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 }, ..Hashing::default() })
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .clock(hands.clone())
        .build()?;
    let password = Password::parse("StrongPassword123!")?;
    let admin = NewAdmin::new(Email::parse(&address(0))?, password.clone(), Name::parse("Admin")?);
    auth.bootstrap(admin).await?;

    for nth in 0..sessions {
        let began = now - WEEK + SPARE + i64::from(nth) * (WEEK - SPARE) / i64::from(sessions);
        hands.0.store(began, Ordering::Relaxed);
        let email = address(u64::from(nth) * users / u64::from(sessions));
        let login = auth.login(Login::new(Email::parse(&email)?, password.clone())).await?;
        let row = auth.store().opened().ok_or("a login opens a session")?;
        let (id, user) = (hex(&row.key.id.to_bytes()), hex(&row.user.to_bytes()));
        let secret = hex(row.key.secret.as_bytes());
        let (expires, ends) = (row.expires_at.millis(), row.ends_at.millis());
        let token = login.refresh.token;
        println!("{id}\t{user}\t\\\\x{secret}\t{began}\t{expires}\t{ends}\t{email}\t{}", token.expose());
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("memory can be written to");
        text
    })
}
