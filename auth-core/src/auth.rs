//! [`Auth`]: the only door.

mod accounts;
mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::actor::Actor;
use crate::client::Client;
use crate::email::Email;
use crate::error::{Error, Refusal};
use crate::event::EmailDigest;
use crate::flow;
use crate::hashing::HashingHealth;
use crate::id::SessionId;
use crate::model::{LiveSession, User};
use crate::name::Name;
use crate::parts::{Call, Parts};
use crate::policy::Policy;
use crate::revocation::{self, RevocationDelay, Revocations, Standing};
use crate::role::Role;
use crate::secret::BootstrapToken;
use crate::store::{EventStore, ManagedStore, RevocationStore, SessionStore, Store, UserStore};
use crate::token::{AccessKeys, Jwks};
use crate::verbs::{
    Demand, Identity, LoggedIn, Login, NewAdmin, OwnSessions, Passed, PasswordChange, Refreshed,
};

pub use accounts::Accounts;
pub(crate) use builder::Apart;
pub use builder::{AuthBuilder, BuildError};

/// How long the count of wrong passwords for an address without an account is kept: whoever could
/// see it go would learn that there is no account.
const COUNTS_KEPT: Duration = Duration::from_hours(24 * 30);

/// Authentication over a store: every verb is a method here.
///
/// Cloning is cheap, and clones share everything.
///
/// ```
/// use auth_core::{Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = Auth::builder(MemoryStore::new())
///     .random_secrets() // in production: `access_secret` and `refresh_secret`
///     .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
///     .build()?;
///
/// let email = Email::parse("admin@example.com")?;
/// let password = Password::parse("StrongPassword123!")?;
/// let name = Name::parse("Admin")?;
/// auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), name)).await?;
///
/// let session = auth.login(Login::new(email, password)).await?;
/// let identity = auth.authenticate(session.access_token.expose())?;
/// assert_eq!(identity.user_id, session.user.id);
/// # Ok(()) }
/// ```
pub struct Auth<S> {
    parts: Arc<Parts<S>>,
    client: Client,
}

impl<S> Auth<S> {
    /// Starts building an `Auth` over `store`; both secrets must be given before it is built.
    pub fn builder(store: S) -> AuthBuilder<S> {
        AuthBuilder::new(store)
    }

    /// The same, for one request: its sessions, its events and the limit of wrong passwords from one
    /// address are those of this client.
    ///
    /// ```
    /// use auth_core::{Auth, Client, MemoryStore};
    ///
    /// let auth = Auth::builder(MemoryStore::new()).random_secrets().build()?;
    /// let client = Client { ip_address: "192.0.2.7".parse().ok(), ..Client::default() };
    /// let auth = auth.for_client(client); // .login(…), .refresh(…), …
    /// # let _ = auth;
    /// # Ok::<(), auth_core::BuildError>(())
    /// ```
    #[must_use]
    pub fn for_client(&self, client: Client) -> Self {
        Self { parts: Arc::clone(&self.parts), client }
    }

    /// The rules this installation goes by.
    pub fn policy(&self) -> &Policy {
        &self.parts.policy
    }

    /// The store underneath.
    pub fn store(&self) -> &S {
        &self.parts.store
    }

    /// Tells who is behind an access token, without asking the store.
    ///
    /// A role that was taken away or a session that has ended shows only when the token expires;
    /// [`authenticate_current`](Self::authenticate_current) sees it at once.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] for anything but a token that this installation signed for
    /// this issuer and audience and that is good now.
    pub fn authenticate(&self, access_token: &str) -> Result<Identity, Refusal> {
        self.parts.access.verify(access_token, self.parts.clock.now()).ok_or(Refusal::InvalidAccessToken)
    }

    /// The public keys of access tokens, for whoever verifies them; never a secret.
    pub fn jwks(&self) -> Jwks {
        self.parts.access.jwks()
    }

    /// Signs and verifies with other keys from now on, on all clones, without a restart.
    ///
    /// Requests that are under way go on with the old ones. What a token was signed with has to be
    /// among the new ones for as long as such a token is good: see [`AccessKeys`].
    ///
    /// # Errors
    ///
    /// As [`AuthBuilder::build`] says it of keys; then the old ones stay.
    pub fn replace_access_keys(&self, keys: &AccessKeys) -> Result<(), BuildError> {
        self.parts.apart.from(keys)?;
        Ok(self.parts.access.replace(keys)?)
    }

    /// Whether [`bootstrap`](Self::bootstrap) is open to whoever presents this token, so that a
    /// stranger can be told to go before anything else that they sent is looked at.
    ///
    /// # Errors
    ///
    /// [`Refusal::BootstrapDisabled`] where the policy keeps it closed, and
    /// [`Refusal::BootstrapTokenRequired`] where a token was configured and this is not it.
    pub fn may_bootstrap(&self, token: Option<&BootstrapToken>) -> Result<(), Refusal> {
        flow::may_bootstrap(self.call(), token)
    }

    /// Tells who is behind an access token by what `revocations` know; `None` where only the store can
    /// tell, as [`authenticate_heeding`](Self::authenticate_heeding) then has it do.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] for anything but an access token of ours that is good now, and for one
    /// whose session is known to have ended.
    pub fn authenticate_if_sure(
        &self,
        access_token: &str,
        revocations: &Revocations,
    ) -> Result<Option<Identity>, Refusal> {
        let identity = self.authenticate(access_token)?;
        match revocations.standing(&identity) {
            Standing::Believed => Ok(Some(identity)),
            Standing::Ended => Err(Refusal::InvalidAccessToken),
            Standing::Unsure => Ok(None),
        }
    }

    /// A dial for guards: how long a token may be believed after its session has ended or its user has
    /// changed. See [`Revocations`] for who keeps it up to date.
    pub fn revocations(&self, delay: RevocationDelay) -> Revocations {
        Revocations::new(delay, self.parts.policy.access_ttl, Arc::clone(&self.parts.clock))
    }

    /// Insists that `who` is an admin; that somebody asked who is not, leaves an event.
    ///
    /// # Errors
    ///
    /// [`Refusal::InsufficientRole`] where they are in another role.
    pub fn require_admin(&self, who: &Identity) -> Result<(), Refusal> {
        who.require(Role::ADMIN).inspect_err(|_| self.denied(who))
    }

    /// Leaves an event: `who` asked for what they may not do. For guards; once in ten seconds for
    /// each user.
    pub fn denied(&self, who: &Identity) {
        flow::denied(self.call(), who);
    }

    /// What events about this address are found by.
    pub fn digest(&self, email: &Email) -> EmailDigest {
        self.parts.events.emails().digest(email)
    }

    /// How busy the hashing threads are; for metrics.
    pub fn hashing_health(&self) -> HashingHealth {
        self.parts.passwords.health()
    }

    /// Deletes up to `limit` counts of wrong passwords that mean nothing any more, and says how
    /// many: those without attempts, and those of addresses without an account, thirty days after
    /// they were last touched.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sweep_throttle(&self, limit: u32) -> Result<u64, Error> {
        self.parts.throttle.sweep(self.parts.clock.now() - COUNTS_KEPT, limit).await
    }

    fn call(&self) -> Call<'_, S> {
        Call::new(&self.parts, &self.client)
    }
}

impl<S: Store> Auth<S> {
    /// Opens a session for whoever knows the password.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidCredentials`] for an unknown address, another password, an account that
    /// is disabled or has no password: the same answer at the same cost.
    /// [`Refusal::TooManyAttempts`] where too many were wrong before, for the account or from the
    /// client's address; then the password is not looked at.
    /// [`Fault::Busy`](crate::Fault::Busy) where the hashing threads have too much to do.
    pub async fn login(&self, login: Login) -> Result<LoggedIn, Error> {
        flow::login(self.call(), login).await
    }
}

impl<S: SessionStore> Auth<S> {
    /// Answers a refresh token with an access token and, where it rotates, its successor.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidRefreshToken`] for one that is forged, unknown, expired or ended, and for
    /// a spent one, whose session ends with it. On a fault the presented token still works.
    pub async fn refresh(&self, presented: &str) -> Result<Refreshed, Error> {
        flow::refresh(self.call(), presented).await
    }

    /// Ends the session of a refresh token; one that is forged, unknown or ended is no error.
    ///
    /// # Errors
    ///
    /// Faults of the store only; the session then goes on.
    pub async fn logout(&self, presented: &str) -> Result<(), Error> {
        flow::logout(self.call(), presented).await
    }

    /// The user behind an access token, as they are now.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] where the token is not good, its session has ended, or the
    /// user is gone or disabled.
    pub async fn me(&self, access_token: &str) -> Result<User, Error> {
        flow::me(self.call(), access_token).await
    }

    /// Tells who is behind an access token, and asks the store whether session and user still are,
    /// and in which role: a logout, a demotion or a disabled account counts at once.
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me).
    pub async fn authenticate_current(&self, access_token: &str) -> Result<Identity, Error> {
        flow::authenticate_current(self.call(), access_token).await
    }

    /// Tells who is behind an access token, and asks the store only where `revocations` are unsure of
    /// it: what was revoked counts within their delay.
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me).
    pub async fn authenticate_heeding(
        &self,
        access_token: &str,
        revocations: &Revocations,
    ) -> Result<Identity, Error> {
        flow::authenticate_heeding(self.call(), access_token, revocations).await
    }

    /// The user behind an access token, as they are now, if they meet the demand; for whoever asks
    /// in the place of others, a proxy say. That somebody was refused who lacks the role or the
    /// permission leaves an event.
    ///
    /// ```
    /// # use auth_core::{Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy};
    /// use auth_core::{Demand, Role};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::builder(MemoryStore::new())
    /// #     .random_secrets()
    /// #     .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
    /// #     .build()?;
    /// # let (email, password) = (Email::parse("admin@example.com")?, Password::parse("StrongPassword123!")?);
    /// # auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), Name::parse("Admin")?)).await?;
    /// # let token = auth.login(Login::new(email, password)).await?.access_token;
    /// let demand = Demand { role: Some(Role::ADMIN), ..Demand::default() };
    /// let admin = auth.check(token.expose(), &demand).await?;
    /// assert_eq!(admin.email.as_str(), "admin@example.com");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me); [`Refusal::InsufficientRole`] where they lack what is asked for, and
    /// [`Flaw::UnknownRole`](crate::Flaw::UnknownRole) where no such role exists.
    pub async fn check(&self, access_token: &str, demand: &Demand) -> Result<User, Error> {
        flow::check(self.call(), access_token, demand).await
    }

    /// The same, and the store is asked only where `revocations` are unsure of the token, or nobody has
    /// told them yet which address its user has: no token carries that. So the first check of a user in a
    /// process asks, and one again when an access token's life has passed.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub async fn check_heeding(
        &self,
        access_token: &str,
        demand: &Demand,
        revocations: &Revocations,
    ) -> Result<Passed, Error> {
        flow::check_heeding(self.call(), access_token, demand, revocations).await
    }

    /// Deletes up to `limit` sessions whose longest lifetime is over, and says how many.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sweep(&self, limit: u32) -> Result<u64, Error> {
        Ok(self.parts.store.sweep(self.parts.clock.now(), limit).await?)
    }
}

impl<S: UserStore> Auth<S> {
    /// Creates the first user, with the role [`Role::ADMIN`](crate::Role::ADMIN), while there is none.
    ///
    /// # Errors
    ///
    /// As [`may_bootstrap`](Self::may_bootstrap); [`Refusal::AdminExists`] as soon as any user exists, and
    /// [`Refusal::Unacceptable`] where the password breaks the rules for new ones.
    pub async fn bootstrap(&self, admin: NewAdmin) -> Result<User, Error> {
        flow::bootstrap(self.call(), admin).await
    }
}

impl<S: ManagedStore> Auth<S> {
    /// The live sessions of whoever is asking, the latest login first.
    ///
    /// An [`Identity`] comes from [`authenticate_current`](Self::authenticate_current), for this
    /// and for all that follows.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sessions(&self, who: &Identity) -> Result<Vec<LiveSession>, Error> {
        flow::own::sessions(self.call(), who).await
    }

    /// Ends one session of whoever is asking; it may be the one they ask from.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] where they have no such live session.
    pub async fn end_session(&self, who: &Identity, session: SessionId) -> Result<(), Error> {
        flow::own::end_session(self.call(), who, session).await
    }

    /// Ends the sessions of whoever is asking, all or all others, and says how many.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn end_sessions(&self, who: &Identity, which: OwnSessions) -> Result<u64, Error> {
        flow::own::end_sessions(self.call(), who, which).await
    }

    /// Changes the name of whoever is asking, and returns them after it.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] where they are gone by now.
    pub async fn rename(&self, who: &Identity, name: Name) -> Result<User, Error> {
        flow::own::rename(self.call(), who, name).await
    }

    /// Replaces the password of whoever is asking, and ends all their sessions but the one they
    /// ask from, in one step.
    ///
    /// # Errors
    ///
    /// [`Refusal::WrongPassword`] where the current one is wrong, [`Refusal::TooManyAttempts`] where
    /// it was wrong too often in this session, [`Refusal::Unacceptable`] where the new one breaks the rules for new ones, [`Refusal::InvalidAccessToken`] where the
    /// account is gone or disabled by now.
    pub async fn change_password(&self, who: &Identity, change: PasswordChange) -> Result<(), Error> {
        flow::change_password(self.call(), who, change).await
    }

    /// The accounts, in the hands of an admin.
    ///
    /// ```
    /// # use auth_core::{AccountQuery, Auth, Bootstrap, Email, Login, MemoryStore, Name, NewAdmin, Password, Policy};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::builder(MemoryStore::new())
    /// #     .random_secrets()
    /// #     .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
    /// #     .build()?;
    /// # let (email, password) = (Email::parse("admin@example.com")?, Password::parse("StrongPassword123!")?);
    /// # auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), Name::parse("Admin")?)).await?;
    /// let login = auth.login(Login::new(email, password)).await?;
    /// let who = auth.authenticate_current(login.access_token.expose()).await?;
    /// let page = auth.as_admin(&who)?.list(&AccountQuery::default()).await?;
    /// assert_eq!(page.users.len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refusal::InsufficientRole`] where whoever is asking is not in [`Role::ADMIN`].
    pub fn as_admin(&self, who: &Identity) -> Result<Accounts<'_, S>, Refusal> {
        self.require_admin(who)?;
        Ok(Accounts::new(self.call(), Actor::Admin(who.user_id)))
    }

    /// The accounts, in the hands of whoever runs the system: its command line, or the
    /// application around this library. Nobody is asked for a token.
    pub fn as_operator(&self) -> Accounts<'_, S> {
        Accounts::new(self.call(), Actor::Operator)
    }
}

impl<S: EventStore> Auth<S> {
    /// Deletes up to `limit` events that are older than `kept`, and says how many.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sweep_events(&self, kept: Duration, limit: u32) -> Result<u64, Error> {
        Ok(self.parts.store.sweep_events(self.parts.clock.now() - kept, limit).await?)
    }
}

impl<S: RevocationStore> Auth<S> {
    /// Deletes up to `limit` notes of what was revoked so long ago that no access token of then is
    /// left, and says how many.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sweep_revocations(&self, limit: u32) -> Result<u64, Error> {
        let kept = revocation::kept(self.parts.policy.access_ttl);
        Ok(self.parts.store.sweep_revocations(self.parts.clock.now() - kept, limit).await?)
    }
}

impl<S> Clone for Auth<S> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts), client: self.client.clone() }
    }
}

impl<S> fmt::Debug for Auth<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("policy", &self.parts.policy).finish_non_exhaustive()
    }
}
