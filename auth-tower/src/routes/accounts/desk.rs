//! Where orders are carried out.

use std::pin::Pin;

use auth_core::store::{EventStore, ManagedStore};
use auth_core::{AccountPage, Auth, Error, EventPage, EventQuery, Identity, LiveSession, Refusal, User};

use crate::routes::place::Extent;

use super::order::Order;

/// What the core did.
#[derive(Debug)]
pub(super) enum Outcome {
    Renamed(User),
    PasswordChanged,
    Sessions(Vec<LiveSession>),
    SessionEnded,
    SessionsEnded(u64),
    Page(AccountPage),
    Created(User),
    Account(User),
    Deleted,
    Unlocked,
    Events(EventPage),
}

/// Carries out orders over one kind of store.
///
/// A function inside, and not a bound on the routes: they are one type for stores that accounts
/// can be managed in and for those that know logins only.
pub(in crate::routes) struct Desk<S> {
    carry_out: for<'a> fn(&'a Auth<S>, &'a Identity, Order) -> Doing<'a>,
    extent: Extent,
}

/// An order on its way.
type Doing<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 'a>>;

impl<S: ManagedStore> Desk<S> {
    pub(in crate::routes) fn new() -> Self {
        Self { carry_out, extent: Extent::Accounts }
    }

    /// The same, where events are kept as well.
    pub(in crate::routes) fn with_events() -> Self
    where
        S: EventStore,
    {
        Self { carry_out: carry_out_all, extent: Extent::Events }
    }
}

impl<S> Desk<S> {
    /// Which paths it answers for.
    pub(in crate::routes) fn extent(self) -> Extent {
        self.extent
    }

    /// Does what `who` ordered.
    pub(super) async fn carry_out(
        self,
        auth: &Auth<S>,
        who: &Identity,
        order: Order,
    ) -> Result<Outcome, Error> {
        (self.carry_out)(auth, who, order).await
    }
}

impl<S> Clone for Desk<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Desk<S> {}

fn carry_out_all<'a, S: ManagedStore + EventStore>(
    auth: &'a Auth<S>,
    who: &'a Identity,
    order: Order,
) -> Doing<'a> {
    match order {
        Order::Events(query, email) => Box::pin(async move {
            let email = email.map(|email| auth.digest(&email));
            let page = auth.as_admin(who)?.events(&EventQuery { email, ..query }).await?;
            Ok(Outcome::Events(page))
        }),
        order => carry_out(auth, who, order),
    }
}

/// What is for admins asks for the role here once more: the core gives accounts to nobody else.
fn carry_out<'a, S: ManagedStore>(auth: &'a Auth<S>, who: &'a Identity, order: Order) -> Doing<'a> {
    Box::pin(async move {
        Ok(match order {
            Order::Rename(name) => Outcome::Renamed(auth.rename(who, name).await?),
            Order::ChangePassword(change) => {
                auth.change_password(who, change).await?;
                Outcome::PasswordChanged
            }
            Order::OwnSessions => Outcome::Sessions(auth.sessions(who).await?),
            Order::EndOwnSession(session) => {
                auth.end_session(who, session).await?;
                Outcome::SessionEnded
            }
            Order::EndOwnSessions(which) => Outcome::SessionsEnded(auth.end_sessions(who, which).await?),
            Order::List(query) => Outcome::Page(auth.as_admin(who)?.list(&query).await?),
            Order::Create(account) => Outcome::Created(auth.as_admin(who)?.create(account).await?),
            Order::Show(user) => Outcome::Account(auth.as_admin(who)?.find(user).await?),
            Order::Change(user, change) => Outcome::Account(auth.as_admin(who)?.change(user, change).await?),
            Order::Delete(user) => {
                auth.as_admin(who)?.delete(user).await?;
                Outcome::Deleted
            }
            Order::Sessions(user) => Outcome::Sessions(auth.as_admin(who)?.sessions(user).await?),
            Order::EndSession(user, session) => {
                auth.as_admin(who)?.end_session(user, session).await?;
                Outcome::SessionEnded
            }
            Order::EndSessions(user) => Outcome::SessionsEnded(auth.as_admin(who)?.end_sessions(user).await?),
            Order::Unlock(user) => {
                auth.as_admin(who)?.unlock(user).await?;
                Outcome::Unlocked
            }
            // No such place is found where events are not kept.
            Order::Events(..) => return Err(Refusal::NotFound.into()),
        })
    })
}
