//! The verbs for people.

use auth_core::store::{FirstAdmin, StoreError, UserStore};
use auth_core::{Credentials, Email, NewUser, PasswordHash, Timestamp, User, UserId};

use crate::{Notebook, Page, page_of};

impl UserStore for Notebook {
    async fn any_user(&self) -> Result<bool, StoreError> {
        Ok(!self.open().is_empty())
    }

    async fn create_first_admin(&self, new: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        // Not `if self.any_user().await? { … }`: between that answer and our writing, forty-nine
        // others could get the same answer.
        let mut pages = self.open();
        if !pages.is_empty() {
            return Ok(FirstAdmin::UsersExist);
        }
        let NewUser { id, email, name, role, password } = new.clone();
        let user = User { id, email, name, role, created_at: now, disabled_at: None };
        pages.push(Page { user, password: Some(password), visits: Vec::new() });
        Ok(FirstAdmin::Created)
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        // An `Email` is normalised already, so comparing it is enough.
        let pages = self.open();
        let page = pages.iter().find(|page| page.user.email == *email);
        Ok(page.map(|page| Credentials { user: page.user.clone(), password: page.password.clone() }))
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        let mut pages = self.open();
        let Some(page) = page_of(&mut pages, user) else { return Ok(false) };
        match &mut page.password {
            // Only the hash that was verified may be replaced; if the password was changed
            // meanwhile, this would bring the old one back.
            Some(current) if current.same_as(old) => {
                *current = new.clone();
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
