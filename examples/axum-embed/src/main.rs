//! Starts the application on port 4000; try it with the lines it prints.
#![expect(clippy::print_stdout, reason = "it talks to whoever starts it")]

use std::error::Error;

use auth_core::MemoryStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = TcpListener::bind("127.0.0.1:4000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("create the first admin:");
    println!("  curl http://127.0.0.1:4000/api/auth/bootstrap --json \\");
    println!(
        "    '{{\"email\":\"admin@example.com\",\"password\":\"StrongPassword123!\",\"name\":\"Admin\"}}'"
    );
    example_axum_embed::serve(listener, MemoryStore::new()).await
}
