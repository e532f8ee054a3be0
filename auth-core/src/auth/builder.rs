//! What an [`Auth`] is built from, and why it may not be built.

use std::fmt;
use std::sync::Arc;

use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::entropy::{Entropy, OsEntropy};
use crate::event::{EmailKey, EventSink, Events, Quiet};
use crate::hashing::{Hashing, HashingFlaw, PasswordVerifier, Passwords, Stopwatch};
use crate::observer::Observer;
use crate::parts::Parts;
use crate::policy::{Policy, PolicyFlaw};
use crate::store::ThrottleStore;
use crate::throttle::{ErasedThrottleStore, MemoryThrottle, Throttle};
use crate::token::{
    AccessKeys, AccessTokens, BootstrapLock, DeviceTokens, KeyFlaw, NothingSigns, PublicKey, RefreshTokens,
    SigningKey, SigningSecret,
};

use super::Auth;

/// Collects what an [`Auth`] is made of.
pub struct AuthBuilder<S> {
    store: S,
    policy: Policy,
    hashing: Hashing,
    verifiers: Vec<Box<dyn PasswordVerifier>>,
    throttle: Box<dyn ErasedThrottleStore>,
    sinks: Vec<Box<dyn EventSink>>,
    observer: Option<Arc<dyn Observer>>,
    access_keys: Result<AccessKeys, BuildError>,
    refresh_secrets: Vec<Result<SigningSecret, BuildError>>,
    bootstrap_token: Option<Result<SigningSecret, BuildError>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// An [`Auth`] cannot be built like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Nothing that can sign access tokens was given.
    #[error("a key for access tokens is missing; give one with `signing_key` or `access_secret`")]
    AccessKeyMissing,
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
    /// The token for bootstrap is weak.
    #[error("the token for bootstrap is weak: {0}")]
    BootstrapTokenWeak(KeyFlaw),
    /// The token for bootstrap is one of the secrets, and would be sent over the wire.
    #[error("the token for bootstrap must be another text than the secrets for tokens")]
    BootstrapTokenShared,
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

impl From<HashingFlaw> for BuildError {
    fn from(flaw: HashingFlaw) -> Self {
        match flaw {
            HashingFlaw::Cost => Self::Hashing,
            HashingFlaw::Threads => Self::Threads,
            HashingFlaw::Entropy => Self::Entropy,
        }
    }
}

impl<S> AuthBuilder<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            policy: Policy::default(),
            hashing: Hashing::default(),
            verifiers: Vec::new(),
            throttle: Box::new(MemoryThrottle::new()),
            sinks: Vec::new(),
            observer: None,
            access_keys: Ok(AccessKeys::new()),
            refresh_secrets: Vec::new(),
            bootstrap_token: None,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        }
    }

    /// The secret that signs access tokens (HS256): at least 32 random bytes.
    ///
    /// Called again, it adds a previous secret, which still verifies but no longer signs; or one that
    /// other instances sign with already. Secrets and keys stand in the order in which they are
    /// given, and the first of them signs: see [`AccessKeys`].
    #[must_use]
    pub fn access_secret(self, secret: impl AsRef<[u8]>) -> Self {
        let secret = SigningSecret::parse(secret.as_ref()).map_err(BuildError::AccessSecretWeak);
        self.with_secret(secret)
    }

    /// The key that signs access tokens, so that whoever knows its public half can verify them and
    /// nobody else can sign any.
    ///
    /// Called again, it adds a key that verifies and does not sign, for now: see [`AccessKeys`].
    #[must_use]
    pub fn signing_key(self, key: SigningKey) -> Self {
        self.access_keys(AccessKeys::new().signing_key(key))
    }

    /// One more key that verifies access tokens and cannot sign any.
    #[must_use]
    pub fn verifying_key(self, key: PublicKey) -> Self {
        self.access_keys(AccessKeys::new().verifying_key(key))
    }

    /// The keys of access tokens, all at once; behind those that were given before.
    #[must_use]
    pub fn access_keys(mut self, more: AccessKeys) -> Self {
        if let Ok(keys) = &mut self.access_keys {
            keys.extend(more);
        }
        self
    }

    /// The secret that seals refresh tokens: at least 32 random bytes, not those of the other.
    ///
    /// Called again, it adds a previous secret, which still opens but no longer seals; or one that
    /// other instances seal with already.
    #[must_use]
    pub fn refresh_secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        let secret = SigningSecret::parse(secret.as_ref()).map_err(BuildError::RefreshSecretWeak);
        self.refresh_secrets.push(secret);
        self
    }

    /// Asks whoever calls [`Auth::bootstrap`] for this token, beside all else: at least 32 random
    /// bytes, and none of the secrets. [`Policy::bootstrap`] still has to be open.
    ///
    /// An empty system that strangers can reach then waits for whoever set it up, and not for
    /// whoever comes first.
    #[must_use]
    pub fn bootstrap_token(mut self, token: impl AsRef<[u8]>) -> Self {
        let token = SigningSecret::parse(token.as_ref()).map_err(BuildError::BootstrapTokenWeak);
        self.bootstrap_token = Some(token);
        self
    }

    /// Draws both secrets at random: for tests and for trying things out, because every token is
    /// worthless after a restart and on any other instance.
    #[must_use]
    pub fn random_secrets(self) -> Self {
        self.with_secret(draw()).random_refresh_secret()
    }

    /// Draws the secret of refresh tokens at random: for trying things out with a
    /// [`signing_key`](Self::signing_key). Everyone is logged out by a restart.
    #[must_use]
    pub fn random_refresh_secret(mut self) -> Self {
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

    /// One more verifier of stored hashes, for kinds that are not built in: see
    /// [`PasswordVerifier`].
    ///
    /// Called again, it adds another. They are asked in this order, after the built-in ones.
    #[must_use]
    pub fn verifier(mut self, verifier: impl PasswordVerifier) -> Self {
        self.verifiers.push(Box::new(verifier));
        self
    }

    /// Where wrong passwords are counted; in the memory of this process unless this says otherwise.
    ///
    /// Several instances need a store that they share, such as `auth_sea_orm::SeaOrmStore`: else an
    /// attacker has as many guesses again on each.
    #[must_use]
    pub fn throttle(mut self, store: impl ThrottleStore) -> Self {
        self.throttle = Box::new(store);
        self
    }

    /// One more place for events to go to, beside the log: see [`EventSink`].
    ///
    /// Called again, it adds another.
    #[must_use]
    pub fn events(mut self, sink: impl EventSink) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// Who counts what leaves no event: see [`Observer`].
    ///
    /// Called again, it takes the place of the one before.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
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
        let access = self.access_keys?;
        let refresh = self.refresh_secrets.into_iter().collect::<Result<Vec<_>, _>>()?;
        let bootstrap = self.bootstrap_token.transpose()?;
        let apart = Apart { refresh, bootstrap };
        apart.from(&access)?;
        let Apart { refresh, bootstrap } = &apart;
        let emails = access.secrets().chain(refresh).next().map(EmailKey::new);
        let stopwatch = self
            .observer
            .as_ref()
            .map(|observer| Stopwatch { observer: Arc::clone(observer), clock: Arc::clone(&self.clock) });
        let process = self.entropy.array().map_err(|_| BuildError::Entropy)?;
        let parts = Parts {
            access: AccessTokens::new(&access, &self.policy)?,
            refresh: RefreshTokens::new(refresh).ok_or(BuildError::RefreshSecretMissing)?,
            devices: DeviceTokens::new(refresh).ok_or(BuildError::RefreshSecretMissing)?,
            bootstrap: bootstrap.as_ref().map(BootstrapLock::new),
            throttle: Throttle::new(self.throttle, &self.policy.throttle),
            events: Events::new(self.sinks, emails.ok_or(BuildError::RefreshSecretMissing)?, process),
            denied: Quiet::new(),
            passwords: Passwords::new(&self.hashing, self.verifiers, Arc::clone(&self.entropy), stopwatch)?,
            observer: self.observer,
            apart,
            store: self.store,
            policy: self.policy,
            clock: self.clock,
            entropy: self.entropy,
        };
        Ok(Auth { parts: Arc::new(parts), client: Client::default() })
    }
}

impl<S> AuthBuilder<S> {
    fn with_secret(mut self, secret: Result<SigningSecret, BuildError>) -> Self {
        match secret {
            Ok(secret) => self.access_keys(AccessKeys::new().secret(secret)),
            Err(flaw) => {
                self.access_keys = self.access_keys.and(Err(flaw));
                self
            }
        }
    }
}

fn draw() -> Result<SigningSecret, BuildError> {
    SigningSecret::random(&OsEntropy).map_err(|_| BuildError::Entropy)
}

impl From<NothingSigns> for BuildError {
    fn from(NothingSigns: NothingSigns) -> Self {
        Self::AccessKeyMissing
    }
}

/// The secrets that no secret of access tokens may be.
#[derive(Debug)]
pub(crate) struct Apart {
    refresh: Vec<SigningSecret>,
    bootstrap: Option<SigningSecret>,
}

impl Apart {
    pub(super) fn from(&self, access: &AccessKeys) -> Result<(), BuildError> {
        let is_among = |secret: &SigningSecret, others: &[SigningSecret]| {
            others.iter().any(|other| other.same_as(secret))
        };
        if access.secrets().any(|secret| is_among(secret, &self.refresh)) {
            return Err(BuildError::SecretsEqual);
        }
        let mut others = access.secrets().chain(&self.refresh);
        if others.any(|secret| is_among(secret, self.bootstrap.as_slice())) {
            return Err(BuildError::BootstrapTokenShared);
        }
        Ok(())
    }
}

impl<S> fmt::Debug for AuthBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}
