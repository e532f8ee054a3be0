//! The verbs for people who log in.

use auth_core::store::{FirstAdmin, StoreError, UserStore};
use auth_core::{Credentials, Email, NewUser, PasswordHash, Timestamp, User, UserId};

use crate::flaw::Flaw;
use crate::store::Mutant;

impl UserStore for Mutant {
    async fn any_user(&self) -> Result<bool, StoreError> {
        Ok(!self.tables().users.is_empty())
    }

    async fn create_first_admin(&self, new: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        let overlooks = self.has(Flaw::BootstrapOverlooksDisabled);
        let counts = |held: &Credentials| !overlooks || held.user.disabled_at.is_none();
        let created = self.write_if(
            Flaw::BootstrapInTwoSteps,
            |tables| !tables.users.iter().any(counts),
            |tables| {
                let NewUser { id, email, name, role, password } = new.clone();
                let user = User { id, email, name, role, created_at: now, disabled_at: None };
                tables.users.push(Credentials { user, password: Some(password) });
            },
        );
        Ok(created.await.map_or(FirstAdmin::UsersExist, |()| FirstAdmin::Created))
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let pattern = self.has(Flaw::CredentialsByPattern);
        let found = |held: &Credentials| {
            held.user.email == *email || (pattern && held.user.email.as_str().starts_with(email.as_str()))
        };
        Ok(self.tables().users.iter().find(|held| found(held)).cloned())
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let any = self.has(Flaw::RehashWithoutOld);
        let written = self.write_if(
            Flaw::RehashInTwoSteps,
            |tables| {
                let held = tables.user(user).and_then(|held| held.password.as_ref());
                held.is_some_and(|hash| any || hash.same_as(old))
            },
            |tables| tables.user(user).map(|held| held.password = Some(new.clone())),
        );
        Ok(written.await.is_some())
    }
}
