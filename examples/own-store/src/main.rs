//! The first admin, a login, a refresh, and who they are: all of it on the store in this folder.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use auth_core::{
    Auth, Bootstrap, Email, Entropy, EntropyError, Login, Name, NewAdmin, OsEntropy, Password, Policy,
};
use example_own_store::Notebook;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Auth::builder(Notebook::new())
        // Random secrets are enough for a program whose sessions end with it.
        .access_secret(random_secret()?)
        .refresh_secret(random_secret()?)
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()?;

    let email = Email::parse("admin@example.com")?;
    let password = Password::parse("StrongPassword123!")?;
    let name = Name::parse("Admin")?;
    let admin = auth.bootstrap(NewAdmin::new(email.clone(), password.clone(), name)).await?;
    println!("created {} with the role {}", admin.email, admin.role);

    let login = auth.login(Login::new(email, password)).await?;
    println!("logged in as {}", login.user.name);

    let refreshed = auth.refresh(login.refresh.token.expose()).await?;
    println!("refreshed; the cookie {}", if refreshed.refresh.is_some() { "is new" } else { "stays" });

    let me = auth.me(refreshed.access_token.expose()).await?;
    println!("the access token is {}'s", me.name);

    let current = refreshed.refresh.map_or(login.refresh.token, |issued| issued.token);
    auth.logout(current.expose()).await?;
    match auth.me(refreshed.access_token.expose()).await {
        Ok(_) => println!("still logged in?"),
        Err(refusal) => println!("after the logout: {refusal}"),
    }
    Ok(())
}

fn random_secret() -> Result<[u8; 32], EntropyError> {
    let mut secret = [0; 32];
    OsEntropy.fill(&mut secret)?;
    Ok(secret)
}
