//! The server as an OpenAPI document: the routes, and what stands around them.

use auth_core::{Auth, BuildError, MemoryStore};
use auth_tower::OpenApi;

use crate::answer::{NO_ONE_HOST, TOO_LARGE_A_HEAD, TOO_SLOW};
use crate::app::REQUEST_ID;
use crate::config::Config;
use crate::start;

/// What the server adds to the answers of the routes.
pub fn about() -> OpenApi {
    let document = OpenApi::titled(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).with_header(
        REQUEST_ID,
        "The id of the request in the log and in the events.",
        "019abf65-9b1e-7a40-8c11-2f0a6d4e7b90",
    );
    [NO_ONE_HOST, TOO_SLOW, TOO_LARGE_A_HEAD]
        .into_iter()
        .fold(document, |document, (status, sentence)| document.with_refusal(status, sentence))
}

/// The document that a server of this configuration serves, with line breaks. Nothing is opened for
/// it: no database, no port.
///
/// # Errors
///
/// [`BuildError`] where the configuration does not fit together.
///
/// ```
/// use auth_server::config::Config;
///
/// let no_files = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
/// let config = Config::from_env(|_| None, no_files)?;
/// assert!(auth_server::openapi::document(&config)?.contains("\"openapi\": \"3.1.0\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn document(config: &Config) -> Result<String, BuildError> {
    // It depends on the policy, and on no key and no store.
    let auth = Auth::builder(MemoryStore::new()).random_secrets().policy(config.policy.clone()).build()?;
    Ok(start::routes(auth, config).openapi().expect("the routes of the server serve it"))
}
