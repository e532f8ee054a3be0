//! [`Auth`]: the only door.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::email::Email;
use crate::entropy::{Entropy, OsEntropy};
use crate::error::{Error, Refusal};
use crate::flow;
use crate::id::{SessionId, UserId};
use crate::model::User;
use crate::name::Name;
use crate::password::{Hashing, Password, Passwords};
use crate::policy::{Policy, PolicyFlaw};
use crate::role::Role;
use crate::secret::{AccessToken, RefreshToken};
use crate::store::{SessionStore, Store, UserStore};
use crate::token::{AccessTokens, KeyFlaw, RefreshTokens, SigningSecret};

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
    inner: Arc<Inner<S>>,
}

pub(crate) struct Inner<S> {
    pub(crate) store: S,
    pub(crate) policy: Policy,
    pub(crate) passwords: Passwords,
    pub(crate) access: AccessTokens,
    pub(crate) refresh: RefreshTokens,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// What a login asks.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who says they are here.
    pub email: Email,
    /// The proof.
    pub password: Password,
    /// The refresh token that the same browser still holds, as it came: a valid one ends its
    /// session when the login succeeds. It is never adopted.
    pub presented: Option<RefreshToken>,
}

/// What a bootstrap asks: who the first admin shall be.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    /// The address they will log in with.
    pub email: Email,
    /// The password they will log in with; checked against the rules for new ones.
    pub password: Password,
    /// The name they will be shown by.
    pub name: Name,
}

/// A login that succeeded.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// Who they are.
    pub user: User,
    /// For the `Authorization` header.
    pub access_token: AccessToken,
    /// For the cookie.
    pub refresh: IssuedRefresh,
}

/// A refresh that succeeded.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// For the `Authorization` header.
    pub access_token: AccessToken,
    /// For the cookie; `None` means that the cookie is to be left alone, because the answer that
    /// carries its successor may still be on the way.
    pub refresh: Option<IssuedRefresh>,
}

/// A refresh token to hand out, and for how long.
#[derive(Clone, Debug)]
pub struct IssuedRefresh {
    /// The token.
    pub token: RefreshToken,
    /// How long it is good if nothing else happens: the cookie's `Max-Age`.
    pub max_age: Duration,
}

/// Who is behind an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The `sub` claim: which user.
    pub user_id: UserId,
    /// The `sid` claim: which of their sessions.
    pub session_id: SessionId,
    /// The `role` claim, or, from [`Auth::authenticate_current`], the role as it is now.
    pub role: Role,
    /// The `exp` claim: when the token stops being good.
    pub expires_at: Timestamp,
}

impl Identity {
    /// Whether the identity has this role.
    ///
    /// # Errors
    ///
    /// [`Refusal::InsufficientRole`] where it has another.
    pub fn require(&self, role: &Role) -> Result<(), Refusal> {
        if self.role == *role { Ok(()) } else { Err(Refusal::InsufficientRole) }
    }
}

impl<S> Auth<S> {
    /// Starts building an `Auth` over `store`; both secrets must be given before it is built.
    pub fn builder(store: S) -> AuthBuilder<S> {
        AuthBuilder {
            store,
            policy: Policy::default(),
            hashing: Hashing::default(),
            access_secrets: Vec::new(),
            refresh_secrets: Vec::new(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        }
    }

    /// The rules this installation goes by.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The store underneath.
    pub fn store(&self) -> &S {
        &self.inner.store
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
        self.inner.access.verify(access_token, self.inner.clock.now()).ok_or(Refusal::InvalidAccessToken)
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
        flow::login(&self.inner, login).await
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
        flow::refresh(&self.inner, presented).await
    }

    /// Ends the session of a refresh token; one that is forged, unknown or ended is no error.
    ///
    /// # Errors
    ///
    /// Faults of the store only; the session then goes on.
    pub async fn logout(&self, presented: &str) -> Result<(), Error> {
        flow::logout(&self.inner, presented).await
    }

    /// The user behind an access token, as they are now.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] where the token is not good, its session has ended, or the
    /// user is gone or disabled.
    pub async fn me(&self, access_token: &str) -> Result<User, Error> {
        flow::me(&self.inner, access_token).await
    }

    /// Tells who is behind an access token, and asks the store whether session and user still are,
    /// and in which role: a logout, a demotion or a disabled account counts at once.
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me).
    pub async fn authenticate_current(&self, access_token: &str) -> Result<Identity, Error> {
        flow::authenticate_current(&self.inner, access_token).await
    }

    /// Deletes up to `limit` sessions whose longest lifetime is over, and says how many.
    ///
    /// # Errors
    ///
    /// Faults of the store only.
    pub async fn sweep(&self, limit: u32) -> Result<u64, Error> {
        Ok(self.inner.store.sweep(self.inner.clock.now(), limit).await?)
    }
}

impl<S: UserStore> Auth<S> {
    /// Creates the first user, with the role [`Role::ADMIN`], while there is none.
    ///
    /// # Errors
    ///
    /// [`Refusal::BootstrapDisabled`] where the policy keeps it closed,
    /// [`Refusal::AdminExists`] as soon as any user exists, and
    /// [`Refusal::Unacceptable`] where the password breaks the rules for new ones.
    pub async fn bootstrap(&self, admin: NewAdmin) -> Result<User, Error> {
        flow::bootstrap(&self.inner, admin).await
    }
}

impl<S> Clone for Auth<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S> fmt::Debug for Auth<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("policy", &self.inner.policy).finish_non_exhaustive()
    }
}

/// Collects what an [`Auth`] is made of.
pub struct AuthBuilder<S> {
    store: S,
    policy: Policy,
    hashing: Hashing,
    access_secrets: Vec<Result<SigningSecret, BuildError>>,
    refresh_secrets: Vec<Result<SigningSecret, BuildError>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// An [`Auth`] cannot be built like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// No secret for access tokens was given.
    #[error("a secret for access tokens is missing; give one with `access_secret`")]
    AccessSecretMissing,
    /// No secret for refresh tokens was given.
    #[error("a secret for refresh tokens is missing; give one with `refresh_secret`")]
    RefreshSecretMissing,
    /// A secret for access tokens is weak.
    #[error("a secret for access tokens is weak: {0}")]
    AccessSecretWeak(KeyFlaw),
    /// A secret for refresh tokens is weak.
    #[error("a secret for refresh tokens is weak: {0}")]
    RefreshSecretWeak(KeyFlaw),
    /// One secret is used for both.
    #[error("access and refresh tokens need different secrets")]
    SecretsEqual,
    /// The policy cannot work.
    #[error(transparent)]
    Policy(#[from] PolicyFlaw),
    /// The parameters of the password hash cannot work.
    #[error(
        "the cost of a hash must be 1 to 16 lanes, 1 to 64 passes, at least 8 KiB a lane and at most 262144 KiB, \
         and memory times passes at most 1048576 KiB"
    )]
    Hashing,
    /// The hashing threads could not be started.
    #[error("the hashing threads could not be started")]
    Threads,
    /// The source of randomness did not answer.
    #[error("no secret could be drawn")]
    Entropy,
}

impl<S> AuthBuilder<S> {
    /// The secret that signs access tokens (HS256): at least 32 random bytes.
    ///
    /// Called again, it adds a previous secret, which still verifies but no longer signs.
    #[must_use]
    pub fn access_secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        let secret = SigningSecret::parse(secret.as_ref()).map_err(BuildError::AccessSecretWeak);
        self.access_secrets.push(secret);
        self
    }

    /// The secret that seals refresh tokens: at least 32 random bytes, not those of the other.
    ///
    /// Called again, it adds a previous secret, which still opens but no longer seals.
    #[must_use]
    pub fn refresh_secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        let secret = SigningSecret::parse(secret.as_ref()).map_err(BuildError::RefreshSecretWeak);
        self.refresh_secrets.push(secret);
        self
    }

    /// Draws both secrets at random: for tests and for trying things out, because every token is
    /// worthless after a restart and on any other instance.
    #[must_use]
    pub fn random_secrets(mut self) -> Self {
        let draw = || SigningSecret::random(&OsEntropy).map_err(|_| BuildError::Entropy);
        self.access_secrets.push(draw());
        self.refresh_secrets.push(draw());
        self
    }

    /// The rules to go by.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How passwords are hashed, and on how many threads.
    #[must_use]
    pub fn hashing(mut self, hashing: Hashing) -> Self {
        self.hashing = hashing;
        self
    }

    /// Another clock than the operating system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of randomness than the operating system's.
    #[must_use]
    pub fn entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Builds it, and starts the hashing threads.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the first thing that is missing or weak.
    pub fn build(self) -> Result<Auth<S>, BuildError> {
        if let Some(flaw) = self.policy.flaws().first() {
            return Err((*flaw).into());
        }
        let access = self.access_secrets.into_iter().collect::<Result<Vec<_>, _>>()?;
        let refresh = self.refresh_secrets.into_iter().collect::<Result<Vec<_>, _>>()?;
        if access.iter().any(|a| refresh.iter().any(|r| a.same_as(r))) {
            return Err(BuildError::SecretsEqual);
        }
        let inner = Inner {
            access: AccessTokens::new(&access, &self.policy).ok_or(BuildError::AccessSecretMissing)?,
            refresh: RefreshTokens::new(&refresh).ok_or(BuildError::RefreshSecretMissing)?,
            passwords: Passwords::new(&self.hashing, Arc::clone(&self.entropy))?,
            store: self.store,
            policy: self.policy,
            clock: self.clock,
            entropy: self.entropy,
        };
        Ok(Auth { inner: Arc::new(inner) })
    }
}

impl<S> fmt::Debug for AuthBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}
