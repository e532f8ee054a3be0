//! The routes behind which nothing stands: alone, and behind a guard.

pub mod kernels;
pub mod recorder;

use std::error::Error;

use auth_core::{
    Argon2Cost, Auth, Bootstrap, BuildError, Email, Hashing, Login, MemoryStore, Name, NewAdmin, Password,
    Policy,
};
use auth_tower::RequireAuth;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// `GET /hello`, bare.
pub fn bare() -> Router {
    Router::new().route("/hello", get(hello))
}

/// `GET /hello` for those with an access token, and such a token.
///
/// # Errors
///
/// Where nobody can log in.
pub async fn guarded() -> Result<(Router, String), Box<dyn Error + Send + Sync>> {
    let auth = auth()?;
    let (email, password) = (Email::parse("admin@example.com")?, Password::parse("StrongPassword123!")?);
    auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), Name::parse("Admin")?)).await?;
    let session = auth.login(Login::new(email, password)).await?;
    let app = bare().route_layer(RequireAuth::new(auth));
    Ok((app, session.access_token.expose().to_owned()))
}

fn auth() -> Result<Auth<MemoryStore>, BuildError> {
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    Auth::builder(MemoryStore::new())
        .random_secrets()
        .hashing(Hashing { cost, ..Hashing::default() })
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()
}

/// As large as the answer of `/me`.
async fn hello() -> Json<Value> {
    Json(json!({
        "id": "0d3b6c3e-4c8e-4b43-9a57-111111111111",
        "email": "user1@example.com",
        "name": "User 1",
        "role": "USER",
    }))
}
