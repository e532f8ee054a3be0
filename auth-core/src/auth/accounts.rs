//! [`Accounts`]: the door for whoever manages accounts.

use std::fmt;

use crate::actor::Actor;
use crate::email::Email;
use crate::error::Error;
use crate::event::{EventPage, EventQuery};
use crate::flow;
use crate::flow::accounts as account_flow;
use crate::id::{SessionId, UserId};
use crate::list::{AccountPage, AccountQuery};
use crate::model::{LiveSession, User};
use crate::parts::Call;
use crate::store::{EventStore, ManagedStore};
use crate::verbs::{AccountChange, Imported, ImportedAccount, NewAccount};

/// The accounts of a system, in the hands of someone who may manage them: an admin, from
/// [`Auth::as_admin`](super::Auth::as_admin), or the operator, from
/// [`Auth::as_operator`](super::Auth::as_operator). The audit log says which.
///
/// What is done takes effect at once, on every instance: on `refresh`, on `me`, and on whatever
/// asks [`Auth::authenticate_current`](super::Auth::authenticate_current). An access token that is
/// verified without asking the store stays good until it expires.
///
/// ```
/// use auth_core::{AccountChange, AccountState, Auth, Email, MemoryStore, Name, NewAccount, Password, Role};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
/// let accounts = auth.as_operator();
///
/// let colleague = accounts
///     .create(NewAccount {
///         email: Email::parse("ann@example.com")?,
///         name: Name::parse("Ann")?,
///         role: Role::USER,
///         password: Password::parse("correct horse battery")?,
///     })
///     .await?;
///
/// let leave = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
/// assert!(accounts.change(colleague.id, leave).await?.disabled_at.is_some());
/// # Ok(()) }
/// ```
pub struct Accounts<'a, S> {
    call: Call<'a, S>,
    actor: Actor,
}

impl<'a, S> Accounts<'a, S> {
    pub(super) fn new(call: Call<'a, S>, actor: Actor) -> Self {
        Self { call, actor }
    }
}

impl<S: ManagedStore> Accounts<'_, S> {
    /// Creates an account.
    ///
    /// # Errors
    ///
    /// [`Refusal::EmailTaken`](crate::Refusal::EmailTaken) where another account has the address, and
    /// [`Refusal::Unacceptable`](crate::Refusal::Unacceptable) where the role is none of this
    /// system's or the password breaks the rules for new ones.
    pub async fn create(&self, account: NewAccount) -> Result<User, Error> {
        account_flow::create(self.call, self.actor, account).await
    }

    /// Creates accounts that come from another system, with the password hashes they have there;
    /// says for each, in their order, what became of it. The next login with the right password
    /// replaces a hash by one of today's kind.
    ///
    /// All are written in one step, so a batch that fails can be given again as it is.
    ///
    /// # Errors
    ///
    /// Faults only; what cannot be created is told one by one.
    pub async fn import(&self, accounts: Vec<ImportedAccount>) -> Result<Vec<Imported>, Error> {
        account_flow::import(self.call, self.actor, accounts).await
    }

    /// The account with this id.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is none.
    pub async fn find(&self, id: UserId) -> Result<User, Error> {
        account_flow::find(self.call, id).await
    }

    /// The account with this address.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub async fn find_by_email(&self, email: &Email) -> Result<User, Error> {
        account_flow::find_by_email(self.call, email).await
    }

    /// A page of the accounts that the query asks for, the newest first.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unacceptable`](crate::Refusal::Unacceptable) where the limit is zero or more
    /// than [`AccountQuery::MAX_LIMIT`], or the role is none of this system's.
    pub async fn list(&self, query: &AccountQuery) -> Result<AccountPage, Error> {
        account_flow::list(self.call, query).await
    }

    /// Changes what the change names, all in one step, and returns the account after it.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is no such account,
    /// [`Refusal::LastAdmin`](crate::Refusal::LastAdmin) where no enabled admin would be left, and
    /// [`Refusal::Unacceptable`](crate::Refusal::Unacceptable) as for [`create`](Self::create).
    pub async fn change(&self, id: UserId, change: AccountChange) -> Result<User, Error> {
        account_flow::change(self.call, self.actor, id, change).await
    }

    /// Deletes the account and all its sessions.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is no such account, and
    /// [`Refusal::LastAdmin`](crate::Refusal::LastAdmin) where no enabled admin would be left.
    pub async fn delete(&self, id: UserId) -> Result<(), Error> {
        account_flow::delete(self.call, self.actor, id).await
    }

    /// Lets an account whose password was guessed too often try again at once, and says whether
    /// anything was counted.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is no such account.
    pub async fn unlock(&self, id: UserId) -> Result<bool, Error> {
        account_flow::unlock(self.call, self.actor, id).await
    }

    /// The live sessions of an account, the latest login first.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is no such account.
    pub async fn sessions(&self, id: UserId) -> Result<Vec<LiveSession>, Error> {
        account_flow::sessions(self.call, id).await
    }

    /// Ends one session of an account.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where it has no such live session.
    pub async fn end_session(&self, id: UserId, session: SessionId) -> Result<(), Error> {
        account_flow::end_session(self.call, self.actor, id, session).await
    }

    /// Ends all sessions of an account, and says how many.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](crate::Refusal::NotFound) where there is no such account.
    pub async fn end_sessions(&self, id: UserId) -> Result<u64, Error> {
        account_flow::end_sessions(self.call, self.actor, id).await
    }
}

impl<S: EventStore> Accounts<'_, S> {
    /// A page of what happened, the latest first.
    ///
    /// ```
    /// # use auth_core::{Auth, EventQuery, MemoryStore, SessionId};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
    /// # let session: SessionId = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f".parse()?;
    /// // Why was this person logged out?
    /// let page = auth.as_operator().events(&EventQuery::about(session)).await?;
    /// for event in page.events {
    ///     println!("{} {:?}", event.kind, event.cause);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refusal::Unacceptable`](crate::Refusal::Unacceptable) where the limit is zero or more
    /// than [`EventQuery::MAX_LIMIT`].
    pub async fn events(&self, query: &EventQuery) -> Result<EventPage, Error> {
        flow::events(self.call, query).await
    }
}

impl<S> fmt::Debug for Accounts<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("actor", &self.actor).finish_non_exhaustive()
    }
}
