//! The secrets: one signs access tokens, another seals refresh tokens; and those that did, or will.
//!
//! A previous secret verifies and no longer signs, so a secret is replaced without logging anyone
//! out. Where several instances serve, the new one goes to all of them as a "previous" one first:
//! then each knows what another signs with, whichever of them has changed over.

use auth_core::{KeyFlaw, SigningSecret};
use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;
use super::{Mode, Purpose};

const ACCESS: &str = "JWT_ACCESS_SECRET";
const REFRESH: &str = "JWT_REFRESH_SECRET";
const ACCESS_PREVIOUS: &str = "JWT_ACCESS_SECRET_PREVIOUS";
const REFRESH_PREVIOUS: &str = "JWT_REFRESH_SECRET_PREVIOUS";
const FORGET: &str = "leave it out, because whoever guesses it signs what you would believe";
const MAKE_ONE: &str = "put the output of `openssl rand -base64 48` into it";

/// The secrets.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs access tokens.
    pub access: Key,
    /// Verify access tokens, and sign none.
    pub access_previous: Vec<SecretString>,
    /// Seals refresh tokens.
    pub refresh: Key,
    /// Open refresh tokens, and seal none.
    pub refresh_previous: Vec<SecretString>,
}

impl Keys {
    /// Each secret that was given, with the variable it belongs to.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let previous = |name| move |secret| (name, secret);
        self.access
            .given()
            .map(|secret| (ACCESS, secret))
            .into_iter()
            .chain(self.access_previous.iter().map(previous(ACCESS_PREVIOUS)))
            .chain(self.refresh.given().map(|secret| (REFRESH, secret)))
            .chain(self.refresh_previous.iter().map(previous(REFRESH_PREVIOUS)))
            .map(|(name, secret)| (name, secret.expose_secret()))
    }
}

/// Where a secret comes from.
#[derive(Clone, Debug)]
pub enum Key {
    /// From the configuration.
    Given(SecretString),
    /// Drawn when the server starts, and gone when it stops; never where it serves in production.
    RandomForThisProcess,
}

impl Key {
    fn given(&self) -> Option<&SecretString> {
        match self {
            Self::Given(secret) => Some(secret),
            Self::RandomForThisProcess => None,
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode, purpose: Purpose) -> Keys {
    Keys {
        access: one(reader, ACCESS, mode, purpose),
        access_previous: previous(reader, ACCESS_PREVIOUS),
        refresh: one(reader, REFRESH, mode, purpose),
        refresh_previous: previous(reader, REFRESH_PREVIOUS),
    }
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
    judge(reader, name, &secret);
    Key::Given(secret)
}

/// The secrets in a list with commas between them. A single one is taken exactly as it is.
fn previous(reader: &mut Reader<'_>, name: &'static str) -> Vec<SecretString> {
    let Some(list) = reader.secret(name) else { return Vec::new() };
    let secrets: Vec<SecretString> = list.expose_secret().split(',').map(SecretString::from).collect();
    for secret in &secrets {
        let text = secret.expose_secret();
        // Whether a space belongs to the secret, only whoever wrote it knows.
        if secrets.len() > 1 && text.trim_ascii() != text {
            reader.mistake(
                name,
                "has a space or the end of a line beside a comma",
                "write nothing but a comma between two secrets",
            );
        } else {
            judge(reader, name, secret);
        }
    }
    secrets
}

fn judge(reader: &mut Reader<'_>, name: &'static str, secret: &SecretString) {
    let Err(flaw) = SigningSecret::parse(secret.expose_secret().as_bytes()) else { return };
    let (problem, of_a_list) = match flaw {
        KeyFlaw::TooShort => ("has fewer than 32 bytes", "write whole secrets, and commas only between them"),
        KeyFlaw::Sample => ("is a sample or a placeholder", FORGET),
        KeyFlaw::Repetitive => ("repeats itself", FORGET),
    };
    let is_list = [ACCESS_PREVIOUS, REFRESH_PREVIOUS].contains(&name);
    reader.mistake(name, problem, if is_list { of_a_list } else { MAKE_ONE });
}
