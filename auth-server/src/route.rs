//! What a request asks for, in the server's own words: for whoever counts requests and whoever traces them.
//!
//! It is found once, by [`named`], and travels in the request's extensions. No word of it is a client's: a
//! path is told by its template, and a method by its name where HTTP has one.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use auth_core::store::Store;
use auth_tower::AuthRoutes;
use http::{Method, Request};
use tower::{Service, ServiceExt, service_fn};

use crate::health;
use crate::pages::Pages;

/// The template of a request's path.
#[derive(Clone, Debug)]
pub struct Route {
    /// What stands before it: a base path, or nothing.
    base: Arc<str>,
    /// The rest, with a name in braces for each id.
    template: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Something that clients ask for.
    Route,
    /// Of the console or the reference.
    Page,
}

impl Route {
    /// The name of its figures. All pages share one: they are told apart by nobody who counts.
    pub fn label(&self) -> Cow<'static, str> {
        match self.kind {
            Kind::Route if self.base.is_empty() => self.template.into(),
            Kind::Route => self.to_string().into(),
            Kind::Page => "pages".into(),
        }
    }

    #[cfg(test)]
    pub(crate) fn of(base: &str, template: &'static str) -> Self {
        Self { base: base.into(), template, kind: Kind::Route }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        f.write_str(self.template)
    }
}

/// Puts the [`Route`] of each request to `inner` into its extensions, where it has one.
pub fn named<R, S, B>(
    routes: &AuthRoutes<R>,
    pages: &Pages,
    inner: S,
) -> impl Service<Request<B>, Response = S::Response, Error = Infallible, Future: Send> + Clone + Send + 'static
where
    R: Store,
    S: Service<Request<B>, Error = Infallible, Response: Send, Future: Send> + Clone + Send + 'static,
    B: Send + 'static,
{
    let find = finder(routes, pages);
    service_fn(move |mut request: Request<B>| {
        if let Some(route) = find(&request) {
            request.extensions_mut().insert(route);
        }
        inner.clone().oneshot(request)
    })
}

/// Which of all the templates of paths a request is for.
fn finder<R: Store, B>(
    routes: &AuthRoutes<R>,
    pages: &Pages,
) -> impl Fn(&Request<B>) -> Option<Route> + Clone + Send + use<R, B> {
    let (base, nothing): (Arc<str>, Arc<str>) = (routes.base_path().as_str().into(), "".into());
    let (routes, pages) = (routes.clone(), pages.clone());
    move |request| {
        let path = request.uri().path();
        if let Some(template) = routes.template(request) {
            return Some(Route { base: Arc::clone(&base), template, kind: Kind::Route });
        }
        let page = pages.path(path).map(|page| (page, Kind::Page));
        let probe =
            || health::PATHS.into_iter().find(|known| *known == path).map(|known| (known, Kind::Route));
        let (template, kind) = page.or_else(probe)?;
        Some(Route { base: Arc::clone(&nothing), template, kind })
    }
}

/// A method that something here may answer to, by its name.
pub fn answered(method: &Method) -> Option<&'static str> {
    match *method {
        Method::GET => Some("GET"),
        Method::HEAD => Some("HEAD"),
        Method::POST => Some("POST"),
        Method::PATCH => Some("PATCH"),
        Method::DELETE => Some("DELETE"),
        Method::OPTIONS => Some("OPTIONS"),
        _ => None,
    }
}

/// A method that has a meaning, here or elsewhere, by its name; anyone can make up another.
pub fn known(method: &Method) -> Option<&'static str> {
    answered(method).or(match *method {
        Method::PUT => Some("PUT"),
        Method::TRACE => Some("TRACE"),
        Method::CONNECT => Some("CONNECT"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use auth_core::{Auth, MemoryStore};
    use auth_tower::BasePath;

    use super::*;
    use crate::reference;

    #[test]
    fn whatever_is_there_has_a_name_for_those_who_count_and_those_who_trace() {
        let auth = Auth::builder(MemoryStore::new()).random_secrets().build().expect("an Auth");
        let base = BasePath::parse("/auth").expect("a path");
        let routes = AuthRoutes::new(auth).with_accounts().with_well_known_keys().with_base_path(base);
        let routes = routes.with_openapi(crate::openapi::about());
        let pages: Pages = reference::pages(&routes).into_iter().collect();
        let find = finder(&routes, &pages);
        for (path, names) in [
            ("/auth/me", Some(("/auth/me", "/auth/me"))),
            ("/auth/users/hunter2", Some(("/auth/users/{id}", "/auth/users/{id}"))),
            ("/.well-known/jwks.json", Some(("/auth/jwks.json", "/auth/jwks.json"))),
            ("/healthz", Some(("/healthz", "/healthz"))),
            ("/readyz", Some(("/readyz", "/readyz"))),
            ("/docs", Some(("pages", "/docs"))),
            ("/auth/hunter2", None),
            ("/hunter2", None),
        ] {
            let route = find(&Request::get(path).body(()).expect("a request"));
            let found = route.map(|route| (route.label().into_owned(), route.to_string()));
            let found = found.as_ref().map(|(label, shown)| (label.as_str(), shown.as_str()));
            assert_eq!(found, names, "{path}");
        }
    }

    #[test]
    fn a_method_that_is_answered_has_a_meaning() {
        for (name, is_answered, is_known) in [
            ("GET", true, true),
            ("HEAD", true, true),
            ("POST", true, true),
            ("PATCH", true, true),
            ("DELETE", true, true),
            ("OPTIONS", true, true),
            ("PUT", false, true),
            ("TRACE", false, true),
            ("CONNECT", false, true),
            ("get", false, false),
            ("HUNTER2", false, false),
        ] {
            let method = Method::from_bytes(name.as_bytes()).expect("a method");
            assert_eq!(answered(&method), is_answered.then_some(name));
            assert_eq!(known(&method), is_known.then_some(name));
        }
    }
}
