//! The console: a page at `/console` on which admins manage accounts.
//!
//! It is a client of the routes like any other, and has no door of its own: whoever opens it sees a
//! form to sign in, and may then do what the routes let them. Its files stand in the program as
//! they are written, so there is nothing to build and nothing to fetch from elsewhere.

use auth_core::{Bootstrap, Policy};
use auth_tower::BasePath;
use serde_json::json;

use crate::pages::Page;

/// What the page may do (CSP3): load its own scripts, style and icon, call its own server, and
/// nothing else. No text becomes markup or script, because the browser refuses to try (Trusted
/// Types).
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

/// Each file of the page: its path, its type, its text.
const FILES: &[(&str, &str, &str)] = &[
    ("/console/api.js", SCRIPT, include_str!("assets/api.js")),
    ("/console/app.js", SCRIPT, include_str!("assets/app.js")),
    ("/console/audit.js", SCRIPT, include_str!("assets/audit.js")),
    ("/console/dom.js", SCRIPT, include_str!("assets/dom.js")),
    ("/console/door.js", SCRIPT, include_str!("assets/door.js")),
    ("/console/events.js", SCRIPT, include_str!("assets/events.js")),
    ("/console/form.js", SCRIPT, include_str!("assets/form.js")),
    ("/console/icon.svg", IMAGE, include_str!("assets/icon.svg")),
    ("/console/pages.js", SCRIPT, include_str!("assets/pages.js")),
    ("/console/place.js", SCRIPT, include_str!("assets/place.js")),
    ("/console/session.js", SCRIPT, include_str!("assets/session.js")),
    ("/console/show.js", SCRIPT, include_str!("assets/show.js")),
    ("/console/spell.js", SCRIPT, include_str!("assets/spell.js")),
    ("/console/style.css", STYLE, include_str!("assets/style.css")),
    ("/console/user.js", SCRIPT, include_str!("assets/user.js")),
    ("/console/users.js", SCRIPT, include_str!("assets/users.js")),
    ("/console/words.js", SCRIPT, include_str!("assets/words.js")),
];

/// What a bootstrap has to present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootstrapToken {
    /// Nothing.
    NotAsked,
    /// The token that was configured.
    Asked,
}

/// The pages of the console of a server with these rules, whose routes are below `base_path`.
///
/// ```
/// use auth_core::Policy;
/// use auth_server::console::{self, BootstrapToken};
/// use auth_server::pages::Pages;
/// use auth_tower::BasePath;
///
/// let pages: Pages =
///     console::pages(&BasePath::default(), &Policy::default(), BootstrapToken::NotAsked).collect();
/// let request = http::Request::get("/console").body(())?;
/// assert!(pages.answer(&request).is_some());
/// # Ok::<(), http::Error>(())
/// ```
pub fn pages(base_path: &BasePath, policy: &Policy, token: BootstrapToken) -> impl Iterator<Item = Page> {
    let files = FILES.iter().map(|(path, content_type, text)| Page::file(path, content_type, *text));
    let settings =
        Page::file("/console/settings.json", "application/json", settings(base_path, policy, token));
    files.chain([
        Page::document("/console", POLICY, include_str!("assets/index.html")),
        Page::elsewhere("/console/", "/console"),
        settings,
    ])
}

/// What the forms have to know before anyone has signed in. Anyone can read it: whether bootstrap
/// is open, its route says as well; the rest is what the answers to bad requests say.
fn settings(base_path: &BasePath, policy: &Policy, token: BootstrapToken) -> String {
    let bootstrap = match (policy.bootstrap, token) {
        (Bootstrap::Closed, _) => "closed",
        (Bootstrap::Open, BootstrapToken::NotAsked) => "open",
        (Bootstrap::Open, BootstrapToken::Asked) => "token",
    };
    let roles: Vec<_> = policy.roles.iter().map(|(role, _)| role.as_str()).collect();
    json!({
        "basePath": base_path.as_str(),
        "bootstrap": bootstrap,
        "passwordMinLength": policy.password_min_length,
        "roles": roles,
    })
    .to_string()
}

#[cfg(test)]
mod tests;
