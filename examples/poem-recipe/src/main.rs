//! Starts the application on port 4000; try it with the lines it prints.
#![expect(clippy::print_stdout, reason = "it talks to whoever starts it")]

use std::error::Error;

use auth_core::{Auth, Bootstrap, MemoryStore, Policy};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let auth = Auth::builder(MemoryStore::new())
        // Drawn anew at each start, so a restart logs everyone out. In production: `access_secret`
        // and `refresh_secret`, from the environment, the same in every process.
        .random_secrets()
        // Whoever calls /api/auth/bootstrap first becomes the admin: for development. Leave the
        // policy's default, which is closed, where strangers can call.
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()?;
    println!("listening on http://127.0.0.1:4000");
    println!("create the first admin:");
    println!("  curl http://127.0.0.1:4000/api/auth/bootstrap --json \\");
    println!(
        "    '{{\"email\":\"admin@example.com\",\"password\":\"StrongPassword123!\",\"name\":\"Admin\"}}'"
    );
    poem::Server::new(poem::listener::TcpListener::bind("127.0.0.1:4000"))
        .run(example_poem_recipe::app(auth))
        .await?;
    Ok(())
}
