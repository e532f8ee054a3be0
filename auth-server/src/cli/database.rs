//! What a command works with: the configuration, the log, a runtime, and the database.

use std::path::Path;
use std::time::Duration;

use auth_core::Auth;
use auth_sea_orm::SeaOrmStore;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::failure::{Failure, Outcome};
use crate::config::{Config, Environment, Mistakes, Notice, Purpose};
use crate::{prepare, telemetry};

/// Where a `.env` is looked for.
const DOTENV: &str = ".env";

/// The configuration, judged for this purpose.
pub(super) fn configuration(purpose: Purpose) -> Outcome<Config> {
    let environment = Environment::load(Path::new(DOTENV)).map_err(Mistakes::from)?;
    Ok(environment.config(purpose)?)
}

/// Lets a command work with the accounts of the configured database.
///
/// The log goes to standard error. The tables are created or upgraded first where `AUTO_MIGRATE`
/// allows it. No token is ever made, so the secrets may be missing, in production too.
///
/// # Errors
///
/// What keeps it from the database, and whatever the command says.
pub(super) fn with_auth<T>(command: impl AsyncFnOnce(&Auth<SeaOrmStore>) -> Outcome<T>) -> Outcome<T> {
    with_auth_and_config(async |auth, _| command(auth).await)
}

/// Lets a command work with the accounts and the configuration, else as [`with_auth`].
///
/// # Errors
///
/// As [`with_auth`].
pub(super) fn with_auth_and_config<T>(
    command: impl AsyncFnOnce(&Auth<SeaOrmStore>, &Config) -> Outcome<T>,
) -> Outcome<T> {
    with_config(async |config| {
        let (auth, recording) = prepare::for_commands(config).await?;
        let outcome = command(&auth, config).await;
        recording.finish().await;
        close(auth.store()).await;
        outcome
    })
}

/// Lets a command work with the configured database as it is found, tables or not.
///
/// # Errors
///
/// What keeps it from the database, and whatever the command says.
pub(super) fn with_store<T>(command: impl AsyncFnOnce(&Config, &SeaOrmStore) -> Outcome<T>) -> Outcome<T> {
    with_config(async |config| {
        let store = prepare::connect(config).await?;
        let outcome = command(config, &store).await;
        close(&store).await;
        outcome
    })
}

/// Lets a command work with the configuration alone, on a runtime, with a log.
///
/// # Errors
///
/// What is wrong with the configuration, and whatever the command says.
pub(super) fn with_config<T>(command: impl AsyncFnOnce(&Config) -> Outcome<T>) -> Outcome<T> {
    let config = configuration(Purpose::Manage)?;
    telemetry::start_beside_output(&config.log);
    for notice in &config.notices {
        match notice {
            Notice::Note(text) => tracing::info!("{text}"),
            Notice::Warning(text) => tracing::warn!("{text}"),
        }
    }
    runtime()?.block_on(command(&config))
}

async fn close(store: &SeaOrmStore) {
    // It gives SQLite the time to fold its log into the file; nothing is lost without it.
    let _closed = timeout(Duration::from_secs(2), store.database().clone().close()).await;
}

/// A runtime with threads.
pub(super) fn runtime() -> Outcome<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("no threads are to be had: {error}")))
}
