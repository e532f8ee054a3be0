//! [`Auth`]: the only door.

mod builder;

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Refusal};
use crate::flow;
use crate::model::User;
use crate::parts::Parts;
use crate::policy::Policy;
use crate::store::{SessionStore, Store, UserStore};
use crate::verbs::{Identity, LoggedIn, Login, NewAdmin, Refreshed};

pub use builder::{AuthBuilder, BuildError};

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
/// auth.bootstrap(NewAdmin { email: email.clone(), password: password.clone(), name }).await?;
///
/// let session = auth.login(Login { email, password, presented: None }).await?;
/// let identity = auth.authenticate(session.access_token.expose())?;
/// assert_eq!(identity.user_id, session.user.id);
/// # Ok(()) }
/// ```
pub struct Auth<S> {
    parts: Arc<Parts<S>>,
}

impl<S> Auth<S> {
    /// Starts building an `Auth` over `store`; both secrets must be given before it is built.
    pub fn builder(store: S) -> AuthBuilder<S> {
        AuthBuilder::new(store)
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
}

impl<S: Store> Auth<S> {
    /// Opens a session for whoever knows the password.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidCredentials`] for an unknown address, another password, an account that
    /// is disabled or has no password: the same answer at the same cost.
    /// [`Fault::Busy`](crate::Fault::Busy) where the hashing threads have too much to do.
    pub async fn login(&self, login: Login) -> Result<LoggedIn, Error> {
        flow::login(&self.parts, login).await
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
        flow::refresh(&self.parts, presented).await
    }

    /// Ends the session of a refresh token; one that is forged, unknown or ended is no error.
    ///
    /// # Errors
    ///
    /// Faults of the store only; the session then goes on.
    pub async fn logout(&self, presented: &str) -> Result<(), Error> {
        flow::logout(&self.parts, presented).await
    }

    /// The user behind an access token, as they are now.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] where the token is not good, its session has ended, or the
    /// user is gone or disabled.
    pub async fn me(&self, access_token: &str) -> Result<User, Error> {
        flow::me(&self.parts, access_token).await
    }

    /// Tells who is behind an access token, and asks the store whether session and user still are,
    /// and in which role: a logout, a demotion or a disabled account counts at once.
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me).
    pub async fn authenticate_current(&self, access_token: &str) -> Result<Identity, Error> {
        flow::authenticate_current(&self.parts, access_token).await
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
    /// [`Refusal::BootstrapDisabled`] where the policy keeps it closed,
    /// [`Refusal::AdminExists`] as soon as any user exists, and
    /// [`Refusal::Unacceptable`] where the password breaks the rules for new ones.
    pub async fn bootstrap(&self, admin: NewAdmin) -> Result<User, Error> {
        flow::bootstrap(&self.parts, admin).await
    }
}

impl<S> Clone for Auth<S> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts) }
    }
}

impl<S> fmt::Debug for Auth<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("policy", &self.parts.policy).finish_non_exhaustive()
    }
}
