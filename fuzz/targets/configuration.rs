//! The configuration: an input is a `.env`, a line `---`, and the text of each file that it names,
//! the policy among them.

#![no_main]

use std::ffi::OsString;
use std::path::Path;

use auth_server::config::{Config, Environment, Purpose};
use libfuzzer_sys::fuzz_target;

/// Variables whose values may not be told.
const SECRETS: [&str; 3] = ["JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET", "JWT_KEYS_SECRET"];

fuzz_target!(|data: &[u8]| {
    let (dotenv, file) = match data.windows(5).position(|window| window == b"\n---\n") {
        Some(at) => (&data[..=at], &data[at + 5..]),
        None => (data, &[][..]),
    };
    let Ok(environment) = Environment::parse(dotenv) else { return };
    // Not the variables of the process that fuzzes.
    let var = |name: &str| std::env::var_os(name).is_none().then(|| environment.var(name)).flatten();
    let read = |_: &Path| Ok(file.to_vec());
    for purpose in [Purpose::Serve, Purpose::Manage] {
        let told = match Config::for_purpose(purpose, var, read) {
            Ok(config) => format!("{config:?}"),
            Err(mistakes) => mistakes.to_string(),
        };
        for secret in
            SECRETS.iter().filter_map(|name| var(name)).filter_map(|value: OsString| value.into_string().ok())
        {
            assert!(!is_told(&secret, &told, data), "{told}");
        }
    }
});

/// Whether a secret is told that is long enough not to stand there by chance, and that the same
/// input does not give elsewhere, too: as another value, or in a file.
fn is_told(secret: &str, told: &str, data: &[u8]) -> bool {
    if secret.len() < 24 || !told.contains(secret) {
        return false;
    }
    // Quotes and backslashes may stand in one place and not in the other: a `.env` takes them off.
    let bare = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'' | b'\\')).collect()
    };
    let (secret, data) = (bare(secret.as_bytes()), bare(data));
    data.windows(secret.len().max(1)).filter(|window| *window == secret).count() == 1
}
