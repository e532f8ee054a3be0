//! Sessions to rotate.

use std::error::Error;

use auth_core::store::{FirstAdmin, Opening, Rotation, SessionKey, SessionStore, UserStore};
use auth_core::{
    Client, Clock, Email, Name, NewUser, PasswordHash, Role, SecretHash, SessionId, SystemClock, Timestamp,
    UserId,
};
use auth_sea_orm::SeaOrmStore;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// A session as its only holder knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) key: SessionKey,
    pub(crate) generation: u32,
}

impl Session {
    /// The next step, as a refresh without a grace would ask for it.
    pub(crate) fn turn(&self, now: Timestamp) -> Rotation {
        Rotation {
            key: self.key,
            generation: self.generation,
            parent: self.generation,
            settled_by: now,
            expires_at: later(now, 1),
        }
    }
}

/// Opens that many in a database that has the tables and nobody in them.
pub(crate) async fn open(
    store: &SeaOrmStore,
    count: u8,
) -> Result<Vec<Session>, Box<dyn Error + Send + Sync>> {
    let now = SystemClock.now();
    let admin = NewUser {
        id: UserId::from_bytes([1; 16]),
        email: Email::parse("admin@example.com")?,
        name: Name::parse("Admin")?,
        role: Role::ADMIN,
        password: PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
    };
    if store.create_first_admin(&admin, now).await? == FirstAdmin::UsersExist {
        return Err("the database has somebody in it: give an empty one".into());
    }
    let mut sessions = Vec::new();
    for nth in 0..count {
        let key =
            SessionKey { id: SessionId::from_bytes([nth; 16]), secret: SecretHash::from_bytes([nth; 32]) };
        let opening = Opening {
            key,
            user: admin.id,
            verified: admin.password.clone(),
            expires_at: later(now, 1),
            ends_at: later(now, 4),
            replaces: None,
            limit: count.into(),
            client: Client::default(),
        };
        if !store.open(&opening, now).await?.is_opened() {
            return Err("a session was not opened".into());
        }
        sessions.push(Session { key, generation: 0 });
    }
    Ok(sessions)
}

fn later(now: Timestamp, weeks: i64) -> Timestamp {
    Timestamp::from_millis(now.millis() + weeks * WEEK)
}
