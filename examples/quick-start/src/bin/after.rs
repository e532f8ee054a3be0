//! The same application with logins: whoever is logged in sees their own.

use auth_core::{Auth, Bootstrap, BuildError, MemoryStore, Policy};
use auth_tower::{AuthRoutes, Authenticated, RequireAuth};
use axum::{Router, routing::get};
use tokio::net::TcpListener;

async fn orders(Authenticated(who): Authenticated) -> String {
    format!("orders of {}", who.user_id)
}

fn app() -> Result<Router, BuildError> {
    let auth = Auth::builder(MemoryStore::new())
        .random_secrets()
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()?;
    Ok(Router::new()
        .route("/api/orders", get(orders).layer(RequireAuth::new(auth.clone())))
        .nest_service("/api/auth", AuthRoutes::new(auth).insecure_cookies().nested()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app()?).await?)
}

#[cfg(test)]
#[path = "../tests/after.rs"]
mod tests;
