//! How an implementation is to be set up for a test.

use std::time::Duration;

use auth_core::{
    Argon2Cost, Auth, AuthBuilder, Bootstrap, BuildError, Hashing, LateRetry, Permission, Policy, Role, Roles,
};

/// How an implementation is to be set up: nothing but what the environment of a server can say.
///
/// ```
/// use auth_conformance::contract::Settings;
/// use auth_core::MemoryStore;
///
/// let settings = Settings::production().with_bootstrap_open();
/// let auth = settings.auth(MemoryStore::new())?;
/// assert!(settings.secure_cookies());
/// assert!(settings.environment().contains(&("ALLOW_BOOTSTRAP", "true".to_owned())));
/// # let _ = auth;
/// # Ok::<(), auth_core::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    mode: Mode,
    policy: Policy,
    bootstrap_token: Option<&'static str>,
    trusted_origins: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Development,
    Production,
}

impl Settings {
    /// The secret that signs access tokens; known to the tests, which forge some with it.
    pub const ACCESS_SECRET: &str = "T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW";

    /// The secret that seals refresh tokens.
    pub const REFRESH_SECRET: &str = "n4kJ0aVdB7wFhXo2PZs5mRtYgLc8UeQi";

    /// The token that a bootstrap may have to present.
    pub const BOOTSTRAP_TOKEN: &str = "w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA";

    /// `NODE_ENV=development`: bootstrap is open, and the cookie goes over plain HTTP.
    pub fn development() -> Self {
        let policy = Policy { bootstrap: Bootstrap::Open, ..Policy::default() };
        Self::of(Mode::Development, policy)
    }

    /// `NODE_ENV=production`: bootstrap is closed, and the cookie is `Secure`.
    pub fn production() -> Self {
        Self::of(Mode::Production, Policy::default())
    }

    fn of(mode: Mode, policy: Policy) -> Self {
        Self { mode, policy, bootstrap_token: None, trusted_origins: Vec::new() }
    }

    /// `ALLOW_BOOTSTRAP=true`.
    #[must_use]
    pub fn with_bootstrap_open(mut self) -> Self {
        self.policy.bootstrap = Bootstrap::Open;
        self
    }

    /// `BOOTSTRAP_TOKEN`: [`Self::BOOTSTRAP_TOKEN`].
    #[must_use]
    pub fn with_bootstrap_token(mut self) -> Self {
        self.bootstrap_token = Some(Self::BOOTSTRAP_TOKEN);
        self
    }

    /// `TRUSTED_ORIGINS`: these.
    #[must_use]
    pub fn with_trusted_origins<'a>(mut self, origins: impl IntoIterator<Item = &'a str>) -> Self {
        self.trusted_origins.extend(origins.into_iter().map(str::to_owned));
        self
    }

    /// `REFRESH_REUSE_GRACE=0s`: every refresh rotates, and a token is old at once.
    #[must_use]
    pub fn without_grace(mut self) -> Self {
        self.policy.reuse_grace = Duration::ZERO;
        self
    }

    /// `REFRESH_LATE_RETRY=false`.
    #[must_use]
    pub fn without_late_retry(mut self) -> Self {
        self.policy.late_retry = LateRetry::Reuse;
        self
    }

    /// `JWT_ACCESS_TTL`, `JWT_REFRESH_TTL` and `SESSION_MAX_TTL`, in seconds.
    #[must_use]
    pub fn with_lifetimes(mut self, access: u64, refresh: u64, session: u64) -> Self {
        self.policy.access_ttl = Duration::from_secs(access);
        self.policy.refresh_ttl = Duration::from_secs(refresh);
        self.policy.session_max_ttl = Duration::from_secs(session);
        self
    }

    /// `PASSWORD_MIN_LENGTH`, in code points.
    #[must_use]
    pub fn with_password_min_length(mut self, code_points: usize) -> Self {
        self.policy.password_min_length = code_points;
        self
    }

    /// `JWT_ISSUER` and `JWT_AUDIENCE`.
    #[must_use]
    pub fn with_parties(mut self, issuer: &str, audience: &str) -> Self {
        issuer.clone_into(&mut self.policy.issuer);
        audience.clone_into(&mut self.policy.audience);
        self
    }

    /// `SESSION_LIMIT`: the most live sessions of one user.
    #[must_use]
    pub fn with_session_limit(mut self, sessions: u32) -> Self {
        self.policy.session_limit = sessions;
        self
    }

    /// `LOGIN_FAILURES_PER_MINUTE`: so many from one address.
    #[must_use]
    pub fn with_failures_per_minute(mut self, failures: u32) -> Self {
        self.policy.throttle.per_address = failures;
        self
    }

    /// `ROLES`: these beside `ADMIN` and `USER`.
    ///
    /// # Panics
    ///
    /// Where one of them is no role.
    #[must_use]
    pub fn with_roles<'a>(mut self, roles: impl IntoIterator<Item = &'a str>) -> Self {
        for role in roles {
            let role = Role::parse(role).expect("a role");
            self.policy.roles = self.policy.roles.with(role, None::<Permission>);
        }
        self
    }

    /// The same as a policy of the core.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether the cookie is to be `Secure`.
    pub fn secure_cookies(&self) -> bool {
        self.mode == Mode::Production
    }

    /// The origins whose pages are to be trusted.
    pub fn trusted_origins(&self) -> &[String] {
        &self.trusted_origins
    }

    /// An [`Auth`] over `store` that is set up like this, for a door in process. It hashes as
    /// cheaply as can be, because the contract does not say what a hash costs.
    ///
    /// # Errors
    ///
    /// [`BuildError`] where the hashing threads cannot be started.
    pub fn auth<S>(&self, store: S) -> Result<Auth<S>, BuildError> {
        self.builder(store).build()
    }

    /// The same before it is built, for a door that has something to add.
    pub fn builder<S>(&self, store: S) -> AuthBuilder<S> {
        let auth = Auth::builder(store)
            .access_secret(Self::ACCESS_SECRET)
            .refresh_secret(Self::REFRESH_SECRET)
            .policy(self.policy.clone())
            .hashing(Hashing {
                cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
                ..Hashing::default()
            });
        match self.bootstrap_token {
            Some(token) => auth.bootstrap_token(token),
            None => auth,
        }
    }

    /// The same as variables of the environment, for a door to a server process. A variable that
    /// is not in the list is to be unset.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let seconds = |span: Duration| format!("{}s", span.as_secs());
        let Policy { access_ttl, refresh_ttl, session_max_ttl, reuse_grace, .. } = self.policy;
        let mode = if self.mode == Mode::Production { "production" } else { "development" };
        let mut variables = vec![
            ("NODE_ENV", mode.to_owned()),
            ("JWT_ACCESS_SECRET", Self::ACCESS_SECRET.to_owned()),
            ("JWT_REFRESH_SECRET", Self::REFRESH_SECRET.to_owned()),
            ("JWT_ACCESS_TTL", seconds(access_ttl)),
            ("JWT_REFRESH_TTL", seconds(refresh_ttl)),
            ("SESSION_MAX_TTL", seconds(session_max_ttl)),
            ("REFRESH_REUSE_GRACE", seconds(reuse_grace)),
            ("REFRESH_LATE_RETRY", (self.policy.late_retry == LateRetry::Allowed).to_string()),
            ("JWT_ISSUER", self.policy.issuer.clone()),
            ("JWT_AUDIENCE", self.policy.audience.clone()),
            ("PASSWORD_MIN_LENGTH", self.policy.password_min_length.to_string()),
            ("SESSION_LIMIT", self.policy.session_limit.to_string()),
            ("LOGIN_FAILURES_PER_MINUTE", self.policy.throttle.per_address.to_string()),
        ];
        let usual = Roles::default();
        let added = self.policy.roles.iter().map(|(role, _)| role).filter(|role| !usual.contains(role));
        let added: Vec<_> = added.map(Role::as_str).collect();
        if !added.is_empty() {
            variables.push(("ROLES", added.join(",")));
        }
        if self.mode == Mode::Production && self.policy.bootstrap == Bootstrap::Open {
            variables.push(("ALLOW_BOOTSTRAP", "true".to_owned()));
        }
        if let Some(token) = self.bootstrap_token {
            variables.push(("BOOTSTRAP_TOKEN", token.to_owned()));
        }
        if !self.trusted_origins.is_empty() {
            variables.push(("TRUSTED_ORIGINS", self.trusted_origins.join(",")));
        }
        variables
    }
}
