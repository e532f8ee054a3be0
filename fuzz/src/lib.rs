//! What the targets share: a system in which nothing is random, so that an input that breaks
//! something breaks it again.
//!
//! Time stands still and the randomness is a count, so the system and its tokens are the same in
//! every run. Whatever a target finds wrong, it panics about.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use auth_core::{
    Argon2Cost, Auth, Bootstrap, Clock, Email, Entropy, EntropyError, Hashing, LoggedIn, Login, MemoryStore,
    Name, NewAdmin, Password, PasswordHash, Policy, Role, Timestamp, User, UserId,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::runtime::{Builder, Runtime};

/// The address of the one account.
pub const EMAIL: &str = "admin@example.com";
/// Its password. No input has it, unless the target puts it there.
pub const PASSWORD: &str = "nine quiet lanterns over Zagreb";
/// Signs access tokens.
pub const ACCESS_SECRET: &str = "T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW";
/// Seals refresh tokens.
pub const REFRESH_SECRET: &str = "n4kJ0aVdB7wFhXo2PZs5mRtYgLc8UeQi";
/// The time, in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;

/// A system with one admin who is logged in.
pub struct World {
    /// The door.
    pub auth: Auth<MemoryStore>,
    /// Where it all is.
    pub store: MemoryStore,
    /// The admin's session.
    pub session: LoggedIn,
}

impl World {
    /// The admin, logged in: always with the same tokens.
    pub fn new() -> Self {
        let store = MemoryStore::new();
        let auth = auth(store.clone());
        put_user(&store, EMAIL, hash());
        let password = Password::parse(PASSWORD).expect("a password");
        let login = Login::new(Email::parse(EMAIL).expect("an address"), password);
        let session = wait(auth.login(login)).expect("the password is right");
        Self { auth, store, session }
    }

    /// The access token of the admin.
    pub fn access(&self) -> &str {
        self.session.access_token.expose()
    }

    /// The refresh token of the admin.
    pub fn refresh(&self) -> &str {
        self.session.refresh.token.expose()
    }

    /// Insists that the admin's session lives, and that its refresh token still is the current one.
    pub fn insist_that_the_session_lives(&self) {
        wait(self.auth.me(self.access())).expect("the session lives");
        let renewed = wait(self.auth.refresh(self.refresh())).expect("the refresh token is good");
        assert!(renewed.refresh.is_some(), "nothing was consumed");
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// An [`Auth`] over `store` that hashes as cheaply as can be, at a time that stands still.
pub fn auth(store: MemoryStore) -> Auth<MemoryStore> {
    Auth::builder(store)
        .access_secret(ACCESS_SECRET)
        .refresh_secret(REFRESH_SECRET)
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .hashing(Hashing {
            cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
            threads: NonZeroUsize::MIN,
            queue: 64,
        })
        .clock(Stopped)
        .entropy(Count::default())
        .build()
        .expect("the secrets are strong")
}

/// Puts an admin with this hash in.
pub fn put_user(store: &MemoryStore, email: &str, hash: PasswordHash) {
    let user = User {
        id: UserId::from_bytes([7; 16]),
        email: Email::parse(email).expect("an address"),
        name: Name::parse("Admin").expect("a name"),
        role: Role::ADMIN,
        created_at: Timestamp::from_millis(0),
        disabled_at: None,
    };
    store.put_user(user, Some(hash));
}

/// Waits for what will be answered.
pub fn wait<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Builder::new_current_thread().build().expect("a runtime can be started"))
        .block_on(future)
}

/// Signs header and claims, whatever they are, as an issuer with our key would.
pub fn signed(header: &[u8], claims: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mac = mac(ACCESS_SECRET).chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// Seals the first 37 bytes of a refresh token, whatever they are, as a server with our key would.
pub fn sealed(body: &[u8; 37]) -> String {
    let mac = mac(REFRESH_SECRET).chain_update(b"auth-core refresh token 1\0").chain_update(body);
    let mut bytes = body.to_vec();
    bytes.extend_from_slice(&mac.finalize().into_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `text` with bytes of it replaced, three bytes of input for each: where (two), and by what.
/// `None` where that is no text any more.
pub fn edited(text: &str, edits: &[u8]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % bytes.len();
        bytes[at] = edit[2];
    }
    String::from_utf8(bytes).ok()
}

fn mac(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length")
}

/// The hash of [`PASSWORD`], made once.
fn hash() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    let make = || {
        let (store, email) = (MemoryStore::new(), Email::parse(EMAIL).expect("an address"));
        let password = Password::parse(PASSWORD).expect("a password");
        let admin = NewAdmin::new(email.clone(), password, Name::parse("Admin").expect("a name"));
        wait(auth(store.clone()).bootstrap(admin)).expect("the store is empty");
        let found = wait(auth_core::store::UserStore::credentials(&store, &email));
        found.expect("memory").expect("the admin").password.expect("a hash")
    };
    HASH.get_or_init(make).clone()
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOW * 1_000)
    }
}

/// No two fills are the same, and every run has the same ones.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Entropy for Count {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let n =
                self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&n.to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
