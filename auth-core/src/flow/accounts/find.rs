//! Accounts, one or many, as they are.

use crate::email::Email;
use crate::error::{Error, Flaw, Refusal};
use crate::id::UserId;
use crate::list::{AccountPage, AccountQuery, Cursor};
use crate::model::User;
use crate::parts::Call;
use crate::store::ManagedStore;

use super::known;

pub(crate) async fn find<S: ManagedStore>(auth: Call<'_, S>, id: UserId) -> Result<User, Error> {
    let found = auth.store.account(id).await?.ok_or(Refusal::NotFound)?;
    Ok(found.user)
}

pub(crate) async fn find_by_email<S: ManagedStore>(auth: Call<'_, S>, email: &Email) -> Result<User, Error> {
    let found = auth.store.credentials(email).await?.ok_or(Refusal::NotFound)?;
    Ok(found.user)
}

pub(crate) async fn list<S: ManagedStore>(
    auth: Call<'_, S>,
    query: &AccountQuery,
) -> Result<AccountPage, Error> {
    if !(1..=AccountQuery::MAX_LIMIT).contains(&query.limit) {
        return Err(Flaw::Limit.into());
    }
    if let Some(role) = &query.role {
        known(role, &auth.policy)?;
    }
    // One more than asked for tells whether there is a page after this one.
    let more = AccountQuery { limit: query.limit + 1, ..query.clone() };
    let mut users = auth.store.accounts(&more).await?;
    let fits = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let next = if users.len() > fits { users.get(fits - 1).map(Cursor::after) } else { None };
    users.truncate(fits);
    Ok(AccountPage { users, next })
}
