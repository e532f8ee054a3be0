//! The routes inside an axum application, with routes of its own behind guards.

use std::error::Error;
use std::net::SocketAddr;

use auth_core::{Auth, Bootstrap, BuildError, MemoryStore, Policy, Role};
use auth_tower::{AuthRoutes, Authenticated, RequireAuth, RequireRole};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

/// How people log in: a store, secrets, and the rules.
///
/// # Errors
///
/// Where the configuration cannot work.
pub fn auth(store: MemoryStore) -> Result<Auth<MemoryStore>, BuildError> {
    Auth::builder(store)
        // Drawn anew at each start, so a restart logs everyone out. In production: `access_secret`
        // and `refresh_secret`, from the environment, the same in every process.
        .random_secrets()
        // Whoever calls /api/auth/bootstrap first becomes the admin: for development. Leave the
        // policy's default, which is closed, where strangers can call.
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()
}

/// The application. It is given its [`Auth`], so that its tests can give it another.
pub fn app(auth: Auth<MemoryStore>) -> Router {
    // Whoever is logged in. The access token is trusted until it expires, minutes later.
    let orders =
        Router::new().route("/api/orders", get(list_orders)).route_layer(RequireAuth::new(auth.clone()));

    // Admins only, and `current`: where more is at stake, the store is asked each time, so that
    // a demotion or a logout counts at once.
    let admin = Router::new()
        .route("/report", get(report))
        .route_layer(RequireRole::new(auth.clone(), Role::ADMIN).current());

    // `with_accounts` adds /users for admins, and /sessions and /password for everyone.
    // `nest_service` takes the base path off, so the routes are `nested`. Browsers do not store a
    // `Secure` cookie that comes over plain HTTP, hence `insecure_cookies`: for development only.
    let routes = AuthRoutes::new(auth).with_accounts().insecure_cookies().nested();

    Router::new().merge(orders).nest("/api/admin", admin).nest_service("/api/auth", routes)
}

/// Serves the application until the process ends.
///
/// # Errors
///
/// Where the application cannot be built.
pub async fn serve(listener: TcpListener, store: MemoryStore) -> Result<(), Box<dyn Error + Send + Sync>> {
    // With the address of each connection, the list of sessions shows from where they came.
    let app = app(auth(store)?).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}

async fn list_orders(Authenticated(who): Authenticated) -> String {
    format!("the orders of {}", who.user_id)
}

async fn report() -> &'static str {
    "for admins only"
}
