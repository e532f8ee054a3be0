//! Starts the service, on port 4000 unless `PORT` says otherwise.
#![expect(clippy::print_stdout, reason = "it talks to whoever starts it")]

use std::error::Error;

use example_orders::Settings;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    example_orders::serve(listener, settings).await
}
