//! Starts the parts, says what came of it, and runs them until it is told to stop.

use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use auth_core::store::{EventStore, ManagedStore, UserStore};
use auth_core::{Auth, Bootstrap, Clock, SystemClock};
use auth_sea_orm::SeaOrmStore;
use auth_tower::AuthRoutes;
use secrecy::SecretString;
use tokio::time::timeout;

use crate::app::app;
use crate::causes::chain;
use crate::config::{Config, Console, Mode, Notice};
use crate::console::{self, BootstrapToken};
use crate::health::Ready;
use crate::metrics::{Requests, serve_metrics};
use crate::openapi;
use crate::pages::Pages;
use crate::prepare::{Prepared, StartError, Watched, prepare};
use crate::reference;
use crate::route::named;
use crate::serve::{Limits, serve};
use crate::sweep;

/// Starts, serves, and returns when `stop` is over and the requests in flight are answered.
///
/// # Errors
///
/// [`StartError`] where the server cannot start; once it listens, nothing makes it fail.
pub async fn run(config: &Config, stop: impl Future<Output = ()>) -> Result<(), StartError> {
    let mut stop = pin!(stop);
    for notice in &config.notices {
        match notice {
            Notice::Note(text) => tracing::info!("{text}"),
            Notice::Warning(text) => tracing::warn!("{text}"),
        }
    }
    let Prepared { auth, listener, metrics, recorder, recording, keys } = tokio::select! {
        biased;
        () = &mut stop => return Ok(()),
        prepared = prepare(config) => prepared?,
    };
    announce(config, &auth, listener.address, metrics.as_ref().map(|metrics| metrics.listener.address)).await;

    let store = auth.store().clone();
    let revocations = auth.revocations(config.revocation_delay);
    let routes = routes(auth.clone(), config).heeding(&revocations);
    let pages = pages(config, &routes);
    let requests = metrics.as_ref().map(|metrics| metrics.figures.requests.clone());
    let happenings = metrics.as_ref().map(|metrics| metrics.figures.happenings.clone());
    let count = |table, rows| {
        if let Some(happenings) = &happenings {
            happenings.swept(table, rows);
        }
        rows
    };
    let limits = Limits { connections: config.max_connections, ..Limits::default() };
    let sweeping = sweep::regularly(config.sweep_interval, async |limit| {
        let sessions = count("sessions", auth.sweep(limit).await?);
        let counts = count("counts", auth.sweep_throttle(limit).await?);
        let events = count("events", auth.sweep_events(config.audit_retention, limit).await?);
        let revocations = count("revocations", auth.sweep_revocations(limit).await?);
        let deleted = sessions + counts + events + revocations;
        // Fewer than there might have been: none is left.
        if let (Some(happenings), true) = (&happenings, deleted < u64::from(limit)) {
            happenings.swept_all(SystemClock.now());
        }
        Ok::<_, auth_core::Error>(deleted)
    });
    let following = async {
        match &keys {
            None => pending().await,
            Some(keys) => keys.follow(&auth, config.keys.interval).await,
        }
    };
    let hearing = revocations.follow(&store, |read| match read {
        Ok(()) => tracing::info!("what has been revoked can be read again"),
        Err(fault) => tracing::warn!(
            error = chain(fault),
            "what has been revoked could not be read; each check asks the database meanwhile"
        ),
    });
    let app = app(routes.clone(), pages.clone(), store.clone(), limits, config.mode);
    let app = named(&routes, &pages, Requests::count(requests, app));
    let telling = async {
        match metrics {
            None => pending().await,
            Some(Watched { listener, figures }) => {
                serve_metrics(listener.socket, figures.watching(auth.clone(), recorder, revocations.clone()))
                    .await
            }
        }
    };
    tokio::select! {
        () = serve(listener.socket, app, limits, stop) => {}
        never = telling => match never {},
        never = sweeping => match never {},
        never = following => match never {},
        never = hearing => match never {},
    }
    recording.finish().await;
    // A request that was cut off may still hold a connection, and is not waited for.
    let _closed = timeout(Duration::from_millis(500), store.database().clone().close()).await;
    Ok(())
}

/// What is served beside the routes.
fn pages(config: &Config, routes: &AuthRoutes<SeaOrmStore>) -> Pages {
    let token = match config.edge.bootstrap_token {
        Some(_) => BootstrapToken::Asked,
        None => BootstrapToken::NotAsked,
    };
    let console = match config.console {
        Console::On => Some(console::pages(routes.base_path(), &config.policy, token)),
        Console::Off => None,
    };
    let reference = if config.mode.is_production() { Vec::new() } else { reference::pages(routes) };
    console.into_iter().flatten().chain(reference).collect()
}

/// The routes as this configuration wants them.
pub fn routes<S: ManagedStore + EventStore>(auth: Auth<S>, config: &Config) -> AuthRoutes<S> {
    let routes = AuthRoutes::new(auth)
        .with_events()
        .with_openapi(openapi::about())
        .with_well_known_keys()
        .with_trusted_origins(config.edge.origins.clone())
        .with_trusted_proxies(config.edge.proxies.clone());
    if config.mode.is_production() { routes } else { routes.insecure_cookies() }
}

/// Says where it listens, over which database, in which mode, what is open, how late a check may be, and
/// where its figures are.
async fn announce(
    config: &Config,
    auth: &Auth<SeaOrmStore>,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
) {
    let bootstrap = match config.policy.bootstrap {
        Bootstrap::Open => "open",
        Bootstrap::Closed => "closed",
    };
    tracing::info!(
        %address,
        database = %config.database,
        mode = %config.mode,
        bootstrap,
        revocation_delay = %config.revocation_delay,
        version = env!("CARGO_PKG_VERSION"),
        metrics = metrics.map(tracing::field::display),
        "listening"
    );
    // Where the database fails just now, the advice can wait.
    let nobody_yet = matches!(auth.store().any_user().await, Ok(false));
    if config.mode == Mode::Development && config.policy.bootstrap == Bootstrap::Open && nobody_yet {
        let in_a_browser = match config.console {
            Console::On => format!("open http://{}/console#/bootstrap, or ", reachable(address)),
            Console::Off => String::new(),
        };
        tracing::info!(
            "there is no user yet; {in_a_browser}create the first admin with: {}",
            first_admin(address, config.edge.bootstrap_token.as_ref())
        );
    }
}

/// The command that creates the first admin of a server at `address`. A token is named, and its
/// value left to whoever knows it.
fn first_admin(address: SocketAddr, token: Option<&SecretString>) -> String {
    let reachable = reachable(address);
    let admin = r#"{"email":"admin@example.com","password":"StrongPassword123!","name":"Admin"}"#;
    let token = token.map_or("", |_| r#" -H "X-Bootstrap-Token: $BOOTSTRAP_TOKEN""#);
    format!(
        "curl -i http://{reachable}/api/auth/bootstrap -H 'Content-Type: application/json'{token} -d '{admin}'"
    )
}

/// An address of this machine's own at which a server at `address` can be reached.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(host, address.port())
}

impl Ready for SeaOrmStore {
    async fn is_ready(&self) -> bool {
        self.ping().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_an_address_that_can_be_called() {
        for (address, url) in [
            ("127.0.0.1:4000", "http://127.0.0.1:4000/"),
            ("0.0.0.0:4000", "http://127.0.0.1:4000/"),
            ("[::]:4000", "http://[::1]:4000/"),
            ("192.168.0.7:80", "http://192.168.0.7:80/"),
        ] {
            let told = first_admin(address.parse().expect("an address"), None);
            assert!(told.contains(url) && !told.contains("Token"), "{told}");
        }
    }

    #[test]
    fn the_advice_names_a_token_that_is_asked_for_and_does_not_show_it() {
        let token = "hunter2hunter2".into();
        let told = first_admin(([127, 0, 0, 1], 4_000).into(), Some(&token));
        assert!(told.contains(r#"-H "X-Bootstrap-Token: $BOOTSTRAP_TOKEN" -d"#), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
