//! The reference: a page at `/docs` that shows the OpenAPI document to people, in development.
//!
//! It is made once, at start, of what the routes serve as `/openapi.json`, and is plain HTML: no script
//! to load or to trust, so its policy allows none, and it can be read wherever it is printed or spoken.

mod html;
mod model;
mod operation;
mod page;
mod shape;

#[cfg(test)]
mod tests;

use auth_tower::AuthRoutes;

use crate::pages::Page;

use model::Document;

/// What the page may do (CSP3): load its own style, and nothing else.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The pages that show what these routes are; none where they serve no document.
pub fn pages<S>(routes: &AuthRoutes<S>) -> Vec<Page> {
    let Some(document) = routes.openapi() else { return Vec::new() };
    let document: Document = serde_json::from_str(&document).expect("the document is made of our own types");
    vec![
        Page::document("/docs", POLICY, page::of(&document)),
        Page::elsewhere("/docs/", "/docs"),
        Page::file("/docs/style.css", "text/css; charset=utf-8", include_str!("assets/style.css")),
    ]
}
