//! An import that writes nothing: what the store holds is looked up, and the rest is played in
//! memory by the very same verb.

use auth_core::store::ManagedStore;
use auth_core::{Accounts, Auth, Error, Imported, ImportedAccount, MemoryStore, Policy, Refusal, User};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::run::Stopped;

/// A rehearsal of one batch.
///
/// It sees what is in the store and in its batch. It does not see an id that comes twice in
/// different batches, nor an account that someone else creates meanwhile: those, the import itself
/// meets and tells.
pub(super) struct Rehearsal<'a, S> {
    accounts: &'a Accounts<'a, S>,
    policy: &'a Policy,
}

impl<'a, S: ManagedStore> Rehearsal<'a, S> {
    pub(super) fn new(accounts: &'a Accounts<'a, S>, policy: &'a Policy) -> Self {
        Self { accounts, policy }
    }

    /// What the import of this batch would answer.
    pub(super) async fn import(&self, batch: Vec<ImportedAccount>) -> Result<Vec<Imported>, Stopped> {
        let mut held = Vec::with_capacity(batch.len());
        for account in &batch {
            held.push(self.held(account).await?);
        }
        let stage = Auth::builder(MemoryStore::new())
            .random_secrets()
            .policy(self.policy.clone())
            .hashing(auth_core::Hashing { threads: std::num::NonZeroUsize::MIN, ..Default::default() })
            .build()?;
        // The log is about what happened, and this does not.
        let played = stage.as_operator().import(batch).with_subscriber(NoSubscriber::default()).await?;
        let outcomes = played.into_iter().zip(held).map(|(played, held)| match played {
            Imported::Created(_) => held.unwrap_or(played),
            Imported::AlreadyThere | Imported::IdTaken | Imported::UnusableHash | Imported::UnknownRole => {
                played
            }
        });
        Ok(outcomes.collect())
    }

    /// What keeps the store from creating this account.
    async fn held(&self, account: &ImportedAccount) -> Result<Option<Imported>, Error> {
        if found(self.accounts.find_by_email(&account.email).await)?.is_some() {
            return Ok(Some(Imported::AlreadyThere));
        }
        let Some(id) = account.id else { return Ok(None) };
        Ok(found(self.accounts.find(id).await)?.map(|_| Imported::IdTaken))
    }
}

fn found(answer: Result<User, Error>) -> Result<Option<User>, Error> {
    match answer {
        Ok(user) => Ok(Some(user)),
        Err(Error::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}
