//! `GET /hello` on a free port, which is printed; with `--guarded` behind a guard, and an access token
//! is printed after the port.
#![expect(clippy::print_stdout, reason = "it talks to whoever starts it")]

use std::error::Error;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (app, token) = match std::env::args().nth(1).as_deref() {
        None => (limits::bare(), String::new()),
        Some("--guarded") => limits::guarded().await?,
        Some(other) => return Err(format!("{other} is no argument; --guarded is").into()),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{} {token}", listener.local_addr()?.port());
    Ok(axum::serve(listener, app).await?)
}
