//! Stored password hashes: an account whose hash is the input, and a login to it.

#![no_main]

use std::time::{Duration, Instant};

use auth_core::{Email, Error, Login, MemoryStore, Password, PasswordHash, Refusal};
use auth_fuzz::{EMAIL, auth, put_user, wait};
use libfuzzer_sys::fuzz_target;

/// The password of the hashes among the seeds.
const PASSWORD: &str = "correct horse battery staple";
/// Work below this is done at once, even in a build that counts every branch.
const CHEAP: u64 = 20_000;
/// Work beyond this is beyond the ceiling of every kind.
const BEYOND: u64 = 1 << 32;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    if (CHEAP..BEYOND).contains(&work(text)) {
        // It may well be allowed, and takes the second that it is meant to take.
        return;
    }
    // A system for each input: failures are counted, and sessions are kept.
    let store = MemoryStore::new();
    let auth = auth(store.clone());
    put_user(&store, EMAIL, PasswordHash::new(text));
    let password = Password::parse(PASSWORD).expect("a password");
    let began = Instant::now();
    let answer = wait(auth.login(Login::new(Email::parse(EMAIL).expect("an address"), password)));
    assert!(began.elapsed() < Duration::from_secs(5), "{text:?} was obeyed for {:?}", began.elapsed());
    assert!(
        matches!(answer, Ok(_) | Err(Error::Refused(Refusal::InvalidCredentials))),
        "{text:?}: {answer:?}"
    );
});

/// About how much work a hash asks for: the product of all numbers that stand alone in it, of which
/// those of bcrypt and `ln` are exponents.
fn work(text: &str) -> u64 {
    let fields = text.split(['$', ',', '=']);
    let is_exponent = text.contains("ln=") || text.contains("$2");
    fields
        .filter(|field| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|field| field.parse::<u64>().unwrap_or(u64::MAX).max(1))
        .map(|number| if is_exponent && number < 64 { 1 << number } else { number })
        .fold(1, u64::saturating_mul)
}
