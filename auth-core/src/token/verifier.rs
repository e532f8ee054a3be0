//! For services that verify access tokens and issue none: public keys in, identities out.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Fault, Refusal};
use crate::policy::Policy;
use crate::roles::Roles;
use crate::verbs::Identity;

use super::algorithm::SigningAlgorithm;
use super::judge::{Expected, Parts};
use super::jwks::Jwks;

/// Verifies the access tokens of an issuer, without a store and without a secret.
///
/// What it is made of are the issuer's public keys: a [`Jwks`] that never changes, or a [`KeySource`]
/// that keeps up with the issuer. Cloning is cheap.
///
/// ```
/// use auth_core::{Auth, Jwks, MemoryStore, OsEntropy, SigningAlgorithm, SigningKey, Verifier};
///
/// // The issuer:
/// let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy)?;
/// let auth = Auth::builder(MemoryStore::new()).signing_key(key).random_refresh_secret().build()?;
/// let published = auth.jwks().to_json();
///
/// // Everyone else:
/// let verifier = Verifier::new(Jwks::parse(published.as_bytes())?)
///     .with_issuer("auth-server")
///     .with_audience("api");
/// assert!(verifier.verify("not a token").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    source: Arc<dyn KeySource>,
    expected: Arc<Expected>,
    roles: Roles,
    clock: Arc<dyn Clock>,
}

/// Where a [`Verifier`] has its keys from.
///
/// A [`Jwks`] is one, of keys that never change; `auth-jwks` has one that asks the issuer.
pub trait KeySource: fmt::Debug + Send + Sync + 'static {
    /// The keys, as far as they are known. It is asked for each token, and has to answer at once.
    fn known(&self) -> Jwks;

    /// Asks the issuer whether there is a key with this id, which is not among the known ones.
    ///
    /// Anyone can write a token with an id that nobody knows, so it must bound how often it asks.
    /// Where it has not asked because it did so a moment ago, what is known counts.
    ///
    /// # Errors
    ///
    /// [`Fault`] where the issuer cannot be asked, so that nobody can say whether there is.
    fn learn<'a>(&'a self, key_id: &'a str) -> Learning<'a>;
}

/// A [`KeySource`] at work.
pub type Learning<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

impl KeySource for Jwks {
    fn known(&self) -> Jwks {
        self.clone()
    }

    fn learn<'a>(&'a self, _: &'a str) -> Learning<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The longest lifetime that an issuer of this library may give its tokens.
const LONGEST: Duration = Duration::from_hours(24);

impl Verifier {
    /// A verifier of what the keys of `source` have signed, for the issuer `auth-server` and the
    /// audience `api`, as the [`Policy`] has them where nobody says otherwise.
    pub fn new(source: impl KeySource) -> Self {
        let Policy { issuer, audience, roles, .. } = Policy::default();
        let expected = Expected { issuer, audience, max_seconds: seconds(LONGEST) };
        Self { source: Arc::new(source), expected: Arc::new(expected), roles, clock: Arc::new(SystemClock) }
    }

    /// The `iss` that tokens have to have, exactly.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.expected).issuer = issuer.into();
        self
    }

    /// The `aud` that tokens have to have, exactly.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.expected).audience = audience.into();
        self
    }

    /// The longest that a token may be good for, from `iat` to `exp`; a day, unless this says less.
    #[must_use]
    pub fn with_max_ttl(mut self, max_ttl: Duration) -> Self {
        Arc::make_mut(&mut self.expected).max_seconds = seconds(max_ttl);
        self
    }

    /// What each role may do here.
    #[must_use]
    pub fn with_roles(mut self, roles: Roles) -> Self {
        self.roles = roles;
        self
    }

    /// Another clock than the operating system's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What each role may do here.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Tells who is behind an access token, by the keys that are known.
    ///
    /// A role that was taken away or a session that has ended shows only when the token expires.
    ///
    /// # Errors
    ///
    /// [`Refusal::InvalidAccessToken`] for anything but a token that one of the keys has signed for this
    /// issuer and audience and that is good now.
    pub fn verify(&self, access_token: &str) -> Result<Identity, Refusal> {
        let keys = self.source.known();
        let checks = keys.iter().map(super::public_key::PublicKey::check);
        self.expected.judge(access_token, checks, self.clock.now()).ok_or(Refusal::InvalidAccessToken)
    }

    /// As [`verify`](Self::verify), and if the token names a key that is not known, asks the source for
    /// it first.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify); [`Fault`] where the issuer cannot be asked for such a key.
    pub async fn verify_learning(&self, access_token: &str) -> Result<Identity, Error> {
        if let Some(key_id) = self.unknown_key(access_token) {
            self.source.learn(&key_id).await?;
        }
        Ok(self.verify(access_token)?)
    }

    /// The id of the key that a token names, if it is one that could be known and is not.
    fn unknown_key(&self, access_token: &str) -> Option<String> {
        let header = Parts::read(access_token)?.header()?;
        header.alg.parse::<SigningAlgorithm>().ok()?;
        header.kid.filter(|key_id| !self.source.known().contains(key_id))
    }
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("source", &self.source)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
