//! A small service with accounts: it takes orders, and shows everyone their own.
//!
//! Its login is the library's, in the same process and the same database. A front end for it is in
//! `examples/nextjs`.
//!
//! `settings` reads the environment; `table` has the service's own table, which refers to the
//! library's `users`; `orders` has the questions asked of it; `web` has the routes and their guards.

mod orders;
mod settings;
mod table;
mod web;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use auth_core::{Auth, Bootstrap, Policy};
use auth_sea_orm::{Options, SeaOrmStore};
use tokio::net::TcpListener;

use orders::Orders;

pub use settings::{InvalidSetting, Secrets, Settings, Stage};

/// Serves the application until the process ends.
///
/// # Errors
///
/// Where the database cannot be opened, or a secret is too weak.
pub async fn serve(listener: TcpListener, settings: Settings) -> Result<(), Box<dyn Error + Send + Sync>> {
    let store = SeaOrmStore::connect(&settings.database_url, Options::default()).await?;
    let database = store.database().clone();
    // One Migrator for both: the library's tables, then those of this service.
    auth_migrations::run_migrator::<table::Migrator>(&database).await?;

    let auth = authentication(store, &settings)?;
    tokio::spawn(sweep(auth.clone()));

    // With the address of each connection, the list of sessions shows from where they came.
    let app = web::app(auth, Orders::new(database), settings.stage);
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

fn authentication(
    store: SeaOrmStore,
    settings: &Settings,
) -> Result<Auth<SeaOrmStore>, auth_core::BuildError> {
    let bootstrap = match settings.stage {
        // Whoever calls /api/auth/bootstrap first becomes the admin: for development alone.
        Stage::Development => Bootstrap::Open,
        Stage::Production => Bootstrap::Closed,
    };
    let policy = Policy { access_ttl: settings.access_ttl, bootstrap, ..Policy::default() };
    let builder = Auth::builder(store.clone()).throttle(store).policy(policy);
    match &settings.secrets {
        Secrets::Given { access, refresh } => builder.access_secret(access).refresh_secret(refresh),
        Secrets::Random => builder.random_secrets(),
    }
    .build()
}

/// Deletes, every hour, what is over for good.
async fn sweep(auth: Auth<SeaOrmStore>) {
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        // What could not be deleted now is deleted in an hour.
        let _ = auth.sweep(1_000).await;
    }
}
