//! Times, people, hashes, keys, and what the verbs are asked, in short.

use std::time::Duration;

use auth_core::store::{Change, Opening, Replacement, Rotation, SessionKey};
use auth_core::{
    AccountQuery, AccountState, Client, Credentials, Email, Name, NewUser, PasswordHash, Role, SecretHash,
    SessionId, Timestamp, User, UserId,
};

/// When every play begins: some day in 2027.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_123);

const DAY: i64 = 24 * 60 * 60;

/// So many seconds after the beginning; before it where negative.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + 1_000 * seconds)
}

/// The millisecond after.
pub(crate) fn just_after(time: Timestamp) -> Timestamp {
    time + Duration::from_millis(1)
}

/// The millisecond before.
pub(crate) fn just_before(time: Timestamp) -> Timestamp {
    time - Duration::from_millis(1)
}

/// The person of that number, who has a password.
pub(crate) fn person(number: u16) -> NewUser {
    NewUser {
        id: UserId::from_bytes(numbered(*b"user", number)),
        email: Email::parse(&format!("person-{number}@example.com")).expect("the address is a good one"),
        name: Name::parse(&format!("Person {number}")).expect("the name is a good one"),
        role: Role::ADMIN,
        password: hash(&format!("first-of-{number}")),
    }
}

/// The user that becomes of a new one who is created at the beginning.
pub(crate) fn user(new: &NewUser) -> User {
    let NewUser { id, email, name, role, .. } = new.clone();
    User { id, email, name, role, created_at: NOW, disabled_at: None }
}

/// The account of the person of that number, created at the beginning.
pub(crate) fn account(number: u16) -> Credentials {
    let new = person(number);
    Credentials { user: user(&new), password: Some(new.password) }
}

/// The user of that number, who is no admin.
pub(crate) fn plain_user(number: u16) -> User {
    User { role: Role::USER, ..user(&person(number)) }
}

/// A replacement of this person's first hash by the one of this text.
pub(crate) fn replacement(user: &NewUser, text: &str, keeps: SessionKey) -> Replacement {
    Replacement { user: user.id, verified: user.password.clone(), new: hash(text), keeps: keeps.id }
}

/// A change that puts an account out of use.
pub(crate) fn disabling() -> Change {
    Change { state: Some(AccountState::Disabled), ..Change::default() }
}

/// A change that puts an account into use.
pub(crate) fn enabling() -> Change {
    Change { state: Some(AccountState::Enabled), ..Change::default() }
}

/// A change that makes someone a plain user.
pub(crate) fn demoting() -> Change {
    Change { role: Some(Role::USER), ..Change::default() }
}

/// A change to the hash of this text.
pub(crate) fn with_password(text: &str) -> Change {
    Change { password: Some(hash(text)), ..Change::default() }
}

/// Something that looks like a hash, another one for each text.
pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA${text}/+"))
}

/// The session key of that number.
pub(crate) fn key(number: u16) -> SessionKey {
    let mut secret = [0xA5; 32];
    secret[..2].copy_from_slice(&number.to_be_bytes());
    SessionKey {
        id: SessionId::from_bytes(numbered(*b"sess", number)),
        secret: SecretHash::from_bytes(secret),
    }
}

/// The same session, and a secret that is not its own.
pub(crate) fn with_another_secret(key: SessionKey) -> SessionKey {
    let mut secret = *key.secret.as_bytes();
    secret[31] ^= 1;
    SessionKey { secret: SecretHash::from_bytes(secret), ..key }
}

fn numbered(what: [u8; 4], number: u16) -> [u8; 16] {
    let mut bytes = [0x42; 16];
    bytes[..4].copy_from_slice(&what);
    bytes[14..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// A login of this person: seven days, thirty at most, in place of no other session, with more room
/// than most plays need.
pub(crate) fn opening(user: &NewUser, key: SessionKey) -> Opening {
    Opening {
        key,
        user: user.id,
        verified: user.password.clone(),
        expires_at: at(7 * DAY),
        ends_at: at(30 * DAY),
        replaces: None,
        limit: 1_000,
        client: Client::default(),
    }
}

/// An advance from this generation, however recently the session was rotated.
pub(crate) fn advance(key: SessionKey, generation: u32) -> Rotation {
    Rotation { key, generation, parent: generation, settled_by: Timestamp::MAX, expires_at: at(8 * DAY) }
}

/// The first page of all accounts, of this size.
pub(crate) fn first(limit: u32) -> AccountQuery {
    AccountQuery { limit, ..AccountQuery::default() }
}
