//! Who stands at the edge: front ends of other origins, proxies, and whoever sets the system up.

use auth_core::{KeyFlaw, SigningSecret};
use auth_tower::{InvalidOrigin, TrustedOrigins, TrustedProxies};
use secrecy::{ExposeSecret, SecretString};

use super::Purpose;
use super::reader::{Reader, quoted};

const TOKEN: &str = "BOOTSTRAP_TOKEN";
const ORIGINS: &str = "TRUSTED_ORIGINS";
const PROXIES: &str = "TRUSTED_PROXIES";
const MAKE_ONE: &str = "put the output of `openssl rand -base64 48` into it";

/// Who is trusted with what, from outside.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// What a bootstrap must present, if anything.
    pub bootstrap_token: Option<SecretString>,
    /// The origins whose pages may call the routes.
    pub origins: TrustedOrigins,
    /// The proxies that are believed where they say from where a request comes.
    pub proxies: TrustedProxies,
}

/// Whether a token for bootstrap was meant to be set.
pub(super) fn has_bootstrap_token(reader: &Reader<'_>) -> bool {
    reader.is_set(TOKEN) || reader.is_set(&format!("{TOKEN}_FILE"))
}

pub(super) fn read(reader: &mut Reader<'_>, purpose: Purpose) -> Edge {
    match purpose {
        // No command has to do with what is outside.
        Purpose::Manage => Edge::default(),
        Purpose::Serve => Edge {
            bootstrap_token: bootstrap_token(reader),
            origins: origins(reader),
            proxies: proxies(reader),
        },
    }
}

fn bootstrap_token(reader: &mut Reader<'_>) -> Option<SecretString> {
    let token = reader.secret(TOKEN)?;
    let text = token.expose_secret();
    let problem = if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        match SigningSecret::parse(text.as_bytes()) {
            Ok(_) => return Some(token),
            Err(KeyFlaw::TooShort) => "has fewer than 32 bytes",
            Err(KeyFlaw::Sample) => "is a sample or a placeholder",
            Err(KeyFlaw::Repetitive) => "repeats itself",
        }
    } else {
        "has spaces or characters beyond ASCII, which no header carries unharmed"
    };
    reader.mistake(TOKEN, problem, MAKE_ONE);
    None
}

fn origins(reader: &mut Reader<'_>) -> TrustedOrigins {
    let remedy =
        "write exact origins with commas between them, such as https://app.example.com,http://localhost:3000";
    let mut origins = TrustedOrigins::default();
    for origin in listed(reader, ORIGINS) {
        match origins.clone().with(&origin) {
            Ok(longer) => origins = longer,
            // There may be a password in it as well.
            Err(flaw @ InvalidOrigin::UserInfo) => {
                reader.mistake(ORIGINS, format!("names an origin {flaw}"), remedy);
            }
            Err(flaw) => {
                reader.mistake(ORIGINS, format!("names {}, {flaw}", quoted(origin.trim_ascii())), remedy);
            }
        }
    }
    origins
}

fn proxies(reader: &mut Reader<'_>) -> TrustedProxies {
    let remedy = "write IP addresses and networks with commas between them, such as 10.0.0.0/8,2001:db8::7";
    let mut proxies = TrustedProxies::default();
    for proxy in listed(reader, PROXIES) {
        match proxies.clone().with(&proxy) {
            Ok(longer) => proxies = longer,
            Err(flaw) => {
                reader.mistake(PROXIES, format!("names {}, {flaw}", quoted(proxy.trim_ascii())), remedy);
            }
        }
    }
    proxies
}

/// What stands between the commas of a variable; nothing where it is nothing but space.
fn listed(reader: &mut Reader<'_>, name: &str) -> Vec<String> {
    let text = reader.text(name).filter(|text| !text.trim_ascii().is_empty());
    text.iter().flat_map(|text| text.split(',')).map(str::to_owned).collect()
}
