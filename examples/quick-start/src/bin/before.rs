//! An application without logins: everybody sees everything.

use axum::{Router, routing::get};
use tokio::net::TcpListener;

async fn orders() -> String {
    "everybody's orders".to_owned()
}

fn app() -> Router {
    Router::new().route("/api/orders", get(orders))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app()).await?)
}

#[cfg(test)]
#[path = "../tests/before.rs"]
mod tests;
