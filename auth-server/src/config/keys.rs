//! The secrets: one signs access tokens, another seals refresh tokens; and those that did, or will.
//! Where keys in the database sign in place of a secret, a third one encrypts them.
//!
//! A previous secret verifies and no longer signs, so a secret is replaced without logging anyone
//! out. Where several instances serve, the new one goes to all of them as a "previous" one first:
//! then each knows what another signs with, whichever of them has changed over.

use std::time::Duration;

use auth_core::{KeyFlaw, SigningSecret};
use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;
use super::{Mode, Purpose, parse};

const ACCESS: &str = "JWT_ACCESS_SECRET";
const REFRESH: &str = "JWT_REFRESH_SECRET";
const ACCESS_PREVIOUS: &str = "JWT_ACCESS_SECRET_PREVIOUS";
const REFRESH_PREVIOUS: &str = "JWT_REFRESH_SECRET_PREVIOUS";
const SEALING: &str = "JWT_KEYS_SECRET";
const SEALING_PREVIOUS: &str = "JWT_KEYS_SECRET_PREVIOUS";
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
    /// Encrypt the signing keys in the database, the first of them for new ones; none where only
    /// secrets sign.
    pub sealing: Vec<SecretString>,
    /// How often a running server looks which signing keys there are.
    pub interval: Duration,
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
            .chain(self.sealing.iter().take(1).map(previous(SEALING)))
            .chain(self.sealing.iter().skip(1).map(previous(SEALING_PREVIOUS)))
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
    /// There is none: keys in the database sign instead.
    Absent,
}

impl Key {
    /// The secret, where one was given.
    pub(crate) fn given(&self) -> Option<&SecretString> {
        match self {
            Self::Given(secret) => Some(secret),
            Self::RandomForThisProcess | Self::Absent => None,
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode, purpose: Purpose) -> Keys {
    let sealing = sealing(reader);
    let access = if sealing.is_empty() || is_meant(reader, ACCESS) {
        one(reader, ACCESS, mode, purpose)
    } else {
        Key::Absent
    };
    Keys {
        access,
        access_previous: previous(reader, ACCESS_PREVIOUS),
        refresh: one(reader, REFRESH, mode, purpose),
        refresh_previous: previous(reader, REFRESH_PREVIOUS),
        sealing,
        interval: reader.parsed("JWT_KEYS_INTERVAL", parse::keys_interval).unwrap_or(Duration::from_secs(30)),
    }
}

fn is_meant(reader: &Reader<'_>, name: &str) -> bool {
    reader.is_set(name) || reader.is_set(&format!("{name}_FILE"))
}

/// The secrets that the signing keys are encrypted with, the current one first.
fn sealing(reader: &mut Reader<'_>) -> Vec<SecretString> {
    let Some(secret) = reader.secret(SEALING) else {
        if is_meant(reader, SEALING_PREVIOUS) && !is_meant(reader, SEALING) {
            let remedy = "put the secret that encrypts new keys into JWT_KEYS_SECRET";
            reader.mistake(SEALING_PREVIOUS, "is set, and JWT_KEYS_SECRET is not", remedy);
        }
        return Vec::new();
    };
    judge(reader, SEALING, &secret);
    let mut secrets = vec![secret];
    secrets.extend(previous(reader, SEALING_PREVIOUS));
    secrets
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
    let is_list = [ACCESS_PREVIOUS, REFRESH_PREVIOUS, SEALING_PREVIOUS].contains(&name);
    reader.mistake(name, problem, if is_list { of_a_list } else { MAKE_ONE });
}
