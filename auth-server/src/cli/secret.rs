//! `secret generate`: what signs and seals the tokens.

use auth_core::{Entropy, OsEntropy};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use secrecy::zeroize::Zeroizing;
use serde_json::json;

use super::failure::{Failure, Outcome};
use super::help;
use super::output::Output;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Prints 48 random bytes in base64; needs no configuration.
    #[command(after_help = help::SECRET)]
    Generate {
        /// Prints two, as lines for a .env: the one for access and the one for refresh tokens.
        #[arg(long)]
        env: bool,
    },
}

pub(super) fn run(command: &Command, output: Output) -> Outcome {
    match command {
        Command::Generate { env: false } => {
            let secret = draw()?;
            output.print(&json!({ "secret": *secret }), || String::clone(&secret))
        }
        Command::Generate { env: true } => {
            let (access, refresh) = (draw()?, draw()?);
            output.print(&json!({ "JWT_ACCESS_SECRET": *access, "JWT_REFRESH_SECRET": *refresh }), || {
                format!("JWT_ACCESS_SECRET={}\nJWT_REFRESH_SECRET={}", *access, *refresh)
            })
        }
    }
}

fn draw() -> Outcome<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 48]);
    OsEntropy.fill(&mut *bytes).map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(Zeroizing::new(STANDARD.encode(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_secret_is_one_that_the_server_takes() {
        let (one, other) = (draw().expect("randomness"), draw().expect("randomness"));
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        assert!(auth_core::SigningSecret::parse(one.as_bytes()).is_ok());
    }
}
