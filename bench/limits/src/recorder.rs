//! A store that has everybody and keeps nothing but the last session that was opened.

use std::sync::Mutex;

use auth_core::store::{
    FirstAdmin, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError, UserStore,
};
use auth_core::{
    Credentials, Email, EndReason, NewUser, PasswordHash, SessionId, SessionRecord, Timestamp, User, UserId,
};

/// The address of person `number`.
pub fn address(number: u64) -> String {
    format!("user{number}@example.com")
}

/// Its people all have the password of the first admin; the id of each is their number.
#[derive(Debug, Default)]
pub struct Recorder {
    admin: Mutex<Option<NewUser>>,
    opened: Mutex<Option<Opening>>,
}

impl Recorder {
    /// The session that was opened last.
    pub fn opened(&self) -> Option<Opening> {
        self.opened.lock().expect("nobody panics").take()
    }
}

impl UserStore for Recorder {
    async fn any_user(&self) -> Result<bool, StoreError> {
        Ok(self.admin.lock().expect("nobody panics").is_some())
    }

    async fn create_first_admin(&self, new: &NewUser, _now: Timestamp) -> Result<FirstAdmin, StoreError> {
        *self.admin.lock().expect("nobody panics") = Some(new.clone());
        Ok(FirstAdmin::Created)
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let number = email.as_str().trim_start_matches("user").split_once('@');
        let number: Option<u128> = number.and_then(|(number, _)| number.parse().ok());
        let admin = self.admin.lock().expect("nobody panics").clone();
        Ok(admin.zip(number).map(|(admin, number)| Credentials {
            user: User {
                id: UserId::from_bytes(number.to_be_bytes()),
                email: email.clone(),
                name: admin.name,
                role: admin.role,
                created_at: Timestamp::from_millis(0),
                disabled_at: None,
            },
            password: Some(admin.password),
        }))
    }

    async fn rehash(&self, _: UserId, _: &PasswordHash, _: &PasswordHash) -> Result<bool, StoreError> {
        Ok(false)
    }
}

impl SessionStore for Recorder {
    async fn open(&self, opening: &Opening, _now: Timestamp) -> Result<Opened, StoreError> {
        *self.opened.lock().expect("nobody panics") = Some(opening.clone());
        Ok(Opened::Opened { ended: Vec::new() })
    }

    async fn rotate(&self, _: &Rotation, _: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        Ok(None)
    }

    async fn find(&self, _: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        Ok(None)
    }

    async fn end(&self, _: &SessionKey, _: EndReason, _: Timestamp) -> Result<Option<UserId>, StoreError> {
        Ok(None)
    }

    async fn sweep(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}
