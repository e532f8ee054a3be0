//! Accounts that come from another system.

use crate::actor::Actor;
use crate::audit;
use crate::clock::Timestamp;
use crate::error::{Error, Fault};
use crate::id::UserId;
use crate::list::AccountState;
use crate::model::{Credentials, User};
use crate::parts::Call;
use crate::store::{Creation, ManagedStore};
use crate::verbs::{Imported, ImportedAccount};

use super::known;

pub(crate) async fn import<S: ManagedStore>(
    auth: Call<'_, S>,
    actor: Actor,
    accounts: Vec<ImportedAccount>,
) -> Result<Vec<Imported>, Error> {
    let now = auth.clock.now();
    // Judged one by one, and written together: in `outcomes`, a `Created` is a hope until then.
    let mut outcomes = Vec::with_capacity(accounts.len());
    let mut good = Vec::with_capacity(accounts.len());
    for account in accounts {
        if let Some(refused) = judge(auth, &account) {
            outcomes.push(refused);
            continue;
        }
        let account = credentials(auth, account, now)?;
        outcomes.push(Imported::Created(account.user.id));
        good.push(account);
    }
    let mut written = auth.store.create(&good).await?.into_iter();
    let mut created = 0_usize;
    for outcome in &mut outcomes {
        let Imported::Created(_) = *outcome else { continue };
        match written.next().ok_or(Fault::Internal("the store told of less than it was asked"))? {
            Creation::Created => created += 1,
            Creation::EmailTaken => *outcome = Imported::AlreadyThere,
            Creation::IdTaken => *outcome = Imported::IdTaken,
        }
    }
    auth.tell(audit::users_imported(actor, created));
    Ok(outcomes)
}

/// Why an account cannot be created, as far as that can be told without the store.
fn judge<S>(auth: Call<'_, S>, account: &ImportedAccount) -> Option<Imported> {
    if known(&account.role, &auth.policy).is_err() {
        return Some(Imported::UnknownRole);
    }
    let usable = account.password.as_ref().is_none_or(|hash| auth.passwords.recognises(hash));
    (!usable).then_some(Imported::UnusableHash)
}

fn credentials<S>(auth: Call<'_, S>, account: ImportedAccount, now: Timestamp) -> Result<Credentials, Fault> {
    let ImportedAccount { id, email, name, role, password, created_at, state } = account;
    let created_at = created_at.unwrap_or(now);
    let id = match id {
        Some(id) => id,
        None => UserId::new(&auth.entropy.array()?, created_at),
    };
    let disabled_at = match state {
        AccountState::Enabled => None,
        AccountState::Disabled => Some(now),
    };
    Ok(Credentials { user: User { id, email, name, role, created_at, disabled_at }, password })
}
