//! The two secrets: one signs access tokens, the other seals refresh tokens.

use auth_core::{KeyFlaw, SigningSecret};
use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;
use super::{Mode, Purpose};

const ACCESS: &str = "JWT_ACCESS_SECRET";
const REFRESH: &str = "JWT_REFRESH_SECRET";
const MAKE_ONE: &str = "put the output of `openssl rand -base64 48` into it";

/// The two secrets.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs access tokens.
    pub access: Key,
    /// Seals refresh tokens.
    pub refresh: Key,
}

/// Where a secret comes from.
#[derive(Clone, Debug)]
pub enum Key {
    /// From the configuration.
    Given(SecretString),
    /// Drawn when the server starts, and gone when it stops; never where it serves in production.
    RandomForThisProcess,
}

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode, purpose: Purpose) -> Keys {
    let access = one(reader, ACCESS, mode, purpose);
    let refresh = one(reader, REFRESH, mode, purpose);
    if let (Key::Given(access), Key::Given(refresh)) = (&access, &refresh)
        && access.expose_secret() == refresh.expose_secret()
    {
        reader.mistake(
            REFRESH,
            format!("is the same as {ACCESS}"),
            format!("give it a value of its own: {MAKE_ONE}"),
        );
    }
    Keys { access, refresh }
}

fn one(reader: &mut Reader<'_>, name: &'static str, mode: Mode, purpose: Purpose) -> Key {
    let mistakes = [name.to_owned(), format!("{name}_FILE")];
    let Some(secret) = reader.secret(name) else {
        if mistakes.iter().any(|name| reader.is_mistaken(name)) {
            // It was meant to be set; what is wrong has been said.
        } else if purpose == Purpose::Manage {
            // No token is made.
        } else if mode.is_production() {
            reader.mistake(name, "is not set, and production needs it", MAKE_ONE);
        } else {
            reader.warn(format!(
                "{name} is not set: a random one is used, so nobody stays signed in over a restart"
            ));
        }
        return Key::RandomForThisProcess;
    };
    if let Err(flaw) = SigningSecret::parse(secret.expose_secret().as_bytes()) {
        let problem = match flaw {
            KeyFlaw::TooShort => "has fewer than 32 bytes",
            KeyFlaw::Sample => "is a sample or a placeholder",
            KeyFlaw::Repetitive => "repeats itself",
        };
        reader.mistake(name, problem, MAKE_ONE);
    }
    Key::Given(secret)
}
