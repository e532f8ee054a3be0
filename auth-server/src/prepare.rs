//! Puts the parts together: the secrets, the store with its tables, the keys, and where to listen.

use std::net::SocketAddr;
use std::sync::Arc;

use auth_core::store::{
    AccountStore, EventStore, FeedPlace, Opening, RevocationStore, SessionKey, SessionListStore,
    SessionStore, StoreError, StoreErrorKind, ThrottleStore as _,
};
use auth_core::{
    Auth, BuildError, Client, Entropy, EntropyError, EventQuery, OsEntropy, PasswordHash, SecretHash,
    SessionId, Timestamp, UserId,
};
use auth_sea_orm::{ConnectError, Options, Pooling, SeaOrmStore};
use sea_orm_migration::DbErr;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;

use crate::causes::chain;
use crate::config::{Config, DatabaseUrl, Key, Mode, ThrottleStore};
use crate::keys::{KeysError, Secrets, SigningKeys};
use crate::metrics::Metrics;
use crate::record::{Recorder, Recording};

/// Why the server did not start, as a sentence for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database did not let us in.
    #[error("the database {database} cannot be used: {}; {advice}", chain(cause))]
    Database {
        /// Which, without its password.
        database: String,
        /// What it said.
        cause: ConnectError,
        /// What to do.
        advice: &'static str,
    },
    /// The tables could not be created or upgraded.
    #[error("the tables in {database} could not be created or upgraded: {}; see that the user of DATABASE_URL may create tables", chain(&**cause))]
    Migrations {
        /// Which, without its password.
        database: String,
        /// What it said.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A later version took away what this one needs.
    #[error(
        "the tables in {database} are of a later version, and this one does not get along with them: {why}; start a later one"
    )]
    Later {
        /// Which, without its password.
        database: String,
        /// Which migration, and why not.
        why: String,
    },
    /// `AUTO_MIGRATE=false`, and there are no tables.
    #[error(
        "the tables in {database} are missing or outdated, and AUTO_MIGRATE=false keeps them so; run `auth-server migrate up`, or start the server once with AUTO_MIGRATE=true"
    )]
    Tables {
        /// Which, without its password.
        database: String,
    },
    /// The database let us in, and then failed.
    #[error("the database {database} failed: {}", chain(cause))]
    Store {
        /// Which, without its password.
        database: String,
        /// What it said.
        cause: StoreError,
    },
    /// Nobody can listen there.
    #[error("cannot listen on {address}: {cause}; choose another {variable}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What says where.
        variable: &'static str,
        /// Why not.
        cause: std::io::Error,
    },
    /// The parts do not fit together.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No random secrets could be drawn.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The keys that sign cannot be used.
    #[error("{}; {}", chain(cause), cause.advice())]
    Keys {
        /// Why not.
        #[from]
        cause: KeysError,
    },
    /// A secret is missing; the configuration should have said so.
    #[error("production needs JWT_ACCESS_SECRET and JWT_REFRESH_SECRET")]
    NoSecret,
}

/// What is there before it serves.
pub(crate) struct Prepared {
    pub(crate) auth: Auth<SeaOrmStore>,
    pub(crate) listener: Listener,
    pub(crate) metrics: Option<Watched>,
    /// Takes the events, which `recording` writes.
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) recording: Recording,
    /// Where keys sign, and not a secret.
    pub(crate) keys: Option<SigningKeys>,
}

/// Where somebody listens; of port 0, which one it came to.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listener {
    async fn bind(address: SocketAddr, variable: &'static str) -> Result<Self, StartError> {
        let told = |cause| StartError::Listen { address, variable, cause };
        let socket = TcpListener::bind(address).await.map_err(told)?;
        Ok(Self { address: socket.local_addr().map_err(told)?, socket })
    }
}

/// What is counted, and where it can be read.
pub(crate) struct Watched {
    pub(crate) listener: Listener,
    pub(crate) figures: Metrics,
}

pub(crate) async fn prepare(config: &Config) -> Result<Prepared, StartError> {
    // What costs nothing is tried first.
    let access = match &config.keys.access {
        Key::Absent => None,
        key => Some(drawn(key, config.mode)?),
    };
    let refresh = drawn(&config.keys.refresh, config.mode)?;
    let listener = Listener::bind(config.listen, "HOST or PORT").await?;
    let metrics = match config.metrics {
        None => None,
        Some(address) => Some(Watched {
            listener: Listener::bind(address, "METRICS_LISTEN").await?,
            figures: Metrics::new(),
        }),
    };
    let store = open(config).await?;
    // The current one signs, unless a key does; the previous ones only verify.
    let secrets = Secrets { current: access, previous: config.keys.access_previous.clone() };
    let mut auth = Auth::builder(store.clone())
        .refresh_secret(refresh.expose_secret())
        .policy(config.policy.clone())
        .hashing(config.hashing.clone());
    if let Some(token) = &config.edge.bootstrap_token {
        auth = auth.bootstrap_token(token.expose_secret());
    }
    let keys = SigningKeys::find(config, &store, &secrets).await?;
    auth = match &keys {
        Some(keys) => auth.access_keys(keys.found().clone()),
        None => secrets
            .current
            .iter()
            .chain(&secrets.previous)
            .fold(auth, |auth, secret| auth.access_secret(secret.expose_secret())),
    };
    for previous in &config.keys.refresh_previous {
        auth = auth.refresh_secret(previous.expose_secret());
    }
    if config.throttle_store == ThrottleStore::Database {
        auth = auth.throttle(store.clone());
    }
    if let Some(Watched { figures, .. }) = &metrics {
        auth = auth.events(figures.happenings.clone()).observer(figures.happenings.clone());
    }
    let (recorder, recording) = Recording::start(store);
    let recorder = Arc::new(recorder);
    let auth = auth.events(Arc::clone(&recorder)).build()?;
    Ok(Prepared { auth, listener, metrics, recorder, recording, keys })
}

/// The accounts of the configured database, for whoever runs the system. Its tokens are worth
/// nothing: nobody logs in here, so the secrets are drawn, in production too.
///
/// # Errors
///
/// [`StartError`] where the database or its tables cannot be used.
pub async fn for_commands(config: &Config) -> Result<(Auth<SeaOrmStore>, Recording), StartError> {
    let store = open(config).await?;
    let auth = Auth::builder(store.clone()).random_secrets().policy(config.policy.clone());
    let auth = auth.hashing(config.hashing.clone()).throttle(store.clone());
    let (recorder, recording) = Recording::start(store);
    Ok((auth.events(recorder).build()?, recording))
}

/// The store over the configured database, with its tables created or upgraded where that is
/// allowed, and checked.
///
/// # Errors
///
/// [`StartError`] where the database or its tables cannot be used.
pub async fn open(config: &Config) -> Result<SeaOrmStore, StartError> {
    let store = connect(config).await?;
    let database = || config.database.to_string();
    let unfit = |error| match error {
        DbErr::Migration(why) => StartError::Later { database: database(), why },
        cause => StartError::Migrations { database: database(), cause: cause.into() },
    };
    if config.auto_migrate {
        auth_migrations::run(store.database()).await.map_err(unfit)?;
    }
    // A pooler in transaction mode has nothing for the queries of a migrator.
    if config.database_pooling == Pooling::Session {
        match auth_migrations::later(store.database()).await {
            Ok(later) if later.is_empty() => {}
            Ok(later) => {
                let migrations = later.join(", ");
                tracing::info!(migrations, "the tables are of a later version, and fit this one");
            }
            Err(error @ DbErr::Migration(_)) => return Err(unfit(error)),
            // A user who may not look there may do everything else; what matters is asked for below.
            Err(error) => tracing::debug!(error = chain(&error), "which migrations there are is not known"),
        }
    }
    look(&store).await.map_err(|cause| match cause.kind() {
        StoreErrorKind::Broken if !config.auto_migrate => StartError::Tables { database: database() },
        _ => StartError::Store { database: database(), cause },
    })?;
    Ok(store)
}

/// Asks for what cannot be there, which names every table, column and function: one that is missing is
/// found now, and not by the first login, and a broken row is nobody's obstacle.
async fn look(store: &SeaOrmStore) -> Result<(), StoreError> {
    let nobody = UserId::from_bytes([0; 16]);
    store.account(nobody).await?;
    let (then, secret) = (Timestamp::from_millis(0), SecretHash::from_bytes([0; 32]));
    store.live_sessions(nobody, then).await?;
    let opening = Opening {
        key: SessionKey { id: SessionId::from_bytes([0; 16]), secret },
        user: nobody,
        verified: PasswordHash::new(""),
        expires_at: then,
        ends_at: then,
        replaces: None,
        limit: 1,
        client: Client::default(),
    };
    store.open(&opening, then).await?;
    store.events(&EventQuery { user: Some(nobody), ..EventQuery::default() }).await?;
    store.sweep_throttle(Timestamp::from_millis(i64::MIN), 1).await?;
    store.signing_keys().await?;
    store.revoked_since(FeedPlace::START, 0).await?;
    Ok(())
}

/// The store over the configured database as it is found, with or without tables.
///
/// # Errors
///
/// [`StartError::Database`] where the database does not let us in.
pub async fn connect(config: &Config) -> Result<SeaOrmStore, StartError> {
    let options = Options {
        max_connections: config.database_max_connections,
        pooling: config.database_pooling,
        ..Options::default()
    };
    SeaOrmStore::connect(config.database.expose(), options).await.map_err(|cause| StartError::Database {
        database: config.database.to_string(),
        cause,
        advice: advice(&config.database),
    })
}

fn advice(database: &DatabaseUrl) -> &'static str {
    if database.is_sqlite() {
        "see that its folder is there and may be written to, and that DATABASE_URL ends in ?mode=rwc if the file is to be created"
    } else {
        "see that it runs and that DATABASE_URL is right"
    }
}

/// The secret that was given, or, outside production, one that nobody else will ever know.
fn drawn(key: &Key, mode: Mode) -> Result<SecretString, StartError> {
    match (key, mode) {
        (Key::Given(secret), _) => Ok(secret.clone()),
        (Key::RandomForThisProcess, Mode::Production) | (Key::Absent, _) => Err(StartError::NoSecret),
        (Key::RandomForThisProcess, Mode::Development | Mode::Test) => {
            let mut bytes = Zeroizing::new([0; 32]);
            OsEntropy.fill(&mut *bytes)?;
            let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
            // As long as it gets: one that grows leaves copies of its beginning behind, unwiped.
            let mut hex = Zeroizing::new(String::with_capacity(2 * bytes.len()));
            hex.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
            Ok(hex.as_str().into())
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_never_draws_its_own_secret() {
        let drawn_in = |mode| drawn(&Key::RandomForThisProcess, mode);
        assert!(matches!(drawn_in(Mode::Production), Err(StartError::NoSecret)));
        for mode in [Mode::Development, Mode::Test] {
            let (one, other) = (drawn_in(mode).expect("randomness"), drawn_in(mode).expect("randomness"));
            assert_ne!(one.expose_secret(), other.expose_secret());
            assert!(auth_core::SigningSecret::parse(one.expose_secret().as_bytes()).is_ok());
        }
    }
}
